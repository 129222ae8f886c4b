// Index: from key to stored response. One shard of it: open addressing, linear probing, sole owner of its entries.
//
// The keyed 128-bit hash says where to look: its high half the shard, its low half, the fingerprint, the slot. The full
// key decides. Threads: one at a time; memory_tier has a lock per shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

#include "base/hash.h"
#include "cache/entry.h"

namespace festina::cache {

inline constexpr std::size_t kIndexShards = 32;

// Where a key belongs.
struct Place {
  std::size_t shard;
  std::uint64_t fingerprint;
};
Place place_of(const KeyedHash&, std::string_view key);

class IndexShard {
 public:
  IndexShard() = default;
  ~IndexShard();
  IndexShard(IndexShard&&) noexcept;
  IndexShard& operator=(IndexShard&&) = delete;

  // The entry under the key, null when there is none.
  const Entry* find(std::uint64_t fingerprint, const policy::CacheKey&) const;
  // The one under the key of this entry, which knows its fingerprint.
  const Entry* find(const Entry&) const;
  // Holds the entry under its own key and fingerprint; gives back what was there. Requires: it is settled.
  EntryRef put(EntryRef);
  // Gives up this entry; null when it is not the one held.
  EntryRef take(const Entry&);
  std::size_t size() const { return size_; }
  // For a walk over all: the entry in one of so many slots; null where it is free.
  std::size_t slots() const { return slot_count_; }
  const Entry* at(std::size_t slot) const { return slots_[slot].entry(); }

 private:
  // One word: the address of an entry, and above it a few bits of its fingerprint, so that most others are told apart
  // without a look at them. Zero: the slot is free.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(EntryRef);
    bool is_free() const { return word_ == 0; }
    const Entry* entry() const;
    bool may_have(std::uint64_t fingerprint) const;
    // Gives up the entry, and is free.
    EntryRef release();

   private:
    std::uint64_t word_ = 0;
  };
  struct Free {
    std::align_val_t alignment;
    void operator()(Slot* slots) const { ::operator delete(slots, alignment); }
  };
  static std::unique_ptr<Slot[], Free> make_slots(std::size_t count);

  template <class Wanted>
  std::size_t slot_of(std::uint64_t fingerprint, Wanted) const;
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slot_count_ - 1); }
  std::size_t home(std::uint64_t fingerprint) const { return fingerprint & (slot_count_ - 1); }
  void grow();
  void close_gap(std::size_t free);

  std::unique_ptr<Slot[], Free> slots_;
  std::size_t slot_count_ = 0;  // a power of two; at most three quarters are taken
  std::size_t size_ = 0;
};

}  // namespace festina::cache
