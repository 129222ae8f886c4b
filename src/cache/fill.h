// Fill: what one request to the upstream becomes, as everybody who waits for it sees it.
//
// One coroutine writes it; the request that started it and all that joined read it. It settles once, when the upstream's
// head has been judged: stored (an entry whose body may still grow), freshened (a 304), not_stored (the starter takes
// the reply, the others fetch for themselves) or failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/async.h"
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
};

class Fill {
 public:
  Fill(policy::CacheKey key, Birth born) : key_(std::move(key)), born_(born) {}

  const policy::CacheKey& key() const { return key_; }
  // Taken before the upstream is asked: a later purge or deletion dooms this fill.
  const Birth& born() const { return born_; }

  // Writer. Calls: settle, once. With not_stored the reply is left for the starter.
  void settle(Settled, std::optional<http::Reply> unstored = std::nullopt);

  // Readers. Nothing when `limit` passed before the fill settled. Threads: any.
  Awaitable<std::optional<Settled>> settled_within(std::chrono::milliseconds limit);
  // The reply of a fill that is not stored; once, for its starter, on the thread that filled.
  std::optional<http::Reply> take_unstored();
  std::size_t waiting() const { return signal_.waiters(); }

 private:
  struct Outcome {
    std::optional<Settled> settled;
    std::optional<http::Reply> unstored;
  };
  policy::CacheKey key_;
  Birth born_;
  Guarded<Outcome> outcome_;
  Signal signal_;  // notified when outcome_ is settled
};

// A fill that a request may wait for, and whether this request is the one that runs it.
struct Joined {
  std::shared_ptr<Fill> fill;
  bool started = false;
};

// What a fill that is over tells those who come for the same key.
enum class Remember : std::uint8_t { nothing, uncacheable };

}  // namespace festina::cache
