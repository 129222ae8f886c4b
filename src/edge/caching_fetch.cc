#include "edge/caching_fetch.h"

#include "edge/error_page.h"
#include "edge/fill_task.h"
#include "edge/fills.h"
#include "edge/selection.h"
#include "edge/upstream.h"
#include "policy/cache_key.h"

namespace festina::edge {
namespace {

policy::Reuse judged(const cache::EntryRef& found, const Exchange& x) {
  if (!found) return policy::judge(nullptr, x.decision, x.visit.now);
  const policy::StoredResponse stored = found->stored();
  return policy::judge(&stored, x.decision, x.visit.now);
}

// The stored response as a reply; deliver() makes its header.
http::Reply open(Exchange& x, const cache::EntryRef& entry) {
  x.served = entry;
  http::Reply reply;
  reply.response.status = entry->status();
  reply.body = entry->open();
  return reply;
}

// What the client would be told if nothing stood in.
http::Status status_told(const Result<http::Reply>& reply) {
  return reply ? reply->response.status : status_of(reply.error()).status;
}

// May a stale copy answer in place of the upstream's failure? Not when a purge has hit it since.
bool stands_in(
    const Services& services, const Exchange& x, const cache::EntryRef& found, http::Status failure
) {
  return found && policy::may_stand_in(x.reuse, failure) && !services.cache.has_purged(*found);
}

// An answer for this request alone, from the upstream. When nobody queues for the key, and the answer could have been
// stored, the next one may be (reference §3.5).
Awaitable<Result<http::Reply>> fetch_unstored(
    Services& services, Exchange& x, const policy::CacheKey& key, bool is_remembered
) {
  Result<http::Reply> reply = co_await fetch_upstream(services, x);
  if (!reply) co_return reply;
  policy::edit_response(reply->response.headers, x.decision);
  if (!is_remembered) co_return reply;
  const auto facts = policy::facts_of(reply->response, services.clock.now());
  const bool is_storable = storability_of(services, x, *reply, facts).may_store;
  x.is_deferred = is_storable && services.cache.forget_uncacheable(key);
  co_return reply;
}

// Nobody stores this answer: the starter of the fill has it already, the others ask for themselves.
Awaitable<Result<http::Reply>> pass(
    Services& services, Exchange& x, const policy::CacheKey& key, const cache::EntryRef& found,
    Filled fill
) {
  if (fill.unstored) co_return std::move(*fill.unstored);
  Result<http::Reply> reply = co_await fetch_unstored(services, x, key, fill.is_remembered);
  if (!stands_in(services, x, found, status_told(reply))) co_return reply;
  x.outcome = policy::FillOutcome::failed;
  co_return open(x, found);
}

// The fill failed: a stale copy, or the error.
Result<http::Reply> stale_or_error(
    const Services& services, Exchange& x, const cache::EntryRef& found, Filled fill
) {
  if (!fill.error) unreachable("a failed fill says why");
  if (stands_in(services, x, found, status_of(*fill.error).status)) return open(x, found);
  return std::move(*fill.error);
}

http::Status upstream_status(const Filled& fill) {
  if (fill.joined) return 0;
  if (fill.outcome == policy::FillOutcome::freshened) return 304;
  if (fill.entry) return fill.entry->status();
  return fill.unstored ? fill.unstored->response.status : http::Status{0};
}

}  // namespace

Awaitable<Result<http::Reply>> caching_fetch(Services& services, Exchange& x) {
  if (!x.decision.may_use_cache) co_return co_await fetch_upstream(services, x);

  const policy::CacheKey& key = x.key.emplace(
      policy::cache_key(x.zone->id, x.upstream.origin->scheme, x.request, x.decision.key)
  );
  const cache::EntryRef found = services.cache.lookup(key);
  x.reuse = judged(found, x);

  switch (x.reuse.action) {
    case policy::Action::serve:
      co_return open(x, found);
    case policy::Action::serve_and_refresh: {
      const Executor executor = co_await asio::this_coro::executor;
      services.fills.refresh(services, executor, key, found, x);
      co_return open(x, found);
    }
    case policy::Action::validate:
    case policy::Action::fetch:
      break;
  }

  Filled fill = co_await services.fills.join_or_start(services, key, found, x);
  x.outcome = fill.outcome;
  x.joined = fill.joined;
  x.not_stored = fill.not_stored;
  x.origin_status = upstream_status(fill);
  if (!fill.joined) x.origin_took = fill.upstream_took;
  switch (fill.outcome) {
    case policy::FillOutcome::stored:
      if (is_far_ahead(x, *fill.entry)) {
        x.outcome = policy::FillOutcome::not_stored;
        co_return co_await fetch_unstored(services, x, key, false);
      }
      co_return open(x, fill.entry);  // the same reader as a hit
    case policy::FillOutcome::freshened:
      co_return open(x, fill.entry);
    case policy::FillOutcome::not_stored:
      co_return co_await pass(services, x, key, found, std::move(fill));
    case policy::FillOutcome::failed:
      co_return stale_or_error(services, x, found, std::move(fill));
  }
  unreachable("every fill has an outcome");
}

}  // namespace festina::edge
