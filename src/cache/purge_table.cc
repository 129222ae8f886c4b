// Facts are kept per zone, each a hash of what was purged with the highest sequence that purged it, behind a lock that
// readers share. Only checks that follow a purge of the same zone take it. Zones are never forgotten: entries point at them.
#include "cache/purge_table.h"

#include <algorithm>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "base/errors.h"

namespace festina::cache {

class ZonePurges {
 public:
  std::uint64_t last_sequence() const { return last_sequence_.load(std::memory_order_acquire); }
  // Read by the writer.
  std::size_t facts() const { return facts_.size(); }

  void enter(const KeyedHash& hash, const std::vector<PurgeFact>& facts, std::uint64_t sequence) {
    const std::unique_lock lock(mutex_);
    for (const PurgeFact& fact : facts) {
      const bool everything = fact.kind == PurgeKind::everything;
      std::uint64_t& purged = everything ? floor_ : facts_[hash.hash64(fact.value)];
      purged = std::max(purged, sequence);
      highest_ = std::max(highest_, sequence);
    }
  }

  // What the facts said of some is said of everything.
  void raise_floor() {
    const std::unique_lock lock(mutex_);
    floor_ = highest_;
    facts_.clear();
    facts_.rehash(0);
  }

  void publish(std::uint64_t sequence) {
    if (sequence > last_sequence()) last_sequence_.store(sequence, std::memory_order_release);
  }

  bool purged_after(std::uint64_t sequence, std::uint64_t key_hash) const {
    const std::shared_lock lock(mutex_);
    if (floor_ > sequence) return true;
    const auto fact = facts_.find(key_hash);
    return fact != facts_.end() && fact->second > sequence;
  }

 private:
  std::atomic<std::uint64_t> last_sequence_{0};
  mutable std::shared_mutex mutex_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t>
      facts_;                  // changed by the writer, under mutex_
  std::uint64_t floor_ = 0;    // under mutex_: everything born before it is gone
  std::uint64_t highest_ = 0;  // the writer's: of floor_ and facts_
};

struct PurgeTable::State {
  ZonePurges& zone(std::string_view id) {
    const std::unique_lock lock(mutex);
    const auto found = zones.find(id);
    return found != zones.end() ? found->second : zones[std::string(id)];
  }
  const ZonePurges* known_zone(std::string_view id) const {
    const std::shared_lock lock(mutex);
    const auto found = zones.find(id);
    return found != zones.end() ? &found->second : nullptr;
  }

  void raise_fullest() {
    const std::shared_lock lock(mutex);
    const auto fullest =
        std::ranges::max_element(zones, {}, [](const auto& zone) { return zone.second.facts(); });
    facts -= fullest->second.facts();
    fullest->second.raise_floor();
  }

  KeyedHash hash;
  std::size_t max_facts;
  std::atomic<std::size_t> facts{0};
  mutable std::shared_mutex mutex;
  std::map<std::string, ZonePurges, std::less<>> zones;  // under mutex; each zone stays where it is
};

PurgeTable::PurgeTable(const KeyedHash& hash, std::size_t max_facts)
    : state_(std::make_unique<State>(hash, max_facts)) {}

PurgeTable::~PurgeTable() = default;

void PurgeTable::apply(
    std::string_view zone_id, const std::vector<PurgeFact>& facts, std::uint64_t sequence
) {
  ZonePurges& zone = state_->zone(zone_id);
  const std::size_t before = zone.facts();
  zone.enter(state_->hash, facts, sequence);
  state_->facts += zone.facts() - before;
  if (state_->facts > state_->max_facts) state_->raise_fullest();
  zone.publish(sequence);
}

void PurgeTable::watch(const Entry& entry) { entry.zone_purges = &state_->zone(entry.key().zone); }

bool PurgeTable::has_purged(const Entry& entry) const {
  const std::uint64_t last = entry.zone_purges->last_sequence();
  if (entry.checked_sequence.load(std::memory_order_relaxed) >= last) return false;
  const std::uint64_t key = state_->hash.hash64(entry.key().text);
  if (entry.zone_purges->purged_after(entry.born().sequence, key)) return true;
  entry.checked_sequence.store(last, std::memory_order_relaxed);
  return false;
}

bool PurgeTable::has_purged(const policy::CacheKey& key, const Birth& born) const {
  const ZonePurges* zone = state_->known_zone(key.zone);
  return zone && born.sequence < zone->last_sequence() &&
         zone->purged_after(born.sequence, state_->hash.hash64(key.text));
}

std::size_t PurgeTable::facts() const { return state_->facts; }

}  // namespace festina::cache
