// Collapse: the fills in flight by key, so that many requests cost one upstream request; and keys whose responses turned
// out uncacheable, so that such requests do not queue (reference §3.5). Threads: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/hash.h"
#include "cache/fill.h"
#include "cache/purge_table.h"

namespace festina::cache {

inline constexpr std::chrono::seconds kUncacheableFor{60};
inline constexpr std::size_t kMaxUncacheableKeys = 65'536;  // then the oldest is forgotten early

class Collapse {
 public:
  // Both outlive it.
  Collapse(const PurgeTable&, const KeyedHash&, const Clock&);
  ~Collapse();

  // The fill in flight if it would still pass the purge check, or a new one with this birth. Null for a key remembered
  // as uncacheable.
  Joined join_or_start(const policy::CacheKey&, const Birth&);
  // A fill that nobody can join; null when one that would still pass the purge check is in flight.
  std::shared_ptr<Fill> start_unjoinable(const policy::CacheKey&, const Birth&);
  // The fill is over. Requires: it was started here; once.
  void finish(const Fill&, Remember);
  // Nobody joins the fill in flight any more.
  void detach(const policy::CacheKey&);

  std::size_t in_flight() const;
  std::size_t uncacheable() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
