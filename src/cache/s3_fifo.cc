// After "FIFO queues are all you need for cache eviction" (Yang et al., SOSP 2023), by bytes instead of objects.
#include "cache/s3_fifo.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"

namespace festina::cache {
namespace {

constexpr std::uint64_t kSmallShare = 10;  // the small queue has one part in so many
constexpr std::uint8_t kUsesToPromote = 2;

}  // namespace

void S3Fifo::insert(const Evictable& item) {
  check(item.queue == Evictable::Queue::none, "an item is queued once");
  item.frequency = 0;
  const bool came_back = ghosts_.has(item.fingerprint);
  if (came_back) ghosts_.forget(item.fingerprint);
  enter(came_back ? Evictable::Queue::main : Evictable::Queue::small, item);
}

void S3Fifo::replace(const Evictable& old, const Evictable& fresh) {
  check(fresh.queue == Evictable::Queue::none, "an item is queued once");
  Queue& queue = queue_of(old);
  fresh.queue = std::exchange(old.queue, Evictable::Queue::none);
  fresh.frequency = old.frequency;
  fresh.newer = std::exchange(old.newer, nullptr);
  fresh.older = std::exchange(old.older, nullptr);
  (fresh.newer ? fresh.newer->older : queue.newest) = &fresh;
  (fresh.older ? fresh.older->newer : queue.oldest) = &fresh;
  queue.load.weight = queue.load.weight + fresh.weight - old.weight;
}

void S3Fifo::remove(const Evictable& item) {
  queue_of(item).remove(item);
  item.queue = Evictable::Queue::none;
}

Evictable::Queue S3Fifo::turn(const Load& small, const Load& main) {
  const bool small_is_full = small.weight * kSmallShare > small.weight + main.weight;
  return small_is_full || main.count == 0 ? Evictable::Queue::small : Evictable::Queue::main;
}

// Ends: a round evicts, moves an item to the main queue for good, or takes one of its uses.
const Evictable* S3Fifo::evict(Evictable::Queue from) {
  const bool from_small = from == Evictable::Queue::small;
  while (const Evictable* item = (from_small ? small_ : main_).oldest) {
    remove(*item);
    const bool stays = item->frequency >= (from_small ? kUsesToPromote : 1);
    if (!stays) {
      if (from_small) remember(item->fingerprint);
      return item;
    }
    item->frequency = from_small ? 0 : static_cast<std::uint8_t>(item->frequency - 1);
    enter(Evictable::Queue::main, *item);
  }
  return nullptr;
}

void S3Fifo::remember(std::uint64_t fingerprint) {
  const std::uint64_t held = small_.load.count + main_.load.count;
  ghosts_.add(fingerprint, std::max<std::size_t>(held, kMinRemembered));
}

S3Fifo::Queue& S3Fifo::queue_of(const Evictable& item) {
  check(item.queue != Evictable::Queue::none, "the item is queued");
  return item.queue == Evictable::Queue::small ? small_ : main_;
}

void S3Fifo::enter(Evictable::Queue queue, const Evictable& item) {
  item.queue = queue;
  queue_of(item).add(item);
}

void S3Fifo::Queue::add(const Evictable& item) {
  item.newer = nullptr;
  item.older = newest;
  (newest ? newest->newer : oldest) = &item;
  newest = &item;
  ++load.count;
  load.weight += item.weight;
}

void S3Fifo::Queue::remove(const Evictable& item) {
  (item.newer ? item.newer->older : newest) = item.older;
  (item.older ? item.older->newer : oldest) = item.newer;
  item.newer = item.older = nullptr;
  --load.count;
  load.weight -= item.weight;
}

}  // namespace festina::cache
