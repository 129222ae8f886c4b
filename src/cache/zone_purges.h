// ZonePurges: what has been purged in one zone, as facts with the sequence number of the change log
// (storage-and-cluster.md §4).
//
// "Everything of tag `shoes` born before change 4711 is gone": a fact is the hash of what was purged with the highest
// sequence that purged it. A purge costs the same whatever it matches; the lookup judges. Order matters: the writer
// enters the facts, then publishes the last sequence (release); a reader loads that first (acquire), then the facts.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "policy/compat.h"

namespace festina::cache {

enum class PurgeKind : std::uint8_t { key, tag, host, prefix, text_prefix, everything };
inline constexpr std::size_t kPurgeKindsWithValue = 5;  // all but the last

// What `value` is: the key's text; a tag in lower case; a host in lower case without port; a host and the beginning of a
// path in whole segments, "www.example.com/a/b", without "/" at the end; the same as a text that may end anywhere
// behind the first "/" of the path, "www.example.com/a/b/" or "www.example.com/a/image-"; empty for everything.
struct PurgeFact {
  PurgeKind kind = PurgeKind::everything;
  std::string value;
};

// A prefix has at most so many "/" (reference §10.4).
inline constexpr std::size_t kMaxPrefixSeparators = 31;

// What a purge is compared with.
struct PurgeSubject {
  std::string_view key;
  std::string_view target;
  // By tag_hash(). Unset: not known yet, so that any tag may be among them.
  std::optional<std::span<const std::uint64_t>> tags;
  policy::CacheApiPurge purged_by = policy::CacheApiPurge::all;
};

// Host without port, and path, of a URL; and as the text of a cache key has it.
std::string target_of(std::string_view url);
std::string_view target_in_key(std::string_view key);

// Of a tag in lower case.
std::uint64_t tag_hash(const KeyedHash&, std::string_view tag);

// Threads: one writer, any readers.
class ZonePurges {
 public:
  explicit ZonePurges(std::string id) : id_(std::move(id)) {}

  // The zone's.
  std::string_view id() const { return id_; }
  // Whatever passed the check up to this sequence need not be checked again.
  std::uint64_t last_sequence() const { return last_sequence_.load(std::memory_order_acquire); }
  // Did a purge after this sequence hit the subject?
  bool purged_after(std::uint64_t sequence, const PurgeSubject&, const KeyedHash&) const;

  // The writer's. How many facts there are, beside those of everything.
  std::size_t facts() const;
  void enter(const KeyedHash&, const std::vector<PurgeFact>&, std::uint64_t sequence);
  // Forgets the facts: what they said of some is said of everything.
  void raise_floor();
  void publish(std::uint64_t sequence);

 private:
  using Facts = boost::unordered_flat_map<std::uint64_t, std::uint64_t>;
  const Facts& facts_of(PurgeKind kind) const { return facts_[static_cast<std::size_t>(kind)]; }
  bool purges_tag(std::uint64_t sequence, const PurgeSubject&) const;
  bool purges_place(std::uint64_t sequence, std::string_view target, const KeyedHash&) const;
  bool purges_segments(std::uint64_t sequence, std::string_view target, const KeyedHash&) const;
  bool purges_text(std::uint64_t sequence, std::string_view target, const KeyedHash&) const;

  std::string id_;
  std::atomic<std::uint64_t> last_sequence_{0};
  mutable std::shared_mutex mutex_;
  // Changed by the writer, under mutex_.
  std::array<Facts, kPurgeKindsWithValue> facts_;
  // Of the facts of kind text_prefix.
  std::set<std::size_t> text_lengths_;
  std::uint64_t floor_ = 0;        // everything born before it is gone
  std::uint64_t highest_tag_ = 0;  // the last purge of any tag
  std::uint64_t highest_ = 0;      // the last purge of anything
};

}  // namespace festina::cache
