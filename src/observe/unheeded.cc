#include "observe/unheeded.h"

#include "base/text.h"
#include "http/cache_control.h"

namespace festina::observe {
namespace {

using http::Name;

constexpr std::string_view kRemedies =
    "To have it stored: put it with the Cache API (caches.default.put); or set cf options on the "
    "fetch() that brings its "
    "content (cf.cacheTtl, cf.cacheEverything, cf.cacheTags); or put Workers Caching in front of "
    "the script.";

// Does it ask a cache to keep something?
bool asks_to_store(const http::CacheControl& said) {
  const bool forbids = said.no_store || said.is_private || said.no_cache;
  const bool allows = said.is_public || said.s_maxage || said.stale_while_revalidate ||
                      said.stale_if_error ||
                      said.max_age.value_or(std::chrono::seconds{0}).count() > 0;
  return allows && !forbids;
}

}  // namespace

std::string unheeded(const http::Headers& answer) {
  if (answer.has(Name::cf_cache_status)) return {};
  std::string for_us;
  for (const Name name :
       {Name::cache_tag, Name::cdn_cache_control, Name::cloudflare_cdn_cache_control}) {
    if (answer.has(name)) append_member(for_us, http::spelling(name));
  }
  std::string said;
  if (!for_us.empty()) {
    said = for_us +
           " of the Worker's answer has no effect: the Worker runs before the cache, and nothing "
           "stores what it "
           "answers.\n";
  }
  const auto cache_control = answer.joined(Name::cache_control);
  if (cache_control && asks_to_store(http::parse_cache_control(*cache_control))) {
    said +=
        "Cache-Control of the Worker's answer reaches browsers alone: the Worker runs before the "
        "cache, and nothing "
        "stores what it answers.\n";
  }
  return said.empty() ? said : said.append(kRemedies);
}

}  // namespace festina::observe
