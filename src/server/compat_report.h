// Compat report: what another compatibility date would change for each script of a configuration, and what would be said of
// its date and flags then (reference §9.2, §9.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "server/checks.h"
#include "server/tail_text.h"
#include "workers/compat_changes.h"

namespace festina::server {

struct ScriptAtDate {
  std::string name;
  std::string file;
  std::string from;  // its own date
  std::vector<workers::CompatChange> changes;
  std::vector<workers::CompatProblem> messages;
};
// One for each script, in their order. Requires: the configuration is good.
std::vector<ScriptAtDate> compat_report(
    const Checked&, std::string_view date, std::string_view today
);

// Lines in columns, each script's by themselves.
std::string compat_text(const std::vector<ScriptAtDate>&, std::string_view date, Colour);
json::Object compat_json(const std::vector<ScriptAtDate>&, std::string_view date);

}  // namespace festina::server
