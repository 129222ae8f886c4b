// Zones are never forgotten: entries point at them.
#include "cache/purge_table.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

namespace festina::cache {

struct PurgeTable::State {
  State(const KeyedHash& keyed_hash, std::size_t most) : hash(keyed_hash), max_facts(most) {}

  ZonePurges& zone(std::string_view id) {
    {
      const std::shared_lock lock(mutex);
      if (const auto found = zones.find(id); found != zones.end()) return found->second;
    }
    const std::unique_lock lock(mutex);
    return zones.try_emplace(std::string(id), std::string(id)).first->second;
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

const ZonePurges& PurgeTable::zone(std::string_view id) const { return state_->zone(id); }

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

// To have passed up to a sequence is as good as to be born at it: only later facts can hit.
bool PurgeTable::has_purged(const Entry& entry) const {
  const ZonePurges& zone = entry.zone();
  const std::uint64_t last = zone.last_sequence();
  const std::uint64_t passed = entry.passed();
  if (passed >= last) return false;
  const PurgeSubject subject{
      .key = policy::text_without_variant(entry.key_text()),
      .target = entry.target(),
      .tags = entry.tags(),
      .purged_by = entry.purged_by()
  };
  if (zone.purged_after(passed, subject, state_->hash)) return true;
  entry.pass(last);
  return false;
}

bool PurgeTable::has_purged(const policy::CacheKey& key, const Birth& born) const {
  const ZonePurges* zone = state_->known_zone(key.zone);
  if (!zone || born.sequence >= zone->last_sequence()) return false;
  if (policy::is_of_a_script(key.text)) return true;  // any purge may have meant it
  const std::string target = target_of(key.text);
  const PurgeSubject subject{
      .key = policy::text_without_variant(key.text), .target = target, .tags = {}
  };
  return zone->purged_after(born.sequence, subject, state_->hash);
}

std::size_t PurgeTable::facts() const { return state_->facts; }

}  // namespace festina::cache
