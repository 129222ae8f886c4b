// Fill: what one request to the upstream becomes, as everybody who waits for it sees it.
//
// One coroutine writes it; the request that started it and all that joined read it. It settles once, when the upstream's
// head has been judged: stored (an entry whose body may still grow), freshened (a 304), not_stored (the starter takes
// the reply, the others fetch for themselves) or failed. Everybody it runs for has a seat; when the last one is given up
// before the head is there, the fill is abandoned.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/guarded.h"
#include "cache/entry.h"
#include "http/handler.h"
#include "policy/reuse.h"

namespace festina::cache {

struct Settled {
  policy::FillOutcome outcome = policy::FillOutcome::failed;
  EntryRef entry;                                        // stored, freshened
  policy::Reason reason = policy::Reason::not_eligible;  // why not stored
  std::optional<Error> error;                            // failed
  std::chrono::milliseconds upstream_took{0};            // from asking to the head, or the failure
  std::vector<policy::Step> heard = {};                  // what the answer added to the decision
  bool may_ask_again =
      false;  // not for what the answer was, but for want of one: joiners try again
};

// Whose seat it is. The starter's is given up on the thread that fills.
enum class SeatOf : std::uint8_t { starter, joiner };

class Fill {
 public:
  Fill(policy::CacheKey key, Birth born, TimePoint started)
      : key_(std::move(key)), born_(born), started_(started) {}

  const policy::CacheKey& key() const { return key_; }
  // Taken before the upstream is asked: a later purge or deletion dooms this fill.
  const Birth& born() const { return born_; }
  TimePoint started() const { return started_; }

  // Seats. Threads: any.
  // False when the fill has been abandoned.
  bool take_seat();
  // The task to cancel when this was the last seat and the head is not there: from now on the fill is abandoned. With
  // the starter's goes the reply that only the starter could have taken.
  std::optional<TaskId> give_up_seat(SeatOf);
  // Which task fills. Calls: once, before the first seat is given up.
  void runs_as(TaskId);
  // Had somebody a seat, and nobody has one now? A background refresh is for nobody, and never deserted.
  bool is_deserted() const;

  // Writer. Calls: tell* settle. Those who wait are shown what is told.
  void tell(http::Response interim);
  // With not_stored the reply is left for the starter.
  void settle(Settled, std::optional<http::Reply> unstored = std::nullopt);

  // Readers. What was told, from the first that the reader has not seen. Threads: any.
  std::vector<http::Response> told_since(std::size_t seen) const;
  // Nothing when `limit` passed, or something was told, before the fill settled. Threads: any.
  Awaitable<std::optional<Settled>> settled_within(std::chrono::milliseconds limit);
  bool is_settled() const;
  // The reply of a fill that is not stored; once, for its starter, on the thread that filled.
  std::optional<http::Reply> take_unstored();
  std::size_t waiting() const { return signal_.waiters(); }

 private:
  struct Seats {
    std::size_t taken = 0;
    bool had_any = false;
    bool starter_left = false;
    bool abandoned = false;
    std::optional<TaskId> task;
  };
  struct Outcome {
    Seats seats;
    std::vector<http::Response> told;
    std::optional<Settled> settled;
    std::optional<http::Reply> unstored;
  };
  policy::CacheKey key_;
  Birth born_;
  TimePoint started_;
  Guarded<Outcome> outcome_;
  Signal signal_;  // notified when something is told, or outcome_ is settled
};

// A fill that a request may wait for, with a seat taken, and whether this request is the one that runs it.
struct Joined {
  std::shared_ptr<Fill> fill;
  bool started = false;
};

}  // namespace festina::cache
