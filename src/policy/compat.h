// Compat: what changed over the years at the service this product follows, as switches of a zone (reference §0.2,
// appendices A and B). An era sets them all; the owner may set each one alone.
//
// A switch has a field here, of an enumeration with two values, and a row in the table of compat.cc. Configuration, its
// page and explain come from the row; the judgement that obeys the switch reads the field. A row without a field is
// known and refused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace festina::policy {

enum class Era : std::uint8_t { of_2025, of_2026 };
inline constexpr Era kNewestEra = Era::of_2026;
std::string_view name(Era);                // "2026"
std::optional<Era> era(std::string_view);  // by its name

// The first request on a stale response inside its window: served at once, or waits for the upstream while those that
// come meanwhile are served (reference §3.4).
enum class StaleWhileRevalidate : std::uint8_t { asynchronous, synchronous };
// Does s-maxage imply proxy-revalidate, which forbids stale copies? (RFC 9111 §5.2.2.10, reference §3.3)
enum class SMaxageAllowsStale : std::uint8_t { no, yes };
// What a response is called that could not be stored (reference §0.2, §1.4).
enum class UncacheableLabel : std::uint8_t { bypass, miss };
// What a stale response is called that is served while it is refreshed (reference appendix A).
enum class SwrLabel : std::uint8_t { updating, stale };
// A compatibility flag that a script's date implies: warned of, or refused (reference §9.4).
enum class RedundantFlags : std::uint8_t { warn, refuse };
// Several kinds in one purge call: purged together, or refused (reference §10.1).
enum class PurgeMixedKinds : std::uint8_t { together, refused };
// What a prefix covers: whole segments of a path, or any text that begins so (reference §10.4).
enum class PrefixPurge : std::uint8_t { segments, text };
// A Worker's own responses: no matter of the zone's cache, or cached as an origin's are (product.md §3).
enum class WorkerCache : std::uint8_t { off, zone };

// Is caches.default the store of fetch(), or one of its own? (reference §5.1)
enum class CacheApiNamespace : std::uint8_t { shared, separate };
// Which purges of its zone reach what the Cache API stored? (reference §10.5, appendix A)
enum class CacheApiPurge : std::uint8_t { all, everything_only };
// Has what cache.match() gives a CF-Cache-Status? (reference appendix A)
enum class CacheApiStatusHeader : std::uint8_t { no, yes };

// 0 in cf.cacheTtlByStatus: stored and expired at once, or not stored (reference §4.2).
enum class CacheTtlByStatusZero : std::uint8_t { expired, no_store };

// The defaults are those of the newest era.
struct Compat {
  Era era = kNewestEra;
  StaleWhileRevalidate stale_while_revalidate = StaleWhileRevalidate::asynchronous;
  SMaxageAllowsStale s_maxage_allows_stale = SMaxageAllowsStale::no;
  UncacheableLabel uncacheable_label = UncacheableLabel::bypass;
  SwrLabel swr_label = SwrLabel::updating;
  RedundantFlags redundant_flags = RedundantFlags::warn;
  PurgeMixedKinds purge_mixed_kinds = PurgeMixedKinds::together;
  PrefixPurge prefix_purge = PrefixPurge::segments;
  WorkerCache worker_cache = WorkerCache::off;
  CacheApiNamespace cache_api_namespace = CacheApiNamespace::shared;
  CacheApiPurge cache_api_purge = CacheApiPurge::all;
  CacheApiStatusHeader cache_api_status_header = CacheApiStatusHeader::yes;
  CacheTtlByStatusZero cache_ttl_by_status_zero = CacheTtlByStatusZero::expired;

  bool operator==(const Compat&) const = default;
};

// As an era has it.
Compat compat_of(Era);

// Which of the two values a switch has: 0 or 1.
using Position = std::uint8_t;

// A row of the table.
struct Switch {
  std::string_view name;
  std::array<std::string_view, 2> words;  // the values; "false" and "true" are booleans in TOML
  std::array<Position, 2> by_era;         // of_2025, of_2026
  std::string_view meaning;               // Markdown
  Position (*position)(const Compat&);    // null: not built yet
  void (*set)(Compat&, Position);

  bool is_built() const { return set != nullptr; }
  bool is_boolean() const { return words[0] == "false"; }
  Position of(Era era) const { return by_era[static_cast<std::size_t>(era)]; }
};
std::span<const Switch> switches();

// What the owner decided by an era or a switch, for explain.
struct Choice {
  std::string_view setter;  // "era 2025", or "compat" when the switch differs from its era
  std::string text;         // "swr_label = \"STALE\""
};
// Nothing where the zone is as if its owner had chosen nothing. Requires: there is such a switch, and it is built.
std::optional<Choice> choice_of(const Compat&, std::string_view switch_name);

}  // namespace festina::policy
