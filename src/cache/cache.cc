#include "cache/cache.h"

#include <atomic>

#include "base/crypto.h"
#include "cache/collapse.h"
#include "cache/memory_tier.h"
#include "cache/variance.h"

namespace festina::cache {

struct Cache::State {
  State(std::uint64_t budget, const Clock& clock)
      : hash(random_u64()),
        purges(hash),
        fill_memory(budget),
        memory(budget, hash, &fill_memory),
        collapse(purges, hash, clock),
        variances(hash) {}

  KeyedHash hash;  // its secret is this cache's own
  PurgeTable purges;
  FillMemory fill_memory;
  MemoryTier memory;
  Collapse collapse;
  Variances variances;
  std::atomic<std::uint64_t> applied{0};
  std::atomic<std::uint64_t> stored{0};
  std::atomic<std::uint64_t> purged{0};
};

Cache::Cache(std::uint64_t memory_budget, const Clock& clock)
    : state_(std::make_unique<State>(memory_budget, clock)) {}

Cache::~Cache() = default;

EntryRef Cache::lookup(const policy::CacheKey& key) const {
  EntryRef entry = state_->memory.find(key, MemoryTier::Use::counted);
  if (!entry || !state_->purges.has_purged(*entry)) return entry;
  if (state_->memory.drop(*entry)) ++state_->purged;
  return nullptr;
}

EntryRef Cache::peek(const policy::CacheKey& key) const {
  EntryRef entry = state_->memory.find(key, MemoryTier::Use::not_counted);
  return entry && !state_->purges.has_purged(*entry) ? entry : nullptr;
}

std::vector<EntryRef> Cache::stored_for(
    std::string_view zone, std::span<const std::string> targets, std::size_t most
) const {
  std::vector<EntryRef> found = state_->memory.of_targets(zone, targets, {.found = most});
  std::erase_if(found, [this](const EntryRef& entry) { return state_->purges.has_purged(*entry); });
  return found;
}

policy::CacheKey Cache::variant_for(
    const policy::CacheKey& key, const http::Headers& request, const policy::VarySpec& spec
) const {
  return state_->variances.key_for(key, request, spec);
}

policy::CacheKey Cache::learn_variant(
    const policy::CacheKey& key, const std::vector<std::string>& fields,
    const http::Headers& request, const policy::VarySpec& spec
) {
  return state_->variances.learn(key, fields, request, spec);
}

Joined Cache::join_or_start(const policy::CacheKey& key) {
  return state_->collapse.join_or_start(key, birth());
}

bool Cache::is_filling(const policy::CacheKey& key) const {
  return state_->collapse.is_under_way(key);
}

std::shared_ptr<Fill> Cache::start_refresh(const policy::CacheKey& key) {
  return state_->collapse.start_unjoinable(key, birth());
}

void Cache::finish(const Fill& fill, std::optional<policy::Reason> uncacheable) {
  state_->collapse.finish(fill, uncacheable);
}

std::optional<policy::Reason> Cache::why_uncacheable(const policy::CacheKey& key) const {
  return state_->collapse.why_uncacheable(key);
}

bool Cache::forget_uncacheable(const policy::CacheKey& key) {
  return state_->collapse.forget_uncacheable(key);
}

FillMemory::Part Cache::fill_memory() { return FillMemory::Part(state_->fill_memory); }

void Cache::make_room() { state_->memory.evict(); }

Birth Cache::birth() const {
  return {.sequence = applied_sequence(), .deletions = state_->memory.deletions()};
}

// A purge that comes after the check finds the entry in the index: then every lookup refuses it.
bool Cache::commit(const EntryRef& draft, Admission admission) {
  const ZonePurges& zone = state_->purges.zone(draft->zone_id());
  const EntryRef entry = draft->settled(zone, state_->hash);
  if (state_->purges.has_purged(*entry)) return false;
  const std::string_view whole = policy::text_without_variant(entry->key_text());
  if (state_->memory.was_erased(whole, draft->born().deletions)) return false;
  if (!state_->memory.put(entry, draft->born().deletions, admission)) return false;
  ++state_->stored;
  return true;
}

bool Cache::keep_coded(const Entry& found, http::Coding coding, Bytes coded) {
  return state_->memory.replace(found, found.coded_anew(coding, std::move(coded)));
}

// Of a draft, what was settled of it: the response that arrived when it did.
void Cache::drop(const Entry& found) {
  if (!found.is_draft()) {
    state_->memory.drop(found);
    return;
  }
  const policy::CacheKey key{
      .text = std::string(found.key_text()), .zone = std::string(found.zone_id())
  };
  const EntryRef entry = state_->memory.find(key, MemoryTier::Use::not_counted);
  if (entry && entry->stored().response_time == found.stored().response_time)
    state_->memory.drop(*entry);
}

std::uint64_t Cache::max_charge() const { return state_->memory.max_charge(); }

bool Cache::erase(const policy::CacheKey& key) {
  const bool was_there = state_->memory.erase(key);
  state_->variances.forget(key);
  state_->collapse.detach(key);
  return was_there;
}

// The facts first: whoever reads the new sequence may rely on them.
void Cache::apply(
    std::string_view zone, const std::vector<PurgeFact>& facts, std::uint64_t sequence
) {
  state_->purges.apply(zone, facts, sequence);
  advance_to(sequence);
}

void Cache::advance_to(std::uint64_t sequence) {
  if (sequence > applied_sequence()) state_->applied.store(sequence, std::memory_order_release);
}

std::uint64_t Cache::applied_sequence() const {
  return state_->applied.load(std::memory_order_acquire);
}

bool Cache::has_purged(const policy::CacheKey& key, const Birth& born) const {
  return state_->purges.has_purged(key, born);
}

bool Cache::has_purged(const Entry& entry) const { return state_->purges.has_purged(entry); }

Statistics Cache::statistics() const {
  const MemoryTier& memory = state_->memory;
  return {
      .entries = memory.entries(),
      .bytes = memory.bytes(),
      .budget = memory.budget(),
      .stored = state_->stored,
      .evicted = memory.evicted(),
      .purged = state_->purged,
      .fills = state_->collapse.in_flight(),
      .fill_bytes = state_->fill_memory.bytes(),
      .outrun = state_->fill_memory.outrun(),
      .uncacheable = state_->collapse.uncacheable(),
  };
}

}  // namespace festina::cache
