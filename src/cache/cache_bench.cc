// What a hit costs in the cache itself: find, pin, purge check and opening the body.
#include "cache/cache.h"

#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <vector>

namespace festina::cache {
namespace {

class Filled {
 public:
  explicit Filled(std::size_t entries) : cache_(4ULL << 30, clock_) {
    for (std::size_t i = 0; i < entries; ++i) {
      keys_.push_back({
          .text = "https://www.example.com/assets/images/products/" + std::to_string(i) + ".jpg",
          .zone = "0123456789abcdef0123456789abcdef",
      });
      cache_.commit(entry(keys_.back()));
    }
  }

  Cache& cache() { return cache_; }
  const std::vector<policy::CacheKey>& keys() const { return keys_; }

 private:
  EntryRef entry(const policy::CacheKey& key) {
    EntryHead head;
    head.key = key;
    head.born = cache_.birth();
    head.response.headers.add(http::Name::content_type, "image/jpeg");
    const auto body = std::make_shared<StoredBody>();
    body->append(Bytes::copy_of(std::string(100, 'x')));
    body->complete();
    return Entry::make(std::move(head), body);
  }

  ManualClock clock_{TimePoint{}};
  Cache cache_;
  std::vector<policy::CacheKey> keys_;
};

void hit(benchmark::State& state) {
  Filled filled(static_cast<std::size_t>(state.range(0)));
  std::mt19937_64 random(1);
  for (auto _ : state) {
    const EntryRef found = filled.cache().lookup(filled.keys()[random() % filled.keys().size()]);
    Body body = found->open();
    benchmark::DoNotOptimize(body);
  }
}
BENCHMARK(hit)->Arg(1)->Arg(10'000)->Arg(300'000);

void hit_right_after_a_purge(benchmark::State& state) {
  Filled filled(1);
  const std::vector<PurgeFact> other{{.kind = PurgeKind::key, .value = "another key"}};
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    filled.cache().apply(filled.keys()[0].zone, other, ++sequence);
    benchmark::DoNotOptimize(filled.cache().lookup(filled.keys()[0]));
  }
}
BENCHMARK(hit_right_after_a_purge);

}  // namespace
}  // namespace festina::cache
