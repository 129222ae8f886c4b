#include "control/purge_reach.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "http/url.h"
#include "policy/cache_key.h"

namespace festina::control {
namespace {

// Other keys that are named for one URL.
constexpr std::size_t kMaxNamedKeys = 3;
// Of all that is stored for the paths of one call, so much is looked at in each data centre.
constexpr std::size_t kMaxBeside = 1'000;

// The URL that the key of a purge begins with.
Result<http::Url> url_of(std::string_view key) {
  return http::parse_url(key.substr(0, key.find(' ')));
}

bool is_reached(const ControlServices& services, const policy::CacheKey& key) {
  return std::ranges::any_of(services.colos, [&](const ColoView& colo) {
    return colo.cache->peek(key) != nullptr;
  });
}

// A URL of the call whose key has nothing.
struct Missed {
  std::string key;
  http::Url url;
  std::string target() const { return url.host + url.path; }
};

std::vector<Missed> missed_by(
    const ControlServices& services, const zone::Zone& zone,
    const std::vector<cache::PurgeFact>& facts
) {
  std::vector<Missed> missed;
  for (const cache::PurgeFact& fact : facts) {
    if (missed.size() == kMaxPurgeMessages) break;
    if (fact.kind != cache::PurgeKind::key) continue;
    const Result<http::Url> url = url_of(fact.value);
    if (!url || is_reached(services, {.text = fact.value, .zone = zone.id})) continue;
    missed.push_back({.key = fact.value, .url = *url});
  }
  return missed;
}

using Keys = std::set<std::string, std::less<>>;

// By target, the keys under which something is stored for it, in any data centre. Variants share the key that a purge names.
std::map<std::string, Keys, std::less<>> keys_beside(
    const ControlServices& services, const zone::Zone& zone, const std::vector<Missed>& missed
) {
  std::vector<std::string> targets;
  targets.reserve(missed.size());
  for (const Missed& each : missed) targets.push_back(each.target());
  std::map<std::string, Keys, std::less<>> keys;
  for (const ColoView& colo : services.colos) {
    for (const cache::EntryRef& entry : colo.cache->stored_for(zone.id, targets, kMaxBeside)) {
      const std::string_view key = policy::text_without_variant(entry->key_text());
      keys[std::string(entry->target())].emplace(key);
    }
  }
  return keys;
}

// The first of them, in quotes.
std::string named(const Keys& keys) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& key : keys) {
    if (count++ == kMaxNamedKeys) return text + " and others";
    append_member(text, in_quotes(key));
  }
  return text;
}

std::string why_nothing(const zone::Zone& zone, const http::Url& url, const Keys& beside) {
  if (!beside.empty()) {
    return "for that path something is stored under " + named(beside) +
           ": name the same query, and as \"headers\" of the file the same Origin or other fields, "
           "or purge by tag, prefix or host (a rule that asks for the method does not match a "
           "purge)";
  }
  if (const auto script = zone.script_for(url)) {
    return "the Worker " + in_quotes(*script) +
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
  const std::vector<Missed> missed = missed_by(services, zone, facts);
  if (missed.empty()) return {};
  const auto beside = keys_beside(services, zone, missed);
  std::vector<Message> messages;
  for (const Missed& each : missed) {
    const auto found = beside.find(each.target());
    const Keys keys = found == beside.end() ? Keys() : found->second;
    if (keys.contains(each.key)) continue;  // its variants
    messages.push_back(
        {.code = ApiCode::purge_reached_nothing,
         .text = "nothing was stored under " + in_quotes(each.key) + "; " +
                 why_nothing(zone, each.url, keys)}
    );
  }
  return messages;
}

}  // namespace festina::control
