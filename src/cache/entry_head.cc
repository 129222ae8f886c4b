#include "cache/entry_head.h"

#include <algorithm>
#include <utility>

#include "cache/zone_purges.h"

namespace festina::cache {

PackedHead packed(EntryHead& head) {
  PackedHead kept;
  kept.facts = pack({
      .status = head.response.status,
      .facts = std::move(head.facts),
      .request_time = head.request_time,
      .response_time = head.response_time,
      .explicit_ttl = head.explicit_ttl,
  });
  if (head.coded) kept.facts = with_coding(kept.facts, *head.coded);
  kept.target = target_of(head.url);
  if (kept.target == target_in_key(head.key.text)) kept.target.clear();
  kept.header = header_text(std::move(head.response), head.coded ? Kept::coded : Kept::as_it_came);
  return kept;
}

std::vector<std::uint64_t> tag_hashes(const http::Headers& headers, const KeyedHash& hash) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& tag : policy::cache_tags(headers)) hashes.push_back(tag_hash(hash, tag));
  std::ranges::sort(hashes);
  const auto repeated = std::ranges::unique(hashes);
  hashes.erase(repeated.begin(), repeated.end());
  return hashes;
}

}  // namespace festina::cache
