// Explain: the values a request is made of → lines a person can follow, and JSON. Pure: nothing is asked or changed.
//
// Each line says what was settled, by whom and why. Where the cache cannot answer, the chain ends at whom it would ask,
// with what each kind of answer would lead to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "http/message.h"
#include "observe/explain_line.h"
#include "policy/decision.h"
#include "policy/reuse.h"

namespace festina::observe {

// What is known of the request in question. `reuse` is there when the cache was asked.
struct ExplainInput {
  const http::Request& request;
  std::string_view colo;
  std::string_view zone;
  policy::UpstreamKind upstream = policy::UpstreamKind::origin;
  std::string_view upstream_name;  // the origin as configured, or the script's name
  std::string_view behind = {};    // of a Snippet: whom its fetch() of the same URL comes to
  const policy::CacheDecision& decision;
  std::optional<std::string> key;
  std::uint64_t max_stored = 0;  // bytes: the largest response this colo's cache can hold
  std::optional<policy::Reuse> reuse;
  std::optional<policy::Reason> uncacheable;  // why the key is remembered as such
  // What nobody looks for to serve a request.
  std::vector<policy::Step> findings = {};    // about rules and what is stored
  std::vector<std::string> other_keys = {};   // under which something is stored for the same path
  std::vector<std::string> other_colos = {};  // where something is stored under this key
};

std::vector<ExplainLine> explain(const ExplainInput&);

json::Value to_json(const ExplainInput&, const std::vector<ExplainLine>&);

}  // namespace festina::observe
