#include "cache/index.h"

#include <utility>

namespace festina::cache {
namespace {

constexpr std::size_t kFirstSlots = 16;

}  // namespace

Place place_of(const KeyedHash& hash, const policy::CacheKey& key) {
  const Hash128 bits = hash.hash128(key.text);
  return {.shard = bits.high / (UINT64_MAX / kIndexShards + 1), .fingerprint = bits.low};
}

const Entry* IndexShard::find(std::uint64_t fingerprint, const policy::CacheKey& key) const {
  if (size_ == 0) return nullptr;
  return slots_[slot_of(fingerprint, key)].entry.get();
}

EntryRef IndexShard::put(std::uint64_t fingerprint, EntryRef entry) {
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  Slot& slot = slots_[slot_of(fingerprint, entry->key())];
  slot.fingerprint = fingerprint;
  if (!slot.entry) ++size_;
  return std::exchange(slot.entry, std::move(entry));
}

EntryRef IndexShard::take(std::uint64_t fingerprint, const policy::CacheKey& key) {
  if (size_ == 0) return nullptr;
  const std::size_t found = slot_of(fingerprint, key);
  EntryRef entry = std::move(slots_[found].entry);
  if (!entry) return nullptr;
  --size_;
  close_gap(found);
  return entry;
}

// The slot of the key, or the free one where it would go.
std::size_t IndexShard::slot_of(std::uint64_t fingerprint, const policy::CacheKey& key) const {
  std::size_t slot = fingerprint & (slots_.size() - 1);
  const auto is_it = [&](const Slot& candidate) {
    return candidate.fingerprint == fingerprint && candidate.entry->key() == key;
  };
  while (slots_[slot].entry && !is_it(slots_[slot])) slot = next(slot);
  return slot;
}

void IndexShard::grow() {
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : 2 * slots_.size());
  old.swap(slots_);
  for (Slot& moved : old) {
    if (!moved.entry) continue;
    std::size_t slot = home(moved);
    while (slots_[slot].entry) slot = next(slot);
    slots_[slot] = std::move(moved);
  }
}

// Moves up what was pushed past the freed slot, so that no search ends too early.
void IndexShard::close_gap(std::size_t free) {
  for (std::size_t slot = next(free); slots_[slot].entry; slot = next(slot)) {
    const std::size_t mask = slots_.size() - 1;
    const std::size_t pushed = (slot - home(slots_[slot])) & mask;
    if (pushed < ((slot - free) & mask)) continue;  // its home lies behind the gap
    slots_[free] = std::move(slots_[slot]);
    free = slot;
  }
}

}  // namespace festina::cache
