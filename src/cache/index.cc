// Addresses of this machine's memory have 48 bits. Where they could have more, the check in Slot says so.
#include "cache/index.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace festina::cache {
namespace {

constexpr std::size_t kFirstSlots = 16;
constexpr std::uint32_t kAddressBits = 48;
constexpr std::uint64_t kAddress = (std::uint64_t{1} << kAddressBits) - 1;

// Slots of a large shard are looked up all over: one page of this size spares hundreds of translations.
constexpr std::size_t kHugePage = std::size_t{2} * 1024 * 1024;

bool have_one_key(const Entry& one, const Entry& other) {
  return one.key_text() == other.key_text() && &one.zone() == &other.zone();
}

}  // namespace

Place place_of(const KeyedHash& hash, std::string_view key) {
  const Hash128 bits = hash.hash128(key);
  return {.shard = bits.high / (UINT64_MAX / kIndexShards + 1), .fingerprint = bits.low};
}

// The low bits say where the slot is: the high ones tell more.
IndexShard::Slot::Slot(EntryRef entry) {
  const auto address = reinterpret_cast<std::uint64_t>(entry.get());
  check((address & ~kAddress) == 0, "an address fits into its part of a slot");
  word_ = (entry->fingerprint & ~kAddress) | address;
  entry.detach();
}

const Entry* IndexShard::Slot::entry() const {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a slot is one word, the address in its lower part
  return reinterpret_cast<const Entry*>(word_ & kAddress);
}

bool IndexShard::Slot::may_have(std::uint64_t fingerprint) const {
  return ((word_ ^ fingerprint) & ~kAddress) == 0;
}

EntryRef IndexShard::Slot::release() {
  const EntryRef entry(this->entry(), /*add_ref=*/false);
  word_ = 0;
  return entry;
}

std::unique_ptr<IndexShard::Slot[], IndexShard::Free> IndexShard::make_slots(std::size_t count) {
  const std::size_t size = count * sizeof(Slot);
  const bool is_huge = size >= kHugePage;
  const std::align_val_t alignment{is_huge ? kHugePage : alignof(std::max_align_t)};
  void* memory = ::operator new(size, alignment);
  if (is_huge) madvise(memory, size, MADV_HUGEPAGE);  // not taken: nothing is lost
  auto* slots = static_cast<Slot*>(memory);
  std::uninitialized_default_construct_n(slots, count);
  return {slots, Free{alignment}};
}

IndexShard::IndexShard(IndexShard&& other) noexcept
    : slots_(std::move(other.slots_)),
      slot_count_(std::exchange(other.slot_count_, 0)),
      size_(std::exchange(other.size_, 0)) {}

IndexShard::~IndexShard() {
  for (std::size_t slot = 0; slot < slot_count_; ++slot) {
    if (!slots_[slot].is_free()) slots_[slot].release();
  }
}

const Entry* IndexShard::find(std::uint64_t fingerprint, const policy::CacheKey& key) const {
  if (size_ == 0) return nullptr;
  const auto is_it = [&](const Entry& entry) { return entry.is_under(key); };
  return slots_[slot_of(fingerprint, is_it)].entry();
}

const Entry* IndexShard::find(const Entry& entry) const {
  if (size_ == 0) return nullptr;
  const auto is_it = [&](const Entry& held) { return have_one_key(held, entry); };
  return slots_[slot_of(entry.fingerprint, is_it)].entry();
}

EntryRef IndexShard::put(EntryRef entry) {
  if ((size_ + 1) * 4 > slot_count_ * 3) grow();
  const auto is_it = [&](const Entry& held) { return have_one_key(held, *entry); };
  Slot& slot = slots_[slot_of(entry->fingerprint, is_it)];
  EntryRef old;
  if (slot.is_free()) {
    ++size_;
  } else {
    old = slot.release();
  }
  slot = Slot(std::move(entry));
  return old;
}

EntryRef IndexShard::take(const Entry& entry) {
  if (size_ == 0) return nullptr;
  const auto is_it = [&](const Entry& held) { return &held == &entry; };
  const std::size_t found = slot_of(entry.fingerprint, is_it);
  if (slots_[found].is_free()) return nullptr;
  EntryRef taken = slots_[found].release();
  --size_;
  close_gap(found);
  return taken;
}

// The slot of the entry that is wanted, or the free one where it would go.
template <class Wanted>
std::size_t IndexShard::slot_of(std::uint64_t fingerprint, Wanted is_it) const {
  std::size_t slot = home(fingerprint);
  const auto matches = [&](const Slot& taken) {
    return taken.may_have(fingerprint) && taken.entry()->fingerprint == fingerprint &&
           is_it(*taken.entry());
  };
  while (!slots_[slot].is_free() && !matches(slots_[slot])) slot = next(slot);
  return slot;
}

void IndexShard::grow() {
  const std::size_t old_count = slot_count_;
  slot_count_ = std::max(kFirstSlots, 2 * old_count);
  const auto old = std::exchange(slots_, make_slots(slot_count_));
  for (std::size_t i = 0; i < old_count; ++i) {
    if (old[i].is_free()) continue;
    std::size_t slot = home(old[i].entry()->fingerprint);
    while (!slots_[slot].is_free()) slot = next(slot);
    slots_[slot] = old[i];
  }
}

// Moves up what was pushed past the freed slot, so that no search ends too early.
void IndexShard::close_gap(std::size_t free) {
  for (std::size_t slot = next(free); !slots_[slot].is_free(); slot = next(slot)) {
    const std::size_t mask = slot_count_ - 1;
    const std::size_t pushed = (slot - home(slots_[slot].entry()->fingerprint)) & mask;
    if (pushed < ((slot - free) & mask)) continue;  // its home lies behind the gap
    slots_[free] = std::exchange(slots_[slot], Slot());
    free = slot;
  }
}

}  // namespace festina::cache
