// Entries leave a shard as references that die outside its lock: freeing a large body takes time.
#include "cache/memory_tier.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>

namespace festina::cache {
namespace {

// Deleted keys, each with the number of its deletion, against what is put after it but was born before. When there are
// too many, all that was born before now stays out.
class Deletions {
 public:
  void add(std::uint64_t fingerprint, std::uint64_t number) {
    if (numbers_.size() == kMaxKept) {
      numbers_.clear();
      floor_ = number;
    }
    numbers_[fingerprint] = number;
  }

  bool came_after(std::uint64_t born, std::uint64_t fingerprint) const {
    if (born < floor_) return true;
    const auto found = numbers_.find(fingerprint);
    return found != numbers_.end() && born < found->second;
  }

 private:
  static constexpr std::size_t kMaxKept = 256;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> numbers_;
  std::uint64_t floor_ = 0;
};

}  // namespace

struct alignas(64) MemoryTier::Shard {
  // Requires: the entry is held here, or was until the order gave it up.
  EntryRef take(const Entry& entry) {
    if (entry.queue != Evictable::Queue::none) order.remove(entry);
    return index.take(entry);
  }

  IndexShard index;
  S3Fifo order;
  Deletions deletions;
};

MemoryTier::MemoryTier(std::uint64_t budget, const KeyedHash& hash, const FillMemory* fills)
    : budget_(budget),
      hash_(hash),
      fills_(fills),
      shards_(std::make_unique<std::array<Guarded<Shard>, kIndexShards>>()) {}

MemoryTier::~MemoryTier() = default;

// Differences may be negative: they wrap, and so does the sum.
void MemoryTier::TotalLoad::change(const S3Fifo::Load& before, const S3Fifo::Load& after) {
  count += after.count - before.count;
  weight += after.weight - before.weight;
}

// Calls the function with the locked shard, and counts what it did to the loads.
template <class Function>
auto MemoryTier::change(std::size_t shard, Function function) {
  return (*shards_)[shard].with([&](Shard& here) {
    const S3Fifo::Load small = here.order.small();
    const S3Fifo::Load main = here.order.main();
    auto result = function(here);
    small_.change(small, here.order.small());
    main_.change(main, here.order.main());
    return result;
  });
}

EntryRef MemoryTier::find(const policy::CacheKey& key, Use use) const {
  const Place place = place_of(hash_, key.text);
  return (*shards_)[place.shard].with([&](Shard& here) {
    const Entry* entry = here.index.find(place.fingerprint, key);
    if (entry && use == Use::counted && entry->frequency < kMaxFrequency) ++entry->frequency;
    return EntryRef(entry);
  });
}

std::vector<EntryRef> MemoryTier::of_targets(
    std::string_view zone, std::span<const std::string> targets, SearchLimits limits
) const {
  std::vector<EntryRef> found;
  if (entries() > limits.searched) return found;
  const auto is_wanted = [&](const Entry* entry) {
    return entry != nullptr && entry->zone_id() == zone &&
           std::ranges::find(targets, entry->target()) != targets.end();
  };
  const auto search = [&](const Shard& here) {
    for (std::size_t slot = 0; slot < here.index.slots() && found.size() < limits.found; ++slot) {
      if (is_wanted(here.index.at(slot))) found.emplace_back(here.index.at(slot));
    }
  };
  for (Guarded<Shard>& shard : *shards_) shard.with(search);
  return found;
}

bool MemoryTier::put(EntryRef entry, std::uint64_t deletions, Admission admission) {
  const std::uint64_t charge = entry->charge();
  return put(std::move(entry), deletions, charge, admission);
}

bool MemoryTier::put(EntryRef entry, std::uint64_t deletions, std::uint64_t charge) {
  return put(std::move(entry), deletions, charge, Admission::judged);
}

bool MemoryTier::put(
    EntryRef entry, std::uint64_t deletions, std::uint64_t charge, Admission admission
) {
  const Place place = place_of(hash_, entry->key_text());
  entry->fingerprint = place.fingerprint;
  entry->weight = static_cast<std::uint32_t>(charge / kChargeUnit);
  const Put done = change(place.shard, [&](Shard& here) {
    return put_into(here, std::move(entry), deletions, admission);
  });
  learn(done.came_back, charge);
  evict();
  return done.held;
}

bool MemoryTier::replace(const Entry& old, EntryRef entry) {
  const Place place = place_of(hash_, entry->key_text());
  entry->fingerprint = place.fingerprint;
  entry->weight = static_cast<std::uint32_t>(entry->charge() / kChargeUnit);
  const EntryRef gone = change(place.shard, [&](Shard& here) -> EntryRef {
    if (here.index.find(old) != &old) return nullptr;
    here.order.replace(old, *entry);
    return here.index.put(std::move(entry));
  });
  evict();
  return gone != nullptr;
}

void MemoryTier::learn(CameBack came_back, std::uint64_t charge) {
  if (came_back == CameBack::no) return;
  const double part = static_cast<double>(charge) / static_cast<double>(budget_);
  small_share_ = small_share_after(small_share_, came_back, part);
}

MemoryTier::Put MemoryTier::put_into(
    Shard& here, EntryRef entry, std::uint64_t deletions, Admission admission
) const {
  const std::uint64_t fingerprint = entry->fingerprint;
  if (here.deletions.came_after(deletions, fingerprint)) return {};

  const Entry* old = here.index.find(*entry);
  const bool is_wanted = old != nullptr || admission == Admission::demanded;
  if (!may_enter(here, *entry, is_wanted)) {
    here.order.remember(fingerprint);
    return {.held = false, .gone = old ? here.take(*old) : nullptr};
  }
  CameBack came_back = CameBack::no;
  if (old) {
    here.order.replace(*old, *entry);
  } else {
    came_back = here.order.insert(*entry);
  }
  return {.held = true, .gone = here.index.put(std::move(entry)), .came_back = came_back};
}

bool MemoryTier::may_enter(const Shard& here, const Entry& entry, bool is_wanted) const {
  const std::uint64_t charge = entry.weight * kChargeUnit;
  if (charge > max_charge()) return false;
  return charge <= std::max(kAlwaysAdmitted, budget_ / kAdmittedPart) || is_wanted ||
         here.order.remembers(entry.fingerprint);
}

bool MemoryTier::erase(const policy::CacheKey& key) {
  const Place place = place_of(hash_, key.text);
  const EntryRef gone = change(place.shard, [&](Shard& here) -> EntryRef {
    here.deletions.add(place.fingerprint, ++deletions_);
    const Entry* entry = here.index.find(place.fingerprint, key);
    return entry ? here.take(*entry) : nullptr;
  });
  return gone != nullptr;
}

bool MemoryTier::was_erased(std::string_view key, std::uint64_t deletions) const {
  if (deletions == this->deletions()) return false;  // nearly always
  const Place place = place_of(hash_, key);
  return (*shards_)[place.shard].with([&](const Shard& here) {
    return here.deletions.came_after(deletions, place.fingerprint);
  });
}

bool MemoryTier::drop(const Entry& entry) {
  const Place place = place_of(hash_, entry.key_text());
  const EntryRef gone = change(place.shard, [&](Shard& here) -> EntryRef {
    return here.index.find(entry) == &entry ? here.take(entry) : nullptr;
  });
  return gone != nullptr;
}

// Which queue gives up an entry is judged over all shards, for one shard alone may hold anything. A shard with less than
// its share of that queue is passed over: the hand comes to all equally often, new entries do not.
void MemoryTier::evict() {
  const auto in_use = [this] { return bytes() + (fills_ ? fills_->bytes() : 0); };
  while (in_use() > budget_ && entries() > 0) {
    const Evictable::Queue queue = S3Fifo::turn(small_.now(), main_.now(), small_share_);
    const bool from_small = queue == Evictable::Queue::small;
    const std::uint64_t count = from_small ? small_.count : main_.count;
    const EntryRef gone = change(hand_++ % kIndexShards, [&](Shard& here) -> EntryRef {
      const std::uint64_t here_count = (from_small ? here.order.small() : here.order.main()).count;
      if (here_count * kIndexShards < count) return nullptr;
      const Evictable* victim = here.order.evict(queue);
      return victim ? here.take(static_cast<const Entry&>(*victim)) : nullptr;
    });
    if (gone) ++evicted_;
  }
}

}  // namespace festina::cache
