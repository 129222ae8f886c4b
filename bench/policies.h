// Textbook eviction policies by bytes, to compare the cache with: least recently used, 2Q and ARC.
//
// They know objects by number. A request of what is not held counts as a miss and lets it in, unless it is larger than
// the whole budget.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace festina::bench {

using Object = std::uint32_t;

// Every object is in one of four queues, or in none.
class Queues {
 public:
  static constexpr std::uint8_t kNone = 4;

  explicit Queues(std::span<const std::uint64_t> sizes) : sizes_(sizes), links_(sizes.size()) {}

  std::uint8_t queue_of(Object object) const { return links_[object].queue; }
  std::uint64_t bytes(std::uint8_t queue) const { return ends_[queue].bytes; }
  std::uint64_t size(Object object) const { return sizes_[object]; }
  bool empty(std::uint8_t queue) const { return ends_[queue].oldest == kNobody; }
  Object oldest(std::uint8_t queue) const { return ends_[queue].oldest; }

  // To the new end of the queue, from wherever it was.
  void move(Object object, std::uint8_t queue) {
    remove(object);
    Link& link = links_[object];
    End& end = ends_[queue];
    link = {.newer = kNobody, .older = end.newest, .queue = queue};
    (end.newest == kNobody ? end.oldest : links_[end.newest].newer) = object;
    end.newest = object;
    end.bytes += size(object);
  }
  void remove(Object object) {
    Link& link = links_[object];
    if (link.queue == kNone) return;
    End& end = ends_[link.queue];
    (link.newer == kNobody ? end.newest : links_[link.newer].older) = link.older;
    (link.older == kNobody ? end.oldest : links_[link.older].newer) = link.newer;
    end.bytes -= size(object);
    link = {};
  }

 private:
  static constexpr Object kNobody = std::numeric_limits<Object>::max();
  struct Link {
    Object newer = kNobody;
    Object older = kNobody;
    std::uint8_t queue = kNone;
  };
  struct End {
    Object newest = kNobody;
    Object oldest = kNobody;
    std::uint64_t bytes = 0;
  };
  std::span<const std::uint64_t> sizes_;
  std::vector<Link> links_;
  std::array<End, 4> ends_;
};

class Lru {
 public:
  Lru(std::span<const std::uint64_t> sizes, std::uint64_t budget)
      : queues_(sizes), budget_(budget) {}

  bool hits(Object object) {
    const bool hit = queues_.queue_of(object) == 0;
    if (hit || queues_.size(object) <= budget_) queues_.move(object, 0);
    while (queues_.bytes(0) > budget_) queues_.remove(queues_.oldest(0));
    return hit;
  }

 private:
  Queues queues_;
  std::uint64_t budget_;
};

// Johnson and Shasha, VLDB 1994: a quarter for newcomers, and half the budget's worth of those that left remembered.
class TwoQ {
 public:
  TwoQ(std::span<const std::uint64_t> sizes, std::uint64_t budget)
      : queues_(sizes), budget_(budget) {}

  bool hits(Object object) {
    const std::uint8_t where = queues_.queue_of(object);
    if (where == kMain) queues_.move(object, kMain);
    if (where == kMain || where == kIn) return true;
    if (queues_.size(object) <= budget_) queues_.move(object, where == kOut ? kMain : kIn);
    while (queues_.bytes(kIn) + queues_.bytes(kMain) > budget_) evict();
    return false;
  }

 private:
  static constexpr std::uint8_t kIn = 0;
  static constexpr std::uint8_t kOut = 1;
  static constexpr std::uint8_t kMain = 2;

  void evict() {
    const bool from_in = queues_.bytes(kIn) > budget_ / 4 || queues_.empty(kMain);
    if (!from_in) return queues_.remove(queues_.oldest(kMain));
    queues_.move(queues_.oldest(kIn), kOut);
    while (queues_.bytes(kOut) > budget_ / 2) queues_.remove(queues_.oldest(kOut));
  }

  Queues queues_;
  std::uint64_t budget_;
};

// Megiddo and Modha, FAST 2003.
class Arc {
 public:
  Arc(std::span<const std::uint64_t> sizes, std::uint64_t budget)
      : queues_(sizes), budget_(budget) {}

  bool hits(Object object) {
    const std::uint8_t where = queues_.queue_of(object);
    const bool hit = where == kOnce || where == kOften;
    if (where == kOnceGhost) wanted_once_ = std::min(budget_, wanted_once_ + step(object, where));
    if (where == kOftenGhost) wanted_once_ -= std::min(wanted_once_, step(object, where));
    if (queues_.size(object) > budget_) return false;
    queues_.move(object, where == Queues::kNone ? kOnce : kOften);
    while (queues_.bytes(kOnce) + queues_.bytes(kOften) > budget_) evict();
    forget();
    return hit;
  }

 private:
  static constexpr std::uint8_t kOnce = 0;
  static constexpr std::uint8_t kOften = 1;
  static constexpr std::uint8_t kOnceGhost = 2;
  static constexpr std::uint8_t kOftenGhost = 3;

  std::uint64_t step(Object object, std::uint8_t ghost) const {
    const std::uint8_t other = ghost == kOnceGhost ? kOftenGhost : kOnceGhost;
    const std::uint64_t ratio =
        queues_.bytes(other) / std::max<std::uint64_t>(1, queues_.bytes(ghost));
    return queues_.size(object) * std::max<std::uint64_t>(1, ratio);
  }
  void evict() {
    const bool from_once = queues_.bytes(kOnce) > wanted_once_ || queues_.empty(kOften);
    if (from_once) {
      queues_.move(queues_.oldest(kOnce), kOnceGhost);
    } else {
      queues_.move(queues_.oldest(kOften), kOftenGhost);
    }
  }
  void forget() {
    while (!queues_.empty(kOnceGhost) && queues_.bytes(kOnce) + queues_.bytes(kOnceGhost) > budget_)
      queues_.remove(queues_.oldest(kOnceGhost));
    const auto all = [this] {
      return queues_.bytes(kOnce) + queues_.bytes(kOften) + queues_.bytes(kOnceGhost) +
             queues_.bytes(kOftenGhost);
    };
    while (!queues_.empty(kOftenGhost) && all() > 2 * budget_)
      queues_.remove(queues_.oldest(kOftenGhost));
  }

  Queues queues_;
  std::uint64_t budget_;
  std::uint64_t wanted_once_ = 0;
};

}  // namespace festina::bench
