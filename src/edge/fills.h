// Fills: coroutines that fill entries from upstream. A request starts one, the node owns it: no client can cancel or
// slow it, and the one that started it reads the entry like everybody else.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// A request that joined a fill waits this long for its head, then fetches for itself (reference §3.5).
inline constexpr std::chrono::seconds kJoinLimit{5};
// The one that started it waits as long as the upstream's own limits let it; this is the end of all patience.
inline constexpr std::chrono::minutes kStartLimit{10};

// How a fill ended for one of those that waited.
struct Filled {
  policy::FillOutcome outcome = policy::FillOutcome::not_stored;
  cache::EntryRef entry;  // stored, freshened
  std::optional<http::Reply>
      unstored;                // not_stored: the starter's reply; the others fetch for themselves
  std::optional<Error> error;  // failed
  bool joined = false;
};

class Fills {
 public:
  explicit Fills(TaskGroup& tasks) : tasks_(tasks) {}

  // Waits for the head of the fill in flight for this key, or starts one.
  Awaitable<Filled>
  join_or_start(Services&, const policy::CacheKey&, const cache::EntryRef& found, Exchange&);
  // Refreshes a stale response in the background, unless a fill of the key is in flight. Nobody waits for it.
  void
  refresh(Services&, const Executor&, const policy::CacheKey&, const cache::EntryRef& found, Exchange&);

 private:
  TaskGroup& tasks_;
};

}  // namespace festina::edge
