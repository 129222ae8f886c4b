// Evictable: what the eviction order (s3_fifo) keeps in each entry.
#pragma once

#include <cstdint>

namespace festina::cache {

// Guarded by the lock of the shard that holds the entry.
struct Evictable {
  enum class Queue : std::uint8_t { none, small, main };

  mutable const Evictable* newer = nullptr;
  mutable const Evictable* older = nullptr;
  mutable std::uint64_t fingerprint = 0;  // of the key
  mutable std::uint32_t weight = 0;       // its charge in units
  mutable Queue queue = Queue::none;
  mutable std::uint8_t frequency = 0;
};

}  // namespace festina::cache
