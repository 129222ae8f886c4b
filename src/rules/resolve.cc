#include "rules/resolve.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/errors.h"
#include "http/cache_control.h"
#include "http/field_syntax.h"
#include "rules/eligibility.h"
#include "rules/heard.h"
#include "rules/key.h"
#include "rules/lifetimes.h"
#include "rules/worker_cf.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using policy::Step;

// A Worker's own responses only where the owner wants them cached as an origin's are, a Snippet's never. It counts in both
// profiles: the RFC knows no Workers.
bool is_cached(const ZoneRules& rules, policy::UpstreamKind upstream) {
  switch (upstream) {
    case policy::UpstreamKind::origin:
      return true;
    case policy::UpstreamKind::worker:
      return rules.compat.worker_cache == policy::WorkerCache::zone;
    case policy::UpstreamKind::snippet:
      return false;
  }
  unreachable("every upstream is cached or not");
}

// What is so before anybody says anything.
CacheDecision by_default(const ZoneRules& rules, policy::UpstreamKind upstream) {
  CacheDecision decision;
  decision.profile = rules.profile;
  decision.compat = rules.compat;
  decision.origin_cache_control = obeys_origin(rules.plan);
  decision.max_size = max_cacheable_bytes(rules.plan);
  decision.codings = codings_of(rules.plan);
  decision.announces_status = is_cached(rules, upstream);
  return decision;
}

// What the profile `standard` takes from the RFC in place of the service's habits: no era, Vary honoured, and the client
// heard (RFC 9111 §4.1, §5.2.1).
void obey_the_rfc(CacheDecision& decision, const http::Headers& asked) {
  decision.compat = {.worker_cache = decision.compat.worker_cache};
  decision.origin_cache_control = true;
  decision.vary = {.otherwise = policy::VaryAction::equivalent, .rules = {}};
  const auto value = asked.joined(http::Name::cache_control);
  if (value) decision.asked = http::parse_cache_control(*value);
}

// In `standard` the answer to a POST may be stored for a GET to come (RFC 9110 §9.3.3).
bool may_answer_a_get(
    const ZoneRules& rules, const Heard& heard, const Facts& facts, const Step& refused
) {
  return rules.profile == policy::Profile::standard && facts.request.method == http::Method::post &&
         refused.reason == Reason::method_not_cacheable && !refused_by_owner(rules, heard, facts);
}

void settle_eligibility(
    CacheDecision& decision, const ZoneRules& rules, const Heard& heard, const Facts& facts,
    const policy::WorkerOptions& worker
) {
  Step step = eligibility(rules, heard, facts, worker);
  decision.may_use_cache = step.value != 0;
  decision.eligible = decision.may_use_cache || may_answer_a_get(rules, heard, facts, step);
  decision.eligible_by_default = decision.eligible && step.setter == Setter::product_default;
  decision.add(std::move(step));
}

template <class T>
void note(CacheDecision& decision, Aspect aspect, const Said<T>& said, std::int64_t value = 1) {
  decision.asides.push_back(
      {aspect, value, said.voice.setter, Reason::rule_says, std::string(said.voice.name)}
  );
}

// What only rules and settings say, of whatever is asked of the origin, cached or not.
void settle_the_asking(CacheDecision& decision, const ZoneRules& rules, const Heard& heard) {
  decision.passes_error_pages =
      rules.settings.origin_error_page_pass_thru && offers(rules.plan, Feature::error_pages);
  if (heard.passes_error_pages) {
    decision.passes_error_pages = *heard.passes_error_pages;
    if (decision.passes_error_pages) note(decision, Aspect::error_pages, heard.passes_error_pages);
  }
  if (heard.read_timeout) {
    decision.read_timeout = *heard.read_timeout;
    note(decision, Aspect::read_timeout, heard.read_timeout, heard.read_timeout->count());
  }
}

// What else rules say of the response; a Worker may yet say otherwise.
void settle_the_rest(CacheDecision& decision, const Heard& heard) {
  if (heard.origin_cache_control) {
    decision.origin_cache_control = *heard.origin_cache_control;
    note(decision, Aspect::origin_cache_control, heard.origin_cache_control);
  }
  if (heard.vary) {
    decision.vary = *heard.vary;
    note(decision, Aspect::vary, heard.vary);
  }
  if (heard.respects_strong_etags) {
    decision.respects_strong_etags = *heard.respects_strong_etags;
    note(decision, Aspect::strong_etags, heard.respects_strong_etags);
  }
  if (heard.may_be_updating) {
    decision.may_be_updating = *heard.may_be_updating;
    note(decision, Aspect::stale_copies, heard.may_be_updating);
  }
  if (heard.ports) note(decision, Aspect::ports, heard.ports);
}

// A reload in a browser, or a warm-up by a script, hopes for it (reference §1.7).
bool asks_past_caches(const http::Headers& asked) {
  const auto value = asked.joined(http::Name::cache_control);
  const http::CacheControl said = http::parse_cache_control(value.value_or(""));
  return said.no_cache || said.no_store || said.max_age == std::chrono::seconds{0} ||
         http::list_has_token(asked.get(http::Name::pragma).value_or(""), "no-cache");
}

// What the client asks of caches, where that does not count. A Worker's fetch() says the same in a way that does.
void note_request_directives(
    CacheDecision& decision, const http::Headers& asked, const policy::WorkerOptions& worker
) {
  const bool may_ask = asked.has(http::Name::cache_control) || asked.has(http::Name::pragma);
  const bool may_count = decision.profile == policy::Profile::standard || worker.force_revalidate;
  if (!may_ask || may_count || !asks_past_caches(asked)) return;
  decision.asides.push_back(
      {Aspect::request_directives, 0, Setter::request, Reason::request_directives_ignored, {}}
  );
}

// What is as ever is no news.
void settle_always_online(CacheDecision& decision, const Settings& settings) {
  decision.always_online = settings.always_online;
  if (decision.always_online)
    decision.add({Aspect::stale_copies, 1, Setter::zone_setting, Reason::always_online, {}});
}

void settle_deception_armor(
    CacheDecision& decision, const Heard& heard, const policy::WorkerOptions& worker
) {
  const bool by_worker =
      worker.deception_armor && (worker.overrides_rules || !heard.deception_armor);
  if (by_worker) {
    decision.deception_armor = *worker.deception_armor;
    const Reason reason = Reason::worker_deception_armor;
    if (decision.deception_armor)
      decision.add({Aspect::deception_armor, 1, Setter::worker, reason, worker.script});
  } else if (heard.deception_armor) {
    decision.deception_armor = *heard.deception_armor;
    const auto& [setter, name] = heard.deception_armor.voice;
    decision.add(
        {Aspect::deception_armor,
         decision.deception_armor ? 1 : 0,
         setter,
         Reason::rule_says,
         std::string(name)}
    );
  }
}

void settle_validators(CacheDecision& decision, const policy::WorkerOptions& worker) {
  decision.strip_etags = worker.strip_etags.value_or(false);
  decision.strip_last_modified = worker.strip_last_modified.value_or(false);
  if (decision.strip_etags || decision.strip_last_modified) {
    const Reason reason = Reason::worker_strips_validators;
    decision.add({Aspect::validators, 1, Setter::worker, reason, worker.script});
  }
}

CacheDecision before_a_script(
    CacheDecision decision, policy::UpstreamKind upstream, const policy::WorkerOptions& worker
) {
  const bool is_snippet = upstream == policy::UpstreamKind::snippet;
  const Reason reason = is_snippet ? Reason::snippet_in_front : Reason::worker_in_front;
  decision.add({Aspect::eligible, 0, Setter::zone_setting, reason, {}});
  if (worker.present) note_idle_cf(decision, worker);
  return decision;
}

}  // namespace

CacheDecision resolve(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit,
    policy::UpstreamKind upstream, const policy::WorkerOptions& worker
) {
  CacheDecision decision = by_default(rules, upstream);
  if (!decision.announces_status) return before_a_script(std::move(decision), upstream, worker);
  if (upstream == policy::UpstreamKind::worker)
    decision.add({Aspect::worker, 1, Setter::zone_setting, Reason::worker_as_an_origin, {}});

  const Facts facts{.request = request, .visit = visit};
  Heard heard = hear(rules, facts);
  settle_eligibility(decision, rules, heard, facts, worker);
  settle_the_asking(decision, rules, heard);
  std::ranges::move(heard.notes, std::back_inserter(decision.asides));
  if (worker.present) note_worker_cf(decision, worker);
  if (!decision.eligible) return decision;

  decision.key = key_spec(rules, heard, facts);
  if (rules.profile == policy::Profile::standard) obey_the_rfc(decision, request.headers);
  note_request_directives(decision, request.headers, worker);
  settle_edge_ttl(decision, rules, heard, worker);
  settle_browser_ttl(decision, rules, heard);
  settle_the_rest(decision, heard);
  if (worker.present) settle_worker_cf(decision, worker, rules.plan, heard);
  if (auto step = key_step(decision.key, heard)) decision.add(*std::move(step));
  decision.force_revalidate = worker.force_revalidate;
  settle_always_online(decision, rules.settings);
  settle_deception_armor(decision, heard, worker);
  settle_validators(decision, worker);
  return decision;
}

}  // namespace festina::rules
