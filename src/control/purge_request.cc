#include "control/purge_request.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "policy/cache_key.h"
#include "rules/key.h"

namespace festina::control {
namespace {

using Facts = std::vector<cache::PurgeFact>;

Error refused(std::string why) { return {ErrorCode::malformed, Side::client, std::move(why)}; }

enum class Host : std::uint8_t { of_zone, foreign };

// What the origin's response of this request is stored under, and the Worker's where those are cached. A foreign host's is
// what a script of the zone fetched from there (reference §4.5, §10.5).
Facts facts_of_keys(
    const zone::Zone& zone, Host host, const http::Request& request, const policy::KeySpec& spec
) {
  const auto fact = [&](const policy::KeyOrigin& origin) {
    return cache::PurgeFact{
        .kind = cache::PurgeKind::key,
        .value = policy::cache_key(zone.id, origin, request, spec).text
    };
  };
  const http::Url& url = request.url;
  if (host == Host::foreign) return {fact(policy::KeyOrigin(url.scheme, url.host))};
  Facts facts{fact(zone::key_origin(zone.origin_for(url.host), url.scheme))};
  const auto script = zone.script_for(url);
  if (script && zone.rules.compat.worker_cache == policy::WorkerCache::zone)
    facts.push_back(fact(zone::key_origin_of_worker(*script, url.scheme)));
  return facts;
}

// The keys of what a visitor with these headers would have been given: the same judgement as when it was stored
// (reference §10.4). The method is none that is cached: rules that ask for "GET" do not match here either (§6.3).
Result<Facts> key_facts(
    const ControlServices& services, const zone::Zone& zone, std::string_view url,
    const http::Headers& headers
) {
  const Result<http::Url> parsed = http::parse_url(url);
  if (!parsed) return refused(in_quotes(url) + " is no URL: " + parsed.error().detail);
  http::Request request{
      .method = http::Method::purge, .method_text = "PURGE", .url = *parsed, .headers = headers
  };
  request.url = http::normalized(std::move(request.url));
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& owner = snapshot->zones.find(request.url.host);
  if (owner && owner->id != zone.id)
    return refused(in_quotes(url) + " belongs to the zone " + owner->name);
  if (!owner && !zone::runs_scripts(zone))
    return refused(in_quotes(url) + " is not in the zone " + zone.name);

  policy::Visit visit;
  visit.now = services.clock.now();
  const policy::KeySpec spec = rules::key_spec_of_purge(zone.rules, request, visit);
  return facts_of_keys(zone, owner ? Host::of_zone : Host::foreign, request, spec);
}

Result<Facts> file_facts(
    const ControlServices& services, const zone::Zone& zone, const json::Value& file
) {
  if (file.is_string()) return key_facts(services, zone, file.as_string(), {});
  const auto url = json::string_member(file, "url");
  if (!url)
    return refused("an item of \"files\" is a URL, or an object with \"url\" and \"headers\"");
  http::Headers headers;
  if (const json::Value* named = json::find(file, "headers");
      named != nullptr && named->is_object()) {
    for (const auto& [name, value] : named->as_object()) {
      if (!value.is_string()) return refused("the header " + in_quotes(name) + " is no string");
      headers.add(name, value.as_string());
    }
  }
  return key_facts(services, zone, *url, headers);
}

Result<Facts> tag_facts(const json::Value& item) {
  if (!item.is_string()) return refused("an item of \"tags\" is a string");
  const std::string_view tag = item.as_string();
  if (tag.size() > kMaxPurgeTagBytes)
    return refused("a tag has at most " + std::to_string(kMaxPurgeTagBytes) + " characters");
  if (!policy::is_cache_tag(tag))
    return refused(in_quotes(tag) + " is no tag: printable ASCII without spaces and commas");
  return Facts{{.kind = cache::PurgeKind::tag, .value = lower(tag)}};
}

// A host as it stands in a URL. One that belongs to no zone may be what a Worker of this zone fetched (reference §10.5).
Result<std::string> host_of(
    const ControlServices& services, const zone::Zone& zone, std::string_view text
) {
  const Result<http::Authority> parsed = http::parse_authority(text);
  if (!parsed || parsed->host.empty()) return refused(in_quotes(text) + " is no host");
  if (parsed->port)
    return refused(in_quotes(text) + ": a host is purged on all its ports, name none");
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& owner = snapshot->zones.find(parsed->host);
  if (owner && owner->id != zone.id)
    return refused(in_quotes(text) + " belongs to the zone " + owner->name);
  return parsed->host;
}

Result<Facts> host_facts(
    const ControlServices& services, const zone::Zone& zone, const json::Value& item
) {
  if (!item.is_string()) return refused("an item of \"hosts\" is a string");
  Result<std::string> host = host_of(services, zone, item.as_string());
  if (!host) return host.error();
  return Facts{{.kind = cache::PurgeKind::host, .value = std::move(*host)}};
}

Result<> check_prefix(std::string_view prefix) {
  if (prefix.find("://") != prefix.npos)
    return refused(in_quotes(prefix) + ": a prefix begins with the host, without a scheme");
  if (prefix.find_first_of("?#") != prefix.npos)
    return refused(in_quotes(prefix) + ": a prefix has no query and no fragment");
  if (std::ranges::count(prefix, '/') > static_cast<std::ptrdiff_t>(cache::kMaxPrefixSeparators))
    return refused(
        in_quotes(prefix) + ": a prefix has at most " +
        std::to_string(cache::kMaxPrefixSeparators) + " \"/\""
    );
  return {};
}

// A host and a path as the zone takes them (policy::PrefixPurge). A host alone is whole either way.
Result<cache::PurgeFact> fact_of_prefix(
    const zone::Zone& zone, const std::string& host, std::string_view path
) {
  if (path.empty()) return cache::PurgeFact{.kind = cache::PurgeKind::prefix, .value = host};
  std::string value = host + http::normalized_path(path);
  if (zone.rules.compat.prefix_purge == policy::PrefixPurge::segments) {
    if (value.ends_with('/')) value.pop_back();  // the segment, whatever stands below it
    return cache::PurgeFact{.kind = cache::PurgeKind::prefix, .value = std::move(value)};
  }
  if (value.size() > kMaxTextPrefixBytes)
    return refused(
        in_quotes(value) + ": where prefix_purge = \"text\", a prefix has at most " +
        std::to_string(kMaxTextPrefixBytes) + " bytes"
    );
  return cache::PurgeFact{.kind = cache::PurgeKind::text_prefix, .value = std::move(value)};
}

Result<Facts> prefix_facts(
    const ControlServices& services, const zone::Zone& zone, const json::Value& item
) {
  if (!item.is_string()) return refused("an item of \"prefixes\" is a string");
  const std::string_view prefix = item.as_string();
  if (const Result<> fits = check_prefix(prefix); !fits) return fits.error();
  const std::size_t path = std::min(prefix.find('/'), prefix.size());
  const Result<std::string> host = host_of(services, zone, prefix.substr(0, path));
  if (!host) return host.error();
  Result<cache::PurgeFact> fact = fact_of_prefix(zone, *host, prefix.substr(path));
  if (!fact) return fact.error();
  return Facts{std::move(*fact)};
}

Result<Facts> facts_of(
    const ControlServices& services, const zone::Zone& zone, cache::PurgeKind kind,
    const json::Value& item
) {
  switch (kind) {
    case cache::PurgeKind::key:
      return file_facts(services, zone, item);
    case cache::PurgeKind::tag:
      return tag_facts(item);
    case cache::PurgeKind::host:
      return host_facts(services, zone, item);
    case cache::PurgeKind::prefix:
      return prefix_facts(services, zone, item);
    case cache::PurgeKind::text_prefix:
    case cache::PurgeKind::everything:
      break;
  }
  unreachable("a list has items");
}

struct List {
  std::string_view name;
  cache::PurgeKind kind;
};
constexpr List kLists[] = {
    {"files", cache::PurgeKind::key},
    {"tags", cache::PurgeKind::tag},
    {"hosts", cache::PurgeKind::host},
    {"prefixes", cache::PurgeKind::prefix},
};

std::size_t most_items(const zone::Zone& zone, const List& list) {
  const bool more =
      list.kind == cache::PurgeKind::key && zone.rules.plan == rules::Plan::enterprise;
  return more ? kMaxEnterpriseFiles : kMaxPurgeItems;
}

// What is true of the lists before their items are looked at.
Result<> check_list(const zone::Zone& zone, const List& list, const json::Value& items) {
  if (!items.is_array())
    return Error{ErrorCode::unsupported, Side::client, in_quotes(list.name) + " must be an array"};
  const std::size_t most = most_items(zone, list);
  if (items.as_array().size() > most) {
    return Error{
        ErrorCode::too_large,
        Side::client,
        "at most " + std::to_string(most) + " " + std::string(list.name) +
            " can be purged in one call"
    };
  }
  return {};
}

// Two kinds that the body names, where it may name one only.
Result<> check_kinds(const zone::Zone& zone, const json::Value& body) {
  if (zone.rules.compat.purge_mixed_kinds == policy::PurgeMixedKinds::together) return {};
  std::string_view named;
  for (const List& list : kLists) {
    if (json::find(body, list.name) == nullptr) continue;
    if (!named.empty())
      return refused(
          in_quotes(named) + " and " + in_quotes(list.name) +
          " stand in one call, which purge_mixed_kinds = \"refuse\" of the zone forbids"
      );
    named = list.name;
  }
  return {};
}

Result<Facts> everything_of(const json::Value& wanted, const Facts& named) {
  if (!wanted.is_bool() || !wanted.as_bool())
    return Error{ErrorCode::conflict, Side::client, "\"purge_everything\" must be true"};
  if (!named.empty()) return refused("\"purge_everything\" stands alone");
  return Facts{{.kind = cache::PurgeKind::everything, .value = {}}};
}

}  // namespace

Result<Facts> requested_purge(
    const ControlServices& services, const zone::Zone& zone, const json::Value& body
) {
  if (const Result<> allowed = check_kinds(zone, body); !allowed) return allowed.error();
  Facts facts;
  for (const List& list : kLists) {
    const json::Value* items = json::find(body, list.name);
    if (items == nullptr) continue;
    if (const Result<> fits = check_list(zone, list, *items); !fits) return fits.error();
    for (const json::Value& item : items->as_array()) {
      Result<Facts> asked = facts_of(services, zone, list.kind, item);
      if (!asked) return asked.error();
      std::ranges::move(*asked, std::back_inserter(facts));
    }
  }
  if (const json::Value* wanted = json::find(body, "purge_everything"))
    return everything_of(*wanted, facts);
  if (!facts.empty()) return facts;
  return Error{
      ErrorCode::not_found,
      Side::client,
      R"(Request must contain one of "purge_everything", "files", "tags", "hosts" or "prefixes")"
  };
}

}  // namespace festina::control
