// PurgeTable: the purges of all zones, and the check that every lookup makes (storage-and-cluster.md §4.2).
//
// An entry knows its zone's purges and up to which sequence it has passed them, so nearly every check is one comparison:
// it is judged again only after the next purge of its zone.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "cache/entry.h"
#include "cache/zone_purges.h"

namespace festina::cache {

inline constexpr std::size_t kMaxPurgeFacts = 1'000'000;

class PurgeTable {
 public:
  // Beyond `max_facts` the zone with the most facts forgets them: all it stored before its last purge is gone instead.
  explicit PurgeTable(const KeyedHash&, std::size_t max_facts = kMaxPurgeFacts);
  ~PurgeTable();

  // The purges of a zone, for the entries of it. They stay where they are as long as the table lives. Threads: any.
  const ZonePurges& zone(std::string_view id) const;
  // Applies the facts of one change to a zone. Idempotent. Threads: one writer.
  void apply(std::string_view zone, const std::vector<PurgeFact>&, std::uint64_t sequence);
  // Is the entry gone? Remembers in the entry up to which sequence it passed. Requires: it is settled. Threads: any.
  bool has_purged(const Entry&) const;
  // The same for something that is no entry yet. Its tags are not known: a purge of any tag counts.
  bool has_purged(const policy::CacheKey&, const Birth&) const;
  std::size_t facts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
