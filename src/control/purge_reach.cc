#include "control/purge_reach.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "http/url.h"
#include "policy/cache_key.h"

namespace festina::control {
namespace {

// Other keys that are named for one URL.
constexpr std::size_t kMaxNamedKeys = 3;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The URL that the key of a purge begins with.
Result<http::Url> url_of(std::string_view key) {
  return http::parse_url(key.substr(0, key.find(' ')));
}

bool is_reached(const ControlServices& services, const policy::CacheKey& key) {
  return std::ranges::any_of(services.colos, [&](const ColoView& colo) {
    return colo.cache->peek(key) != nullptr;
  });
}

// The keys under which something is stored for the path of the URL, in any data centre; each once. Variants share the key
// that a purge names.
std::set<std::string, std::less<>> keys_beside(
    const ControlServices& services, const zone::Zone& zone, const http::Url& url
) {
  const std::array targets{url.host + url.path};
  std::set<std::string, std::less<>> keys;
  for (const ColoView& colo : services.colos) {
    for (const cache::EntryRef& entry : colo.cache->stored_for(zone.id, targets, kMaxNamedKeys + 1))
      keys.emplace(policy::text_without_variant(entry->key_text()));
  }
  return keys;
}

std::string why_nothing(
    const zone::Zone& zone, const http::Url& url, const std::set<std::string, std::less<>>& beside
) {
  if (!beside.empty()) {
    std::string keys;
    for (const std::string& key : beside) keys += (keys.empty() ? "" : ", ") + quoted(key);
    return "for that path something is stored under " + keys +
           ": name the same query, and as \"headers\" of the file the same Origin or other fields, "
           "or "
           "purge by tag, prefix or host (a rule that asks for the method does not match a purge)";
  }
  if (const auto script = zone.script_for(url)) {
    return "the Worker " + quoted(*script) +
           " answers this URL, and what it fetches is stored under the URLs that it fetches: purge "
           "those, or by tag, prefix or host";
  }
  return "nothing is stored for that path";
}

}  // namespace

std::vector<Message> unreached(
    const ControlServices& services, const zone::Zone& zone,
    const std::vector<cache::PurgeFact>& facts
) {
  std::vector<Message> messages;
  for (const cache::PurgeFact& fact : facts) {
    if (messages.size() == kMaxPurgeMessages) break;
    if (fact.kind != cache::PurgeKind::key) continue;
    const Result<http::Url> url = url_of(fact.value);
    if (!url || is_reached(services, {.text = fact.value, .zone = zone.id})) continue;
    const auto beside = keys_beside(services, zone, *url);
    if (beside.contains(fact.value)) continue;  // its variants
    messages.push_back(
        {.code = ApiCode::purge_reached_nothing,
         .text = "nothing was stored under " + quoted(fact.value) + "; " +
                 why_nothing(zone, *url, beside)}
    );
  }
  return messages;
}

}  // namespace festina::control
