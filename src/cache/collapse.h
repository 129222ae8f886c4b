// Collapse: the fills in flight by key, so that many requests cost one upstream request; and keys whose responses turned
// out uncacheable, so that such requests do not queue, each with the reason (reference §3.5). Threads: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/hash.h"
#include "cache/fill.h"
#include "cache/purge_table.h"

namespace festina::cache {

inline constexpr std::chrono::seconds kUncacheableFor{60};
inline constexpr std::size_t kMaxUncacheableKeys = 65'536;  // then the oldest is forgotten early
// A fill without a head for so long is joined by nobody any more: another one may have better luck.
inline constexpr std::chrono::seconds kMaxWaitForHead{60};

class Collapse {
 public:
  // Both outlive it.
  Collapse(const PurgeTable&, const KeyedHash&, const Clock&);
  ~Collapse();

  // The fill in flight if it would still pass the purge check, or a new one with this birth; a seat of it is taken. Null
  // for a key remembered as uncacheable.
  Joined join_or_start(const policy::CacheKey&, const Birth&);
  // A fill that nobody can join; null when one that would still pass the purge check is in flight.
  std::shared_ptr<Fill> start_unjoinable(const policy::CacheKey&, const Birth&);
  // Is one in flight that a request of the key would join?
  bool is_under_way(const policy::CacheKey&) const;
  // The fill is over; the key is remembered if there is a reason for it. Requires: it was started here; once.
  void finish(const Fill&, std::optional<policy::Reason> uncacheable = std::nullopt);
  // Why the key is remembered as uncacheable; nothing when it is not.
  std::optional<policy::Reason> why_uncacheable(const policy::CacheKey&) const;
  // The key's last answer could have been stored by what its head says: the next one may be. True when that was news.
  bool forget_uncacheable(const policy::CacheKey&);
  // Nobody joins the fill in flight any more.
  void detach(const policy::CacheKey&);

  std::size_t in_flight() const;
  std::size_t uncacheable() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
