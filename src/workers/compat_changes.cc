#include "workers/compat_changes.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace festina::workers {
namespace {

struct Meaning {
  std::string_view flag;
  std::string_view text;
};
constexpr Meaning kMeanings[] = {
    {"request_cf_overrides_cache_rules",
     "a cache setting in fetch()'s cf beats Cache Rules and Development Mode"},
    {"cache_api_compat_flags",
     "the Cache API heeds cache_api_request_cf_overrides_cache_rules, and nothing else"},
    {"cache_api_request_cf_overrides_cache_rules",
     "cache.match and cache.put work where a Cache Rule or Development Mode bypasses"},
    {"cache_option_enabled", "fetch() and Request take cache: \"no-store\" instead of throwing"},
    {"cache_no_cache_enabled", "fetch() and Request take cache: \"no-cache\" instead of throwing"},
    {"cache_reload_enabled", "fetch() and Request take cache: \"reload\" instead of throwing"},
    {"cache_option_preserves_cache_control",
     "the option cache leaves a Cache-Control that the script sets as it is"},
    {"brotli_content_encoding", "origins are asked for br too, and it is decoded for the script"},
    {"allow_custom_ports", "fetch() asks the port in the URL instead of the scheme's own"},
    {"global_fetch_strictly_public",
     "fetch() of the script's own zone goes through its front instead of to its origin"},
    {"strip_authorization_on_cross_origin_redirect",
     "a redirect to another origin is followed without Authorization, which keeps from storing"},
    {"http_headers_getsetcookie", "Headers gives several Set-Cookie one by one, not joined"},
    {"fetch_standard_url", "fetch() reads URLs as WHATWG says, so that some become other cache keys"
    },
    {"url_standard", "URLs are read as WHATWG says, so that some become other cache keys"},
};

// When it went on: by its own date, or by those that imply it.
std::string date_of(const CompatFlag& flag) {
  return flag.default_date.empty() ? flag.implied_date : flag.default_date;
}

}  // namespace

std::vector<CompatChange> compat_changes(
    const CompatTable& table, std::string_view from, std::string_view to,
    const std::vector<std::string>& flags
) {
  std::vector<CompatChange> changes;
  for (const CompatFlag& flag : table.flags) {
    const bool is_now = is_on(table, flag.enable, from, flags);
    const bool is_then = is_on(table, flag.enable, to, flags);
    if (is_now == is_then) continue;
    changes.push_back(
        {.flag = flag.enable,
         .date = date_of(flag),
         .turns_on = is_then,
         .keeps = is_then ? flag.disable : flag.enable,
         .meaning = meaning_for_cache(flag.enable)}
    );
  }
  std::ranges::sort(changes, [](const CompatChange& a, const CompatChange& b) {
    return std::tie(a.date, a.flag) < std::tie(b.date, b.flag);
  });
  return changes;
}

std::string_view meaning_for_cache(std::string_view enable) {
  const auto* const found = std::ranges::find(kMeanings, enable, &Meaning::flag);
  return found == std::end(kMeanings) ? std::string_view() : found->text;
}

}  // namespace festina::workers
