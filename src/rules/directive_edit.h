// Directive edit: what a Cache Response Rule changes in Cache-Control, one directive at a time (reference §6.4):
//
//   {"s-maxage": {"operation": "set", "value": 3600, "cloudflare_only": true}, "no-cache": {"operation": "remove"}}
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/cache_control.h"
#include "rules/reading.h"

namespace festina::rules {

struct DirectiveEdit {
  std::string directive;
  bool sets = true;  // else it removes
  std::optional<std::chrono::seconds> value = {};
  std::vector<std::string> qualifiers = {};  // names of fields, of private and no-cache
  bool is_for_edge_only = false;             // cloudflare_only: nobody else is told
  bool operator==(const DirectiveEdit&) const = default;
};

inline constexpr std::chrono::seconds kMaxDirectiveValue = http::kMaxDelta;
inline constexpr std::size_t kMaxQualifiers = 100;

// The edits of a set_cache_control action, one at least.
std::vector<DirectiveEdit> read_directive_edits(Reading& parameters);

// Does it say how long, or whether at all, the edge keeps the response? Then no other TTL of the rules counts.
bool settles_lifetime(const DirectiveEdit&);

void apply(const DirectiveEdit& edit, http::CacheControl& directives);
// The same in the text of the field. Everything else stays as it was.
std::string applied(const DirectiveEdit& edit, std::string_view cache_control);

}  // namespace festina::rules
