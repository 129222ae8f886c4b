// After "FIFO queues are all you need for cache eviction" (Yang et al., SOSP 2023), by bytes instead of objects; the small
// queue's share is learned as the target of ARC is (Megiddo and Modha, FAST 2003).
#include "cache/s3_fifo.h"

#include <algorithm>
#include <utility>

#include "base/errors.h"

namespace festina::cache {
namespace {

constexpr std::uint8_t kUsesToPromote = 2;
constexpr double kStep = 2;  // how many times its own part one that came back moves the share

}  // namespace

double small_share_after(double share, CameBack came_back, double part) {
  if (came_back == CameBack::no) return share;
  const double step = came_back == CameBack::to_small ? kStep * part : -kStep * part;
  return std::clamp(share + step, kLeastSmallShare, kMostSmallShare);
}

CameBack S3Fifo::insert(const Evictable& item) {
  check(item.queue == Evictable::Queue::none, "an item is queued once");
  CameBack came_back = CameBack::no;
  if (left_small_.forget(item.fingerprint)) came_back = CameBack::to_small;
  if (left_main_.forget(item.fingerprint)) came_back = CameBack::to_main;
  item.frequency = 0;
  enter(came_back == CameBack::no ? Evictable::Queue::small : Evictable::Queue::main, item);
  return came_back;
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

Evictable::Queue S3Fifo::turn(const Load& small, const Load& main, double small_share) {
  const bool small_is_full = static_cast<double>(small.weight) >
                             small_share * static_cast<double>(small.weight + main.weight);
  return small_is_full || main.count == 0 ? Evictable::Queue::small : Evictable::Queue::main;
}

// Ends: a round evicts, moves an item to the main queue for good, or takes one of its uses.
const Evictable* S3Fifo::evict(Evictable::Queue from) {
  const bool from_small = from == Evictable::Queue::small;
  while (const Evictable* item = (from_small ? small_ : main_).oldest) {
    remove(*item);
    const bool stays = item->frequency >= (from_small ? kUsesToPromote : 1);
    if (!stays) {
      (from_small ? left_small_ : left_main_).add(item->fingerprint, window());
      return item;
    }
    item->frequency = from_small ? 0 : static_cast<std::uint8_t>(item->frequency - 1);
    enter(Evictable::Queue::main, *item);
  }
  return nullptr;
}

bool S3Fifo::remembers(std::uint64_t fingerprint) const {
  return left_small_.has(fingerprint) || left_main_.has(fingerprint);
}

void S3Fifo::remember(std::uint64_t fingerprint) { left_small_.add(fingerprint, window()); }

std::size_t S3Fifo::window() const {
  return std::max<std::size_t>(small_.load.count + main_.load.count, kMinRemembered);
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
