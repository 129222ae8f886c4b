// EntryHead: all of a stored response but its body, and the text and numbers that an entry keeps of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "cache/coded_anew.h"
#include "cache/header_lines.h"
#include "cache/packed_facts.h"
#include "http/message.h"
#include "policy/cache_key.h"
#include "policy/compat.h"
#include "policy/stored_response.h"

namespace festina::cache {

// What a response's making began after. Taken before the upstream is asked, or when the first byte of a put arrives;
// what is purged or deleted later dooms it (storage-and-cluster.md §4.3).
struct Birth {
  std::uint64_t sequence = 0;   // of the change log, as far as it was applied
  std::uint64_t deletions = 0;  // of this cache
};

// Must a large response have been asked for before, or has somebody demanded that it be kept?
enum class Admission : std::uint8_t { judged, demanded };

// All of an entry but its body.
struct EntryHead {
  policy::CacheKey key;
  std::string url;          // effective target URI: what host and prefix purges judge by
  http::Response response;  // as stored
  policy::ResponseFacts facts;
  TimePoint request_time;
  TimePoint response_time;
  std::optional<std::chrono::seconds> explicit_ttl;
  Birth born;
  std::optional<std::uint64_t> length;  // of the body, when the head said it
  // What fetch() stores is reached by all purges.
  policy::CacheApiPurge purged_by = policy::CacheApiPurge::all;
  std::optional<CodedAnew> coded = {};  // how the body is kept, if not as it came
};

// As an entry keeps it.
struct PackedHead {
  PackedFacts facts;
  std::string target;  // empty: as in the key
  HeaderText header;
};
// Takes the response and its facts out of the head.
PackedHead packed(EntryHead&);
// By tag_hash(): those of the Cache-Tag lines, sorted, each once.
std::vector<std::uint64_t> tag_hashes(const http::Headers&, const KeyedHash&);

}  // namespace festina::cache
