// Fills: who waits for which fill. A request starts one or joins one, the node owns it; the one that started it reads
// the entry like everybody else. No client can slow a fill; only when all have left does it end early.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// A request that joins fills waits so long for a head, then fetches for itself (reference §3.5).
inline constexpr std::chrono::seconds kJoinLimit{5};
// The one that started it waits as long as the upstream's own limits let it; this is the end of all patience.
inline constexpr std::chrono::minutes kStartLimit{10};

// A place among those a fill runs for, from joining it until the entry is read. With the last one before the head is
// there goes the fill.
class Seat {
 public:
  Seat() = default;
  // Requires: a seat was taken; the group outlives it.
  Seat(std::shared_ptr<cache::Fill> fill, cache::SeatOf whose, TaskGroup& tasks)
      : fill_(std::move(fill)), whose_(whose), tasks_(&tasks) {}
  Seat(Seat&&) noexcept = default;
  Seat& operator=(Seat&&) = delete;
  ~Seat();

 private:
  std::shared_ptr<cache::Fill> fill_;
  cache::SeatOf whose_ = cache::SeatOf::joiner;
  TaskGroup* tasks_ = nullptr;
};

// How a fill ended for one of those that waited.
struct Filled {
  policy::FillOutcome outcome = policy::FillOutcome::not_stored;
  cache::EntryRef entry;  // stored, freshened
  std::optional<http::Reply>
      unstored;                // not_stored: the starter's reply; the others fetch for themselves
  std::optional<Error> error;  // failed
  bool joined = false;
  std::optional<policy::Reason> not_stored = {};                // why, where that is known
  std::optional<std::chrono::milliseconds> upstream_took = {};  // from asking to the head
  std::vector<policy::Step> heard = {};  // what the answer added to the decision
  bool is_remembered = false;  // not_stored: the key was known as uncacheable, nobody waited
  Seat seat;                   // until the entry is opened
};

class Fills {
 public:
  explicit Fills(TaskGroup& tasks) : tasks_(tasks) {}

  // Waits for the head of the fill in flight for this key, or starts one; does not wait for another's where what was found
  // may answer meanwhile. When the one it joined fails, the next try is
  // one request's again, unless a stale copy may answer this one.
  Awaitable<Filled>
  join_or_start(Services&, const policy::CacheKey&, const cache::EntryRef& found, Exchange&);
  // Stores the answer to a POST for a GET to come, and opens what is stored (RFC 9110 §9.3.3). Gives the reply back where
  // another fill of the key is in flight.
  Awaitable<Filled> keep(Services&, const policy::CacheKey&, Exchange&, http::Reply reply);
  // Refreshes a stale response in the background, unless a fill of the key is in flight. Nobody waits for it.
  void
  refresh(Services&, const Executor&, const policy::CacheKey&, const cache::EntryRef& found, Exchange&);

 private:
  TaskGroup& tasks_;
};

}  // namespace festina::edge
