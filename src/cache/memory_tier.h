// MemoryTier: the stored responses held in memory, within a budget of bytes (storage-and-cluster.md §1).
//
// Each shard of the index has its own lock, queues and list of late deletions; their loads are counted over all. Whoever
// puts an entry evicts for it, from shard after shard under a hand that moves. A large response enters when it is seen
// for the second time. Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "base/hash.h"
#include "cache/entry.h"
#include "cache/fill_memory.h"
#include "cache/index.h"
#include "cache/s3_fifo.h"

namespace festina::cache {

// Up to this charge, or a hundredth of the budget if that is more, a response enters on first sight (adr/0013).
inline constexpr std::uint64_t kAlwaysAdmitted = 256UL * 1024;
inline constexpr std::uint64_t kAdmittedPart = 100;
// A walk over all entries holds up whoever needs a shard; beyond so many it is not worth that.
inline constexpr std::uint64_t kMaxSearched = 200'000;

struct SearchLimits {
  std::size_t found = 0;                  // of what is looked for
  std::uint64_t searched = kMaxSearched;  // with more entries nothing is looked for
};

class MemoryTier {
 public:
  // `fills`, if any: what they hold counts in the budget, too. It outlives the tier.
  MemoryTier(std::uint64_t budget, const KeyedHash&, const FillMemory* fills = nullptr);
  ~MemoryTier();

  // The entry under the key, pinned; null when there is none.
  enum class Use : std::uint8_t { counted, not_counted };
  EntryRef find(const policy::CacheKey&, Use) const;

  // The entries of a zone for one of these targets (Entry::target). Looks at every entry, for explanations.
  std::vector<EntryRef> of_targets(
      std::string_view zone, std::span<const std::string> targets, SearchLimits limits
  ) const;

  // Holds a settled entry, in place of what was there, and evicts for it. False when the size rule keeps it out, or its
  // key was erased after its birth. `deletions`: when it was born.
  bool put(EntryRef, std::uint64_t deletions, Admission admission = Admission::judged);
  // The same, judged, of an entry that is charged so much, whatever it takes: for traces.
  bool put(EntryRef, std::uint64_t deletions, std::uint64_t charge);
  // Holds the entry in place of the old one, whose queue and uses it takes over; false when that one is not there any
  // more. Requires: settled, under one key.
  bool replace(const Entry& old, EntryRef entry);
  // True when an entry was there. What was born before and is put later stays out.
  bool erase(const policy::CacheKey&);
  // Was the key erased after this birth?
  bool was_erased(std::string_view key, std::uint64_t deletions) const;
  // Removes this entry, if it is still the one under its key.
  bool drop(const Entry&);
  // Evicts until all that counts is within the budget.
  void evict();
  // How many calls of erase() there were; for Birth.
  std::uint64_t deletions() const { return deletions_.load(std::memory_order_acquire); }

  std::uint64_t budget() const { return budget_; }
  std::uint64_t max_charge() const { return budget_ / 2; }
  std::uint64_t bytes() const { return (small_.weight + main_.weight) * kChargeUnit; }
  std::uint64_t entries() const { return small_.count + main_.count; }
  std::uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }

 private:
  struct Shard;
  // What happened to an entry that was put, and the one that was there before it.
  struct Put {
    bool held = false;
    EntryRef gone;
    CameBack came_back = CameBack::no;
  };
  // The load of one queue over all shards.
  struct TotalLoad {
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::uint64_t> weight{0};
    S3Fifo::Load now() const { return {.count = count, .weight = weight}; }
    void change(const S3Fifo::Load& before, const S3Fifo::Load& after);
  };
  template <class Function>
  auto change(std::size_t shard, Function);
  bool put(EntryRef, std::uint64_t deletions, std::uint64_t charge, Admission);
  Put put_into(Shard&, EntryRef, std::uint64_t deletions, Admission) const;
  bool may_enter(const Shard&, const Entry&, bool is_wanted) const;
  void learn(CameBack, std::uint64_t charge);

  std::uint64_t budget_;
  KeyedHash hash_;
  const FillMemory* fills_;
  std::unique_ptr<std::array<Guarded<Shard>, kIndexShards>> shards_;
  TotalLoad small_;
  TotalLoad main_;
  // Learned by whoever puts. Of two who do so at once, one may be ignored.
  std::atomic<double> small_share_{kFirstSmallShare};
  std::atomic<std::uint64_t> evicted_{0};
  std::atomic<std::uint64_t> deletions_{0};
  std::atomic<std::size_t> hand_{0};
};

}  // namespace festina::cache
