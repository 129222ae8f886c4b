#include "control/explain_api.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "observe/explain.h"
#include "observe/trace.h"
#include "policy/cache_key.h"
#include "policy/reuse.h"
#include "rules/page_rules.h"
#include "rules/resolve.h"
#include "workers/rays.h"

namespace festina::control {
namespace {

http::Reply refused(std::string why) {
  return json_reply(400, json::Object{{"error", std::move(why)}});
}

// The request was never here, or others have taken its place.
http::Reply forgotten(std::uint64_t ray, const observe::History::Extent& extent) {
  std::string why = "this node remembers no request " + observe::ray_text(ray) + ". It remembers " +
                    std::to_string(extent.records) + " requests and operations";
  if (extent.oldest) why += ", the oldest of " + observe::timestamp(*extent.oldest);
  why += "; each thread keeps the last " + std::to_string(observe::kMaxRememberedRecords) + " or " +
         std::to_string(observe::kMaxRememberedBytes / 1024 / 1024) +
         " MiB of them. What would happen now: /festina/v1/explain?url=...";
  return json_reply(404, json::Object{{"error", std::move(why)}});
}

// The first where none is named.
Result<const ColoView*> colo_of(const ControlServices& services, const Parameters& query) {
  const auto name = parameter(query, "colo");
  if (!name) return &services.colos.front();
  return colo_named(services, *name);
}

Result<http::Request> request_of(const Parameters& query) {
  const auto url = parameter(query, "url");
  if (!url) return Error{ErrorCode::malformed, Side::client, "the parameter \"url\" is missing"};
  Result<http::Url> parsed = http::parse_url(*url);
  if (!parsed) return with_detail(parsed.error(), "url");

  http::Request request;
  request.method_text = std::string(parameter(query, "method").value_or("GET"));
  request.method = http::method_of(request.method_text);
  request.url = std::move(*parsed);
  for (const auto& [name, value] : query) {
    if (name != "header") continue;
    const auto halves = split_once(value, ':');
    if (!halves)
      return Error{ErrorCode::malformed, Side::client, "the header \"" + value + "\" has no colon"};
    request.headers.add(trimmed(halves->before), trimmed(halves->after));
  }
  return request;
}

// Who would answer a visitor if the cache did not, and who stands behind a Snippet.
struct Answerer {
  policy::UpstreamKind kind = policy::UpstreamKind::origin;
  std::string_view name;
  std::string_view behind = {};
};
Answerer answerer_of(const zone::Zone& zone, const http::Url& url) {
  Answerer last{.name = zone.origin_for(url.host).text};
  if (const auto script = zone.script_for(url))
    last = {.kind = policy::UpstreamKind::worker, .name = *script};
  const auto snippet = zone.snippet_for(url);
  if (!snippet) return last;
  return {.kind = policy::UpstreamKind::snippet, .name = *snippet, .behind = last.name};
}

std::vector<std::string> other_keys(
    const ColoView& colo, const zone::Zone& zone, const http::Url& url, std::string_view key
) {
  const std::array targets{url.host + url.path};
  std::vector<std::string> keys;
  for (const cache::EntryRef& entry : colo.cache->stored_for(zone.id, targets, kMaxOtherKeys + 1)) {
    if (entry->key_text() != key && keys.size() < kMaxOtherKeys)
      keys.emplace_back(entry->key_text());
  }
  std::ranges::sort(keys);
  return keys;
}

std::vector<std::string> other_colos(
    const ControlServices& services, const ColoView& here, const policy::CacheKey& key
) {
  std::vector<std::string> names;
  for (const ColoView& colo : services.colos) {
    if (&colo != &here && colo.cache->peek(key)) names.push_back(colo.name);
  }
  return names;
}

// The Page Rules that match, and do not count.
std::vector<policy::Step> findings_of_rules(const zone::Zone& zone, const http::Url& url) {
  std::vector<policy::Step> findings;
  for (const rules::PageRule* rule : rules::page_rules_behind(zone.rules.page_rules, url)) {
    findings.push_back(
        {policy::Aspect::rule,
         0,
         policy::Setter::page_rule,
         policy::Reason::page_rule_behind,
         std::string(rule->pattern.text())}
    );
  }
  return findings;
}

void add_found(
    observe::ExplainInput& input, const cache::Entry& found, const policy::Visit& visit
) {
  const policy::StoredResponse stored = found.stored();
  input.reuse = policy::judge(&stored, input.decision, visit.now);
  std::string vary = policy::unheeded_vary(found.headers({http::Name::vary}), input.decision);
  if (vary.empty()) return;
  input.findings.push_back(
      {policy::Aspect::vary,
       0,
       policy::Setter::origin,
       policy::Reason::vary_ignored,
       std::move(vary)}
  );
}

http::Reply explained(
    const ControlServices& services, const ColoView& colo, const zone::Zone& zone,
    http::Request request
) {
  const policy::Visit visit{
      .client_address = {},
      .port = request.url.port,
      .country = colo.country,
      .colo = colo.name,
      .now = services.clock.now(),
      .protocol = "HTTP/1.1",
      .raw_url = http::normalize(request.url)
  };
  const Answerer answerer = answerer_of(zone, request.url);
  const zone::Origin& origin = zone.origin_for(request.url.host);
  const policy::CacheDecision decision =
      rules::resolve(zone.rules, request, visit, answerer.kind, policy::kNoWorkerOptions);

  observe::ExplainInput input{
      .request = request,
      .colo = colo.name,
      .zone = zone.name,
      .upstream = answerer.kind,
      .upstream_name = answerer.name,
      .behind = answerer.behind,
      .decision = decision,
      .key = {},
      .max_stored = colo.cache->max_charge(),
      .reuse = {},
      .uncacheable = {},
      .findings = findings_of_rules(zone, request.url)
  };
  if (decision.may_use_cache) {
    const http::Scheme scheme = request.url.scheme;
    const policy::KeyOrigin from = answerer.kind == policy::UpstreamKind::worker
                                       ? zone::key_origin_of_worker(answerer.name, scheme)
                                       : zone::key_origin(origin, scheme);
    const policy::CacheKey key = policy::cache_key(zone.id, from, request, decision.key);
    const cache::EntryRef found = colo.cache->peek(key);
    input.key = key.text;
    input.uncacheable = colo.cache->why_uncacheable(key);
    input.other_keys = other_keys(colo, zone, request.url, key.text);
    input.other_colos = other_colos(services, colo, key);
    input.reuse = policy::judge(nullptr, decision, visit.now);
    if (found) add_found(input, *found, visit);
  }
  return json_reply(200, observe::to_json(input, observe::explain(input)));
}

}  // namespace

http::Reply explain(const ControlServices& services, const http::Request& asked) {
  const Parameters query = parameters(asked.url);
  const auto colo = colo_of(services, query);
  if (!colo) return refused(colo.error().detail);
  Result<http::Request> request = request_of(query);
  if (!request) return refused(request.error().detail);
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& zone = snapshot->zones.find(request->host());
  if (!zone) {
    return refused(
        "the host \"" + std::string(request->host()) +
        "\" belongs to no zone: 530. Zones here: " + snapshot->zones.names()
    );
  }
  return explained(services, **colo, *zone, std::move(*request));
}

http::Reply explain_ray(const ControlServices& services, std::string_view text) {
  const std::optional<std::uint64_t> ray = workers::parse_ray(text);
  if (!ray) {
    return refused(
        in_quotes(text) + " is no ray id: 16 hex digits, as in the field CF-Ray of the answer"
    );
  }
  const observe::History& history = services.journal.history;
  const std::vector<observe::Remembered> found = history.find(*ray);
  if (found.empty()) return forgotten(*ray, history.extent());
  return json_reply(200, observe::trace(found, history.thrown_in(found)));
}

}  // namespace festina::control
