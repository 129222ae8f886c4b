// S3Fifo: the order in which stored responses go when space is needed. It knows fingerprints and weights only.
//
// Newcomers wait in a small queue, a tenth of the weight. Those used twice by the time they reach its end move to the main
// queue, the others leave and are remembered by fingerprint in a ghost queue; whoever comes back while remembered enters
// the main queue at once. The main queue gives one more round for every use. The caller counts uses in the item's
// frequency, up to kMaxFrequency, and says which queue's turn it is: it may spread one order over several of these.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/entry.h"
#include "cache/ghosts.h"

namespace festina::cache {

inline constexpr std::uint8_t kMaxFrequency = 3;
// Fingerprints kept however few items are held; above it as many as items.
inline constexpr std::size_t kMinRemembered = 64;

// Threads: one at a time.
class S3Fifo {
 public:
  struct Load {
    std::uint64_t count = 0;
    std::uint64_t weight = 0;
  };
  // The queue that gives up an item when these hold so much.
  static Evictable::Queue turn(const Load& small, const Load& main);

  // Requires: the item is in no queue, and stays where it is until it is taken out.
  void insert(const Evictable&);
  // Puts `fresh` in the place of `old`, with its uses.
  void replace(const Evictable& old, const Evictable& fresh);
  void remove(const Evictable&);
  // Takes out the item of this queue that goes next; null when none is left there.
  const Evictable* evict(Evictable::Queue);

  // Has this fingerprint gone from the small queue lately, or been remembered?
  bool remembers(std::uint64_t fingerprint) const { return ghosts_.has(fingerprint); }
  void remember(std::uint64_t fingerprint);

  const Load& small() const { return small_.load; }
  const Load& main() const { return main_.load; }

 private:
  struct Queue {
    const Evictable* newest = nullptr;
    const Evictable* oldest = nullptr;
    Load load;

    void add(const Evictable&);
    void remove(const Evictable&);
  };
  Queue& queue_of(const Evictable&);
  void enter(Evictable::Queue, const Evictable&);

  Queue small_;
  Queue main_;
  Ghosts ghosts_;
};

}  // namespace festina::cache
