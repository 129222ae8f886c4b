// Index: from key to stored response. One shard of it: open addressing, linear probing, sole owner of its entries.
//
// The keyed 128-bit hash says where to look: its high half the shard, its low half the slot. The full key decides.
// Threads: one at a time; memory_tier has a lock per shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "cache/entry.h"

namespace festina::cache {

inline constexpr std::size_t kIndexShards = 64;

// Where a key belongs.
struct Place {
  std::size_t shard;
  std::uint64_t fingerprint;
};
Place place_of(const KeyedHash&, const policy::CacheKey&);

class IndexShard {
 public:
  // The entry under the key, null when there is none.
  const Entry* find(std::uint64_t fingerprint, const policy::CacheKey&) const;
  // Holds the entry under its own key; gives back what was there.
  EntryRef put(std::uint64_t fingerprint, EntryRef);
  // Gives back what was under the key; null when nothing was.
  EntryRef take(std::uint64_t fingerprint, const policy::CacheKey&);
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t fingerprint = 0;
    EntryRef entry;  // null: the slot is free
  };
  std::size_t slot_of(std::uint64_t fingerprint, const policy::CacheKey&) const;
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  std::size_t home(const Slot& slot) const { return slot.fingerprint & (slots_.size() - 1); }
  void grow();
  void close_gap(std::size_t free);

  std::vector<Slot> slots_;  // a power of two; at most three quarters are taken
  std::size_t size_ = 0;
};

}  // namespace festina::cache
