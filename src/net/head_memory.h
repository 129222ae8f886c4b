// HeadMemory: the heads that are long in coming, on all connections that share it, and what they may hold together.
//
// A head that comes at once is never counted, so that who behaves never pays for it. Beyond the limit the heads that
// began first are given up: in a flood of half-open heads they are the flood's, for an honest head is soon whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "base/guarded.h"

namespace festina::net {

// Bytes as received, over all listeners of a node. 512 heads of the greatest size, or 1 KiB on each of as many
// connections as one listener takes.
inline constexpr std::size_t kMaxHeadMemory = std::size_t{64} * 1024 * 1024;

// Names a head among those of its HeadMemory; none is 0.
using HeadId = std::uint64_t;

// A connection whose head is long in coming.
class HalfOpen {
 public:
  virtual ~HalfOpen() = default;
  // Closes it on its own thread, if it waits there for the rest of this head. Threads: any.
  virtual void give_up(HeadId) = 0;
};

// Threads: any.
class HeadMemory {
 public:
  explicit HeadMemory(std::size_t limit = kMaxHeadMemory) : limit_(limit) {}

  // Without those that were given up: their connections are about to free them.
  std::size_t bytes() const;

 private:
  friend class SlowHead;
  struct Head {
    HalfOpen* connection;
    std::size_t bytes;
  };
  struct Heads {
    std::map<HeadId, Head> by_age;  // the oldest first
    HeadId last = 0;
    std::size_t bytes = 0;
  };
  HeadId begin(HalfOpen&);
  void hold(HeadId, std::size_t bytes);
  void end(HeadId);
  static void give_up_oldest(Heads&);

  const std::size_t limit_;
  Guarded<Heads> heads_;
};

// The part of one connection: one head after another. Calls: (hold* release)*
class SlowHead {
 public:
  // Both outlive it.
  SlowHead(HeadMemory& memory, HalfOpen& connection) : memory_(memory), connection_(connection) {}
  SlowHead(const SlowHead&) = delete;
  SlowHead& operator=(const SlowHead&) = delete;
  ~SlowHead() { release(); }

  // So many bytes of the head have come, and more are waited for.
  void hold(std::size_t bytes);
  // It is whole, or over.
  void release();
  bool is(HeadId id) const { return id_ == id; }

 private:
  HeadMemory& memory_;
  HalfOpen& connection_;
  HeadId id_ = 0;
};

}  // namespace festina::net
