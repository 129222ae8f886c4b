#include "base/published.h"

#include <benchmark/benchmark.h>

namespace festina {
namespace {

const Published<int>& shared_number() {
  static const Published<int> kNumber(std::make_shared<const int>(1));
  return kNumber;
}

void get_published(benchmark::State& state) {
  const Published<int>& number = shared_number();
  for (auto _ : state) benchmark::DoNotOptimize(number.get());
}
BENCHMARK(get_published)->ThreadRange(1, 2);

// What it is measured against: one pointer and one count for all.
void get_guarded(benchmark::State& state) {
  static Guarded<std::shared_ptr<const int>> number(std::make_shared<const int>(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(number.with([](const auto& value) { return value; }));
  }
}
BENCHMARK(get_guarded)->ThreadRange(1, 2);

}  // namespace
}  // namespace festina
