// S3Fifo: the order in which stored responses go when space is needed. It knows fingerprints and weights only.
//
// Newcomers wait in a small queue. Those used twice by the time they reach its end move to the main queue, the others
// leave; whoever left either queue is remembered by fingerprint for a while, and enters the main queue at once if it comes
// back. The main queue gives one more round for every use. What comes back also tells how large the small queue should
// be: whoever left it came too late by its being small, whoever left the main queue by its being large (adr/0013).
// The caller counts uses in the item's frequency, up to kMaxFrequency, and says which queue's turn it is: it may spread
// one order over several of these.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/entry.h"
#include "cache/ghosts.h"

namespace festina::cache {

inline constexpr std::uint8_t kMaxFrequency = 3;
// Fingerprints kept of each queue however few items are held; above it as many as items.
inline constexpr std::size_t kMinRemembered = 4;

// Which queue an item had left that came back.
enum class CameBack : std::uint8_t { no, to_small, to_main };

// The part of all weight that the small queue may have. It starts at a tenth, for most newcomers are never used again.
inline constexpr double kFirstSmallShare = 0.1;
inline constexpr double kLeastSmallShare = 0.05;
inline constexpr double kMostSmallShare = 0.9;
// The share after an item came back that is this part of all weight.
double small_share_after(double share, CameBack, double part);

// Threads: one at a time.
class S3Fifo {
 public:
  struct Load {
    std::uint64_t count = 0;
    std::uint64_t weight = 0;
  };
  // The queue that gives up an item when these hold so much.
  static Evictable::Queue turn(const Load& small, const Load& main, double small_share);

  // Requires: the item is in no queue, and stays where it is until it is taken out.
  CameBack insert(const Evictable&);
  // Puts `fresh` in the place of `old`, with its uses.
  void replace(const Evictable& old, const Evictable& fresh);
  void remove(const Evictable&);
  // Takes out the item of this queue that goes next; null when none is left there.
  const Evictable* evict(Evictable::Queue);

  // Has this fingerprint been evicted lately, or been remembered?
  bool remembers(std::uint64_t fingerprint) const;
  // As one that left the small queue.
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
  std::size_t window() const;
  void enter(Evictable::Queue, const Evictable&);

  Queue small_;
  Queue main_;
  Ghosts left_small_;
  Ghosts left_main_;
};

}  // namespace festina::cache
