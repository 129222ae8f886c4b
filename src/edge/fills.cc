#include "edge/fills.h"

#include <algorithm>

#include "base/log.h"
#include "edge/error_page.h"
#include "edge/run_fill.h"
#include "net/upstream_client.h"

namespace festina::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds until(steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  return std::max(left, milliseconds{0});
}

bool has_left(const http::Asker* asker) { return asker && asker->has_left(); }

// Shows the client what came before the answer, from the first that it has not seen. How many it has seen then.
Awaitable<std::size_t> show_interim(const cache::Fill& fill, std::size_t seen, http::Asker* asker) {
  std::vector<http::Response> told = fill.told_since(seen);
  for (http::Response& interim : told) {
    if (asker) co_await asker->send_interim(std::move(interim));
  }
  co_return seen + told.size();
}

// How the fill settled; nothing when the deadline passed or the client left before.
Awaitable<std::optional<cache::Settled>> await_head(
    cache::Fill& fill, steady_clock::time_point deadline, const http::Asker* asker,
    http::Asker* shown
) {
  for (std::size_t seen = 0;;) {
    const milliseconds left = until(deadline);
    std::optional<cache::Settled> settled =
        co_await fill.settled_within(std::min(left, net::kLookForAsker));
    seen = co_await show_interim(fill, seen, shown);
    if (settled || left <= milliseconds{0} || has_left(asker)) co_return settled;
  }
}

// A request that joined a fill without an answer asks again, and so do the others: one of them at a time. One that has a
// stale copy does not wait for that.
bool asks_again(const cache::Settled& settled, const Exchange& x) {
  const bool has_copy =
      settled.error && policy::may_stand_in(x.reuse, status_of(*settled.error).status);
  return settled.may_ask_again && !has_copy;
}

Filled deserted() {
  return {
      .outcome = policy::FillOutcome::failed,
      .entry = {},
      .unstored = {},
      .error = Error{ErrorCode::disconnected, Side::client, "the client has left"},
      .seat = {}
  };
}

Filled passed(bool is_remembered, std::optional<policy::Reason> why) {
  return {
      .outcome = policy::FillOutcome::not_stored,
      .entry = {},
      .unstored = {},
      .error = {},
      .not_stored = why,
      .is_remembered = is_remembered,
      .seat = {}
  };
}

// Another request's fill will replace what was found, which answers until then.
Filled under_way() {
  return {
      .outcome = policy::FillOutcome::under_way,
      .entry = {},
      .unstored = {},
      .error = {},
      .seat = {}
  };
}

// What another request's fill has stored since this one looked, where that answers it: who wakes late from a failure asks
// the upstream no more than who wakes in time.
std::optional<Filled> stored_since(
    const Services& services, const policy::CacheKey& key, const cache::EntryRef& found,
    const Exchange& x
) {
  cache::EntryRef entry = services.cache.lookup(key);
  if (!entry || entry == found) return std::nullopt;
  const policy::StoredResponse stored = entry->stored();
  if (policy::judge(&stored, x.decision, x.visit.now).action != policy::Action::serve)
    return std::nullopt;
  return Filled{
      .outcome = policy::FillOutcome::stored,
      .entry = std::move(entry),
      .unstored = {},
      .error = {},
      .joined = true,
      .seat = {}
  };
}

Filled filled_of(const cache::Joined& joined, cache::Settled settled, Seat seat) {
  Filled filled{
      .outcome = settled.outcome,
      .entry = std::move(settled.entry),
      .unstored = {},
      .error = std::move(settled.error),
      .joined = !joined.started,
      .not_stored = settled.outcome == policy::FillOutcome::not_stored
                        ? std::optional(settled.reason)
                        : std::nullopt,
      .upstream_took = settled.upstream_took,
      .heard = std::move(settled.heard),
      .seat = std::move(seat)
  };
  if (filled.outcome != policy::FillOutcome::not_stored) return filled;
  if (joined.started) filled.unstored = joined.fill->take_unstored();
  return filled;
}

}  // namespace

Seat::~Seat() {
  if (!fill_) return;
  const std::optional<TaskId> abandoned = fill_->give_up_seat(whose_);
  if (!abandoned) return;
  log::info("fill.abandoned", {{"key", fill_->key().text}});
  tasks_->cancel(*abandoned);
}

Awaitable<Filled> Fills::join_or_start(
    Services& services, const policy::CacheKey& key, const cache::EntryRef& found, Exchange& x
) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto patience = steady_clock::now() + kJoinLimit;
  for (bool is_first = true;; is_first = false) {
    auto late = is_first ? std::nullopt : stored_since(services, key, found, x);
    if (late) co_return *std::move(late);
    const cache::Joined joined = services.cache.join_or_start(key);
    if (!joined.fill) co_return passed(true, services.cache.why_uncacheable(key));
    const auto whose = joined.started ? cache::SeatOf::starter : cache::SeatOf::joiner;
    Seat seat(joined.fill, whose, tasks_);
    if (joined.started) {
      joined.fill->runs_as(tasks_.spawn(executor, run_fill(services, joined.fill, found, x)));
    } else if (x.reuse.meanwhile == policy::Meanwhile::serve_stale) {
      co_return under_way();
    } else if (is_first) {
      services.metrics.count(observe::Counter::collapsed);
    }

    const auto deadline = joined.started ? steady_clock::now() + kStartLimit : patience;
    http::Asker* const client = asker_for_interim(x);
    std::optional<cache::Settled> settled =
        co_await await_head(*joined.fill, deadline, x.asker, client);
    if (!settled) co_return has_left(x.asker) ? deserted() : passed(false, {});
    if (joined.started || !asks_again(*settled, x)) {
      co_return filled_of(joined, *std::move(settled), std::move(seat));
    }
  }
}

Awaitable<Filled> Fills::keep(
    Services& services, const policy::CacheKey& key, Exchange& x, http::Reply reply
) {
  const Executor executor = co_await asio::this_coro::executor;
  std::shared_ptr<cache::Fill> fill = services.cache.start_refresh(key);
  if (!fill) {
    Filled unkept = passed(false, {});
    unkept.unstored = std::move(reply);
    co_return unkept;
  }
  fill->take_seat();
  Seat seat(fill, cache::SeatOf::starter, tasks_);
  fill->runs_as(tasks_.spawn(executor, keep_reply(services, fill, x, std::move(reply))));
  const auto deadline = steady_clock::now() + kStartLimit;
  auto settled = co_await await_head(*fill, deadline, x.asker, nullptr);
  if (!settled) co_return deserted();
  co_return filled_of({.fill = fill, .started = true}, *std::move(settled), std::move(seat));
}

void Fills::refresh(
    Services& services, const Executor& executor, const policy::CacheKey& key,
    const cache::EntryRef& found, Exchange& x
) {
  std::shared_ptr<cache::Fill> fill = services.cache.start_refresh(key);
  if (!fill) return;  // one is under way
  tasks_.spawn(executor, run_fill(services, std::move(fill), found, x));
}

}  // namespace festina::edge
