// Explain line: one thing that was settled: what, by whom and why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "policy/decision.h"
#include "policy/reuse.h"

namespace festina::observe {

// "decision  eligible  yes  |  the extension css is one of those cached by default"
struct ExplainLine {
  std::string stage;  // decision, key, reuse, status, next
  std::string field;  // eligible, edge TTL, …
  std::string value;
  std::string setter;  // who set it; empty where nobody did
  std::string reason;  // name of the policy::Reason; empty for key, status and next
  std::string sentence;
};

// The lines of one step of a decision, where `upstream` is who would be asked, and of a verdict; both by these switches.
ExplainLine line_of(const policy::Step&, std::string_view upstream, const policy::Compat&);
ExplainLine line_of(const policy::Reuse&, const policy::Compat&);

// Where the owner chose an era or a switch, it is named beside what it decided.
void add_choice(ExplainLine&, const policy::Compat&, std::string_view switch_name);

json::Array to_json(const std::vector<ExplainLine>&);

}  // namespace festina::observe
