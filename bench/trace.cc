// How often the cache misses: replays a request trace (FTR1) through the memory tier as it ships, beside textbook
// policies in the same run, at 1 % and 10 % of the trace's footprint.
//
//   bench_trace FILE.ftr
//
// prints one line per size: its share in percent, requests and bytes of the trace, then requests and bytes missed by
// festina, lru, 2q and arc.
//
// The entries are real but empty; the tier is told to charge each what the trace says the object has. FTR1: the bytes
// "FTR1", then unsigned LEB128 numbers: count of objects, count of requests, every object's size in bytes in order of
// first request, then the requests: 0 is the next object never seen before, k the object k places before that in the
// order of first appearance.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "cache/memory_tier.h"
#include "policies.h"

namespace festina::bench {
namespace {

struct Trace {
  std::vector<std::uint64_t> sizes;
  std::vector<Object> requests;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  // Nothing when the bytes end, or the number has more than 64 bits.
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

std::optional<Trace> read_trace(std::string_view bytes) {
  if (!bytes.starts_with("FTR1")) return std::nullopt;
  Reader reader(bytes.substr(4));
  const auto objects = reader.number();
  const auto requests = reader.number();
  // Every one of them takes a byte at least.
  if (!objects || !requests || *objects > reader.left() || *requests > reader.left())
    return std::nullopt;
  Trace trace;
  for (std::uint64_t i = 0; i < *objects; ++i) {
    const auto size = reader.number();
    if (!size) return std::nullopt;
    trace.sizes.push_back(*size);
  }
  std::uint64_t seen = 0;
  for (std::uint64_t i = 0; i < *requests; ++i) {
    const auto back = reader.number();
    if (!back || *back > seen || (*back == 0 && seen == *objects)) return std::nullopt;
    trace.requests.push_back(static_cast<Object>(seen - *back));
    if (*back == 0) ++seen;
  }
  return trace;
}

// Sizes as the tier charges them, in whole units; a trace without sizes has one unit for each object.
std::vector<std::uint64_t> charges(const std::vector<std::uint64_t>& sizes) {
  std::vector<std::uint64_t> all;
  all.reserve(sizes.size());
  for (const std::uint64_t size : sizes)
    all.push_back((size + cache::kChargeUnit - 1) / cache::kChargeUnit * cache::kChargeUnit);
  return all;
}

// The memory tier, as the cache uses it.
class Festina {
 public:
  Festina(const std::vector<std::uint64_t>& sizes, std::uint64_t budget)
      : sizes_(sizes), tier_(budget, hash_) {}

  bool hits(Object object) {
    const policy::CacheKey key{.text = "http://trace/" + std::to_string(object), .zone = "z"};
    if (tier_.find(key, cache::MemoryTier::Use::counted)) return true;
    cache::EntryHead head;
    head.key = key;
    head.url = key.text;
    const cache::EntryRef draft = cache::Entry::make(std::move(head), body_);
    tier_.put(draft->settled(zone_, hash_), 0, sizes_[object]);
    return false;
  }

 private:
  const std::vector<std::uint64_t>& sizes_;
  KeyedHash hash_{1};
  cache::ZonePurges zone_{"z"};
  cache::MemoryTier tier_;
  std::shared_ptr<cache::StoredBody> body_ = [] {
    auto body = std::make_shared<cache::StoredBody>();
    body->complete();
    return body;
  }();
};

struct Missed {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
};

template <class Policy>
Missed missed_by(
    const Trace& trace, const std::vector<std::uint64_t>& sizes, std::uint64_t budget
) {
  const auto policy = std::make_unique<Policy>(sizes, budget);
  Missed missed;
  for (const Object object : trace.requests) {
    if (policy->hits(object)) continue;
    ++missed.requests;
    missed.bytes += sizes[object];
  }
  return missed;
}

int run(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::optional<Trace> trace = read_trace(bytes);
  if (!trace) {
    std::fprintf(stderr, "%s: no FTR1 trace\n", path);
    return 1;
  }
  const std::vector<std::uint64_t> sizes = charges(trace->sizes);
  const std::uint64_t footprint = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::uint64_t asked = 0;
  for (const Object object : trace->requests) asked += sizes[object];
  for (const std::uint64_t percent : {1UL, 10UL}) {
    const std::uint64_t budget = footprint * percent / 100;
    std::printf("%lu %zu %lu", percent, trace->requests.size(), asked);
    for (const Missed& missed :
         {missed_by<Festina>(*trace, sizes, budget),
          missed_by<Lru>(*trace, sizes, budget),
          missed_by<TwoQ>(*trace, sizes, budget),
          missed_by<Arc>(*trace, sizes, budget)})
      std::printf(" %lu %lu", missed.requests, missed.bytes);
    std::printf("\n");
  }
  return 0;
}

}  // namespace
}  // namespace festina::bench

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench_trace FILE.ftr\n");
    return 2;
  }
  return festina::bench::run(arguments[1]);
}
