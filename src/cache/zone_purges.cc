// Facts stand behind a lock that readers share. Only checks that follow a purge of the same zone take it.
#include "cache/zone_purges.h"

#include <algorithm>
#include <mutex>

#include "base/errors.h"

namespace festina::cache {
namespace {

// No Bloom filter stands in front of the facts: only an entry that has not passed the last purge of its zone looks here.
bool has_later(const auto& facts, std::uint64_t hash, std::uint64_t sequence) {
  const auto fact = facts.find(hash);
  return fact != facts.end() && fact->second > sequence;
}

std::size_t host_size(std::string_view authority_and_path) {
  const std::size_t authority = authority_and_path.find_first_of("/?# ");
  const std::string_view host = authority_and_path.substr(0, authority);
  const std::size_t colon = host.rfind(':');
  const bool is_port = colon != host.npos && host.find(']', colon) == host.npos;
  return is_port ? colon : host.size();
}

std::string_view after_scheme(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme == url.npos ? url : url.substr(scheme + 3);
}

}  // namespace

std::string target_of(std::string_view url) {
  const std::string_view rest = after_scheme(url);
  std::string target(rest.substr(0, host_size(rest)));
  const std::size_t path = rest.find_first_of("/?# ");
  if (path == rest.npos || rest[path] != '/') return target;
  return target.append(rest.substr(path, rest.find_first_of("?# ", path) - path));
}

std::string_view target_in_key(std::string_view key) {
  const std::string_view rest = after_scheme(key);
  return rest.substr(0, rest.find_first_of("?# "));
}

std::uint64_t tag_hash(const KeyedHash& hash, std::string_view tag) { return hash.hash64(tag); }

bool ZonePurges::purged_after(
    std::uint64_t sequence, const PurgeSubject& subject, const KeyedHash& hash
) const {
  const std::shared_lock lock(mutex_);
  if (floor_ > sequence) return true;
  if (subject.purged_by == policy::CacheApiPurge::everything_only) return false;
  const Facts& keys = facts_of(PurgeKind::key);
  return (!keys.empty() && has_later(keys, hash.hash64(subject.key), sequence)) ||
         purges_tag(sequence, subject) || purges_place(sequence, subject.target, hash);
}

bool ZonePurges::purges_tag(std::uint64_t sequence, const PurgeSubject& subject) const {
  if (!subject.tags) return highest_tag_ > sequence;
  const Facts& tags = facts_of(PurgeKind::tag);
  return !tags.empty() && std::ranges::any_of(*subject.tags, [&](std::uint64_t tag) {
    return has_later(tags, tag, sequence);
  });
}

bool ZonePurges::purges_place(
    std::uint64_t sequence, std::string_view target, const KeyedHash& hash
) const {
  const Facts& hosts = facts_of(PurgeKind::host);
  const std::string_view host = target.substr(0, target.find('/'));
  return (!hosts.empty() && has_later(hosts, hash.hash64(host), sequence)) ||
         purges_segments(sequence, target, hash) || purges_text(sequence, target, hash);
}

bool ZonePurges::purges_segments(
    std::uint64_t sequence, std::string_view target, const KeyedHash& hash
) const {
  const Facts& prefixes = facts_of(PurgeKind::prefix);
  if (prefixes.empty()) return false;
  std::size_t end = std::min(target.find('/'), target.size());
  for (std::size_t separators = 0; separators <= kMaxPrefixSeparators; ++separators) {
    if (has_later(prefixes, hash.hash64(target.substr(0, end)), sequence)) return true;
    if (end == target.size()) return false;
    end = std::min(target.find('/', end + 1), target.size());
  }
  return false;
}

bool ZonePurges::purges_text(std::uint64_t sequence, std::string_view target, const KeyedHash& hash)
    const {
  const Facts& prefixes = facts_of(PurgeKind::text_prefix);
  const auto longer = text_lengths_.upper_bound(target.size());
  return std::any_of(text_lengths_.begin(), longer, [&](std::size_t length) {
    return has_later(prefixes, hash.hash64(target.substr(0, length)), sequence);
  });
}

std::size_t ZonePurges::facts() const {
  std::size_t count = 0;
  for (const Facts& facts : facts_) count += facts.size();
  return count;
}

void ZonePurges::enter(
    const KeyedHash& hash, const std::vector<PurgeFact>& facts, std::uint64_t sequence
) {
  const std::unique_lock lock(mutex_);
  for (const PurgeFact& fact : facts) {
    std::uint64_t& purged =
        fact.kind == PurgeKind::everything
            ? floor_
            : facts_[static_cast<std::size_t>(fact.kind)][hash.hash64(fact.value)];
    purged = std::max(purged, sequence);
    if (fact.kind == PurgeKind::text_prefix) text_lengths_.insert(fact.value.size());
    if (fact.kind == PurgeKind::tag) highest_tag_ = std::max(highest_tag_, sequence);
    highest_ = std::max(highest_, sequence);
  }
}

void ZonePurges::raise_floor() {
  const std::unique_lock lock(mutex_);
  floor_ = highest_;
  for (Facts& facts : facts_) facts = {};
  text_lengths_.clear();
}

void ZonePurges::publish(std::uint64_t sequence) {
  if (sequence > last_sequence()) last_sequence_.store(sequence, std::memory_order_release);
}

}  // namespace festina::cache
