// Cache: what one colo has kept. The front door of the layer.
//
// A lookup never suspends and never returns what was purged. A response becomes findable when its body is complete; a
// fill in flight is found through join_or_start. Threads: all functions from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cache/entry.h"
#include "cache/fill.h"
#include "cache/fill_memory.h"
#include "cache/purge_table.h"

namespace festina::cache {

struct Statistics {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t budget = 0;
  std::uint64_t stored = 0;
  std::uint64_t evicted = 0;
  std::uint64_t purged = 0;       // found by a lookup after a purge, and dropped
  std::uint64_t fills = 0;        // in flight
  std::uint64_t fill_bytes = 0;   // of bodies on their way in
  std::uint64_t outrun = 0;       // readers that fell behind a body too large to keep
  std::uint64_t uncacheable = 0;  // keys remembered as such
};

class Cache {
 public:
  // `clock` outlives the cache.
  Cache(std::uint64_t memory_budget, const Clock& clock);
  ~Cache();

  // The stored response under this key, pinned; null when there is none or it was purged.
  EntryRef lookup(const policy::CacheKey&) const;
  // As lookup(), without counting as a use: for explain.
  EntryRef peek(const policy::CacheKey&) const;
  // What is stored of the zone for one of these targets, "example.com/a.css", whatever the query and the rest of its key;
  // at most so many. It looks at every entry: for explanations. Nothing where there are more than kMaxSearched.
  std::vector<EntryRef> stored_for(
      std::string_view zone, std::span<const std::string> targets, std::size_t most
  ) const;

  // The key of the variant for this request, as far as it is known by which fields the responses of `key` vary; `key`
  // itself where nothing is known.
  policy::CacheKey
  variant_for(const policy::CacheKey& key, const http::Headers& request, const policy::VarySpec&)
      const;
  // A response to this request varies by these fields, or by none: the key to store it under.
  policy::CacheKey
  learn_variant(const policy::CacheKey& key, const std::vector<std::string>& fields, const http::Headers& request, const policy::VarySpec&);

  // The fill in flight for the key if it would still pass the purge check now, or a new one; a seat of it is taken. Null
  // for a key remembered as uncacheable: such requests do not queue.
  Joined join_or_start(const policy::CacheKey&);
  // Is there a fill in flight that join_or_start() would join?
  bool is_filling(const policy::CacheKey&) const;
  // A fill that nobody can join: for a background refresh of `key` when none is in flight; null otherwise.
  std::shared_ptr<Fill> start_refresh(const policy::CacheKey&);
  // The fill is over: newcomers start another one, so what it brought is committed first. With a reason the key is
  // remembered as uncacheable. Once per fill.
  void finish(const Fill&, std::optional<policy::Reason> uncacheable = std::nullopt);
  // Why the key is remembered as uncacheable; nothing when it is not.
  std::optional<policy::Reason> why_uncacheable(const policy::CacheKey&) const;
  // The head of the key's last answer says that it could have been stored: the next one may be. True when that is news.
  bool forget_uncacheable(const policy::CacheKey&);

  // Where the bytes of a body that is being filled are counted. It lives no longer than the cache.
  FillMemory::Part fill_memory();
  // Evicts for what such bodies hold, after they took more.
  void make_room();

  // The birth of something that begins now and is no fill: a Cache API put.
  Birth birth() const;
  // Makes what a draft with a complete body holds findable, in place of what was there, and evicts for it. False when it
  // was purged or deleted since its birth, or is over the size rule: more than max_charge(), or large and seen for the
  // first time (storage-and-cluster.md §1), unless it is demanded.
  bool commit(const EntryRef& draft, Admission admission = Admission::judged);
  // Keeps the body of what was found coded from now on, in place of what came: the same response, purged and evicted as
  // that one. False when it is gone, or another stands there.
  bool keep_coded(const Entry& found, http::Coding, Bytes coded);
  // What was found turned out to be broken: the next one who asks does not find it.
  void drop(const Entry& found);
  // Largest charge that can be kept: half the budget (storage-and-cluster.md §1).
  std::uint64_t max_charge() const;
  // Removes the entry, and all variants of the key; true when the entry was there (Cache API delete: local to the colo).
  // A put or fill of the same key that began before is not committed, and nobody joins it any more.
  bool erase(const policy::CacheKey&);

  // Purges, in order of the change log.
  void apply(std::string_view zone, const std::vector<PurgeFact>&, std::uint64_t sequence);
  // A change that is no purge of ours has been seen.
  void advance_to(std::uint64_t sequence);
  std::uint64_t applied_sequence() const;
  // True when something of this key and birth is gone by a purge; for want of its tags, a purge of any tag counts.
  bool has_purged(const policy::CacheKey&, const Birth&) const;
  // True when a stored response that was found is gone by a purge since.
  bool has_purged(const Entry&) const;

  Statistics statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::cache
