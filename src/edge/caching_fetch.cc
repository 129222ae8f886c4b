#include "edge/caching_fetch.h"

#include <iterator>
#include <utility>
#include <vector>

#include "edge/error_page.h"
#include "edge/fills.h"
#include "edge/parts.h"
#include "edge/response_edit.h"
#include "edge/run_fill.h"
#include "edge/selection.h"
#include "edge/upstream.h"
#include "policy/cache_key.h"
#include "policy/invalidation.h"

namespace festina::edge {
namespace {

policy::Reuse judged(const cache::EntryRef& found, const Exchange& x) {
  const bool is_enough = found && !lacks_wanted(*found, x.request);
  if (is_enough) {
    const policy::StoredResponse stored = found->stored();
    return policy::judge(&stored, x.decision, x.visit.now);
  }
  policy::Reuse nothing = policy::judge(nullptr, x.decision, x.visit.now);
  if (found && nothing.reason == policy::Reason::absent) {
    nothing.reason = policy::Reason::incomplete;
  }
  return nothing;
}

bool asks_worker(const Exchange& x) { return x.upstream.kind == policy::UpstreamKind::worker; }

policy::KeyOrigin key_origin_of(const Exchange& x, http::Scheme asked) {
  return asks_worker(x) ? zone::key_origin_of_worker(x.upstream.script, asked)
                        : zone::key_origin(*x.upstream.origin, asked);
}

policy::CacheKey key_of(const Services& services, const Exchange& x) {
  const policy::KeyOrigin origin = key_origin_of(x, x.request.url.scheme);
  policy::CacheKey key = policy::cache_key(x.zone->id, origin, x.request, x.decision.key);
  if (!x.decision.vary) return key;
  return services.cache.variant_for(key, x.request.headers, *x.decision.vary);
}

// Is the entry one for this request, where Vary counts? Under the key of all variants may stand what somebody stored for
// whom it does not.
bool fits(const Exchange& x, const policy::CacheKey& key, const cache::Entry& entry) {
  if (!x.decision.vary) return true;
  if (entry.key_text() != key.text) return false;
  if (policy::text_without_variant(key.text) != key.text) return true;
  const auto varies = policy::variance(entry.headers({http::Name::vary}), *x.decision.vary);
  return !varies.bypasses && varies.fields.empty();
}

cache::EntryRef find(const Services& services, const Exchange& x, const policy::CacheKey& key) {
  cache::EntryRef found = services.cache.lookup(key);
  return found && fits(x, key, *found) ? found : nullptr;
}

// A request that waited for another's fill knows only now by which fields the answer varies, and whether it is a part: it
// may be of no use to it.
bool is_a_misfit(const Services& services, const Exchange& x, const Filled& fill) {
  if (!fill.joined) return false;
  return lacks_wanted(*fill.entry, x.request) ||
         (x.decision.vary && !fits(x, key_of(services, x), *fill.entry));
}

// The stored response as a reply, its body as it is kept; deliver() makes of it what the asker takes.
http::Reply open(Exchange& x, const cache::EntryRef& entry) {
  x.served = entry;
  http::Reply reply;
  reply.response.status = entry->status();
  reply.body = entry->open_as_kept();
  return reply;
}

// What the client would be told if nothing stood in.
http::Status status_told(const Result<http::Reply>& reply) {
  return reply ? reply->response.status : status_of(reply.error()).status;
}

// What the fill that answers this request heard of response rules, and what it lost, belongs to its reasons.
void take_heard(Exchange& x, std::vector<policy::Step> heard) {
  auto& asides = x.decision.asides;
  asides.insert(
      asides.end(), std::make_move_iterator(heard.begin()), std::make_move_iterator(heard.end())
  );
}

// May a stale copy answer in place of the upstream's failure? Not when a purge has hit it since.
bool stands_in(
    const Services& services, const Exchange& x, const cache::EntryRef& found, http::Status failure
) {
  return found && policy::may_stand_in(x.reuse, failure) && !services.cache.has_purged(*found);
}

// An answer for this request alone, from the upstream. Could it have been stored? Where nobody queues for the key, the
// next one may be (reference §3.5).
Awaitable<Result<http::Reply>> fetch_unstored(
    Services& services, Exchange& x, const policy::CacheKey& key, bool is_remembered
) {
  Result<http::Reply> reply = co_await fetch_upstream(services, x);
  if (!reply) co_return reply;
  edit_response(x, reply->response);
  const auto facts = policy::facts_of(reply->response, services.clock.wall(), x.decision);
  const policy::Storability verdict = storability_of(services, x, *reply, facts);
  x.not_stored = verdict.may_store ? std::nullopt : std::optional(verdict.reason);
  x.is_deferred = verdict.may_store && is_remembered && services.cache.forget_uncacheable(key);
  co_return reply;
}

// Under the key of its own variant, or for its own part; where that fails too, for this request alone.
Awaitable<Result<http::Reply>> ask_again(
    Services& services, Exchange& x, const policy::CacheKey& key
) {
  if (!x.met_a_misfit) {
    x.met_a_misfit = true;
    co_return co_await caching_fetch(services, x);
  }
  x.outcome = policy::FillOutcome::not_stored;
  co_return co_await fetch_unstored(services, x, key, false);
}

// Nobody stores this answer: the starter of the fill has it already, the others ask for themselves.
Awaitable<Result<http::Reply>> pass(
    Services& services, Exchange& x, const policy::CacheKey& key, const cache::EntryRef& found,
    Filled fill
) {
  if (fill.unstored) {
    take_heard(x, std::move(fill.heard));
    co_return std::move(*fill.unstored);
  }
  Result<http::Reply> reply = co_await fetch_unstored(services, x, key, fill.is_remembered);
  if (!stands_in(services, x, found, status_told(reply))) co_return reply;
  if (!reply) x.covered = reply.error();
  x.outcome = policy::FillOutcome::failed;
  co_return open(x, found);
}

// The fill failed: a stale copy, or the error.
Result<http::Reply> stale_or_error(
    const Services& services, Exchange& x, const cache::EntryRef& found, Filled fill
) {
  if (!fill.error) unreachable("a failed fill says why");
  if (!stands_in(services, x, found, status_of(*fill.error).status)) return std::move(*fill.error);
  x.covered = std::move(fill.error);
  return open(x, found);
}

// RFC 9111 §4.4; the service keeps what is stored (reference §1.1).
void invalidate(const Services& services, const Exchange& x, const http::Response& response) {
  for (const http::Url& url : policy::invalidated(x.request, response)) {
    const http::Request plain{
        .method = http::Method::get, .method_text = "GET", .url = url, .headers = {}
    };
    const policy::KeyOrigin origin = key_origin_of(x, url.scheme);
    services.cache.erase(policy::cache_key(x.zone->id, origin, plain, x.decision.key));
  }
}

// The answer to a POST, kept for a GET to come where it says that it may be.
Awaitable<Result<http::Reply>> keep_for_a_get(Services& services, Exchange& x, http::Reply reply) {
  const auto facts = policy::facts_of(reply.response, services.clock.wall(), x.decision);
  if (!storability_of(services, x, reply, facts).may_store) co_return std::move(reply);
  const policy::CacheKey& key = x.key.emplace(key_of(services, x));
  Filled fill = co_await services.fills.keep(services, key, x, std::move(reply));
  if (fill.unstored) co_return std::move(*fill.unstored);
  if (fill.error) co_return std::move(*fill.error);
  x.outcome = fill.outcome;
  co_return open(x, fill.entry);
}

// A request that the cache has no part in, but what is stored may learn from its answer.
Awaitable<Result<http::Reply>> pass_by(Services& services, Exchange& x) {
  Result<http::Reply> reply = co_await fetch_upstream(services, x);
  if (reply) edit_response(x, reply->response);
  const bool is_heard =
      reply && x.decision.profile == policy::Profile::standard && x.decision.announces_status;
  if (!is_heard) co_return reply;
  invalidate(services, x, reply->response);
  if (!x.decision.eligible) co_return reply;
  co_return co_await keep_for_a_get(services, x, std::move(*reply));
}

bool is_anothers(const Filled& fill) {
  return fill.joined || fill.outcome == policy::FillOutcome::under_way;
}

http::Status upstream_status(const Filled& fill) {
  if (fill.joined) return 0;
  if (fill.outcome == policy::FillOutcome::freshened) return 304;
  if (fill.entry) return fill.entry->status();
  return fill.unstored ? fill.unstored->response.status : http::Status{0};
}

}  // namespace

Awaitable<Result<http::Reply>> caching_fetch(Services& services, Exchange& x) {
  if (!x.decision.may_use_cache) co_return co_await pass_by(services, x);

  const policy::CacheKey& key = x.key.emplace(key_of(services, x));
  const cache::EntryRef found = find(services, x, key);
  x.reuse = judged(found, x);

  switch (x.reuse.action) {
    case policy::Action::serve:
      co_return open(x, found);
    case policy::Action::serve_and_refresh: {
      const Executor executor = co_await asio::this_coro::executor;
      services.fills.refresh(services, executor, key, found, x);
      co_return open(x, found);
    }
    case policy::Action::refuse:
      co_return Error{
          ErrorCode::not_found,
          Side::client,
          "the request says only-if-cached, and nothing that is stored will do"
      };
    case policy::Action::validate:
    case policy::Action::fetch:
      break;
  }

  x.part = part_to_ask(services, x, found);
  const policy::CacheKey asked = x.part ? policy::part_key(key, x.part->range) : key;
  if (asks_worker(x)) x.quota = new_quota(x);
  Filled fill = co_await services.fills.join_or_start(services, asked, useful(found, x), x);
  if (is_anothers(fill)) x.quota = nullptr;  // no Worker serves this one
  x.outcome = fill.outcome;
  x.joined = fill.joined;
  x.not_stored = fill.not_stored;
  x.origin_status = upstream_status(fill);
  if (!fill.joined) x.origin_took = fill.upstream_took;
  switch (fill.outcome) {
    case policy::FillOutcome::stored:
    case policy::FillOutcome::freshened:
      if (is_a_misfit(services, x, fill)) co_return co_await ask_again(services, x, key);
      if (is_far_ahead(x, *fill.entry)) {
        x.outcome = policy::FillOutcome::not_stored;
        co_return co_await fetch_unstored(services, x, key, false);
      }
      take_heard(x, std::move(fill.heard));
      co_return open(x, fill.entry);  // the same reader as a hit
    case policy::FillOutcome::not_stored:
      co_return co_await pass(services, x, key, found, std::move(fill));
    case policy::FillOutcome::failed:
      co_return stale_or_error(services, x, found, std::move(fill));
    case policy::FillOutcome::under_way:
      co_return open(x, found);
  }
  unreachable("every fill has an outcome");
}

}  // namespace festina::edge
