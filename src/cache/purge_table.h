// PurgeTable: what has been purged, as facts with the sequence number of the change log (storage-and-cluster.md §4).
//
// "Everything of this key born before change 4711 is gone." A purge costs the same whatever it matches; the lookup
// judges. Order matters: the writer enters the facts, then publishes the zone's last sequence (release); a reader loads
// that first (acquire), then the facts. An entry that passed is checked again only after the next purge of its zone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "cache/entry.h"

namespace festina::cache {

inline constexpr std::size_t kMaxPurgeFacts = 1'000'000;

enum class PurgeKind : std::uint8_t { key, everything };
struct PurgeFact {
  PurgeKind kind = PurgeKind::everything;
  std::string value;  // the key's text; empty for everything
};

class PurgeTable {
 public:
  // Beyond `max_facts` the zone with the most facts forgets them: all it stored before its last purge is gone instead.
  explicit PurgeTable(const KeyedHash&, std::size_t max_facts = kMaxPurgeFacts);
  ~PurgeTable();

  // Applies the facts of one change to a zone. Idempotent. Threads: one writer.
  void apply(std::string_view zone, const std::vector<PurgeFact>&, std::uint64_t sequence);
  // Leads the entry to its zone's purges, so that checking it needs no look-up. Once, before others find the entry.
  void watch(const Entry&);
  // Is the entry gone? Remembers in the entry up to which sequence it passed. Requires: watch(). Threads: any.
  bool has_purged(const Entry&) const;
  // The same for something that is no entry yet.
  bool has_purged(const policy::CacheKey&, const Birth&) const;
  std::size_t facts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
