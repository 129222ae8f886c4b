// The memory budget is kept (storage-and-cluster.md §7, promise 12): whatever sizes pass through, the process takes no
// more than the budget, 15 % of it and 64 MiB.
#include <cmath>
#include <cstdio>
#include <random>
#include <string>

#include "harness/resident.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;

EdgeOptions with_memory(std::uint64_t bytes) {
  EdgeOptions options;
  options.more = "[cache]\nmemory = \"" + std::to_string(bytes / kMiB) + "MiB\"\n";
  return options;
}

class Memory : public SiteScenario {
 protected:
  Memory() : SiteScenario(with_memory(soaking_or(256 * kMiB, 64 * kMiB))) {}

  // One response of this size, asked for twice, so that a large one is stored too. Gives its size.
  std::uint64_t pass(std::uint64_t size) {
    const std::string path = "/" + std::to_string(++passed_) + ".jpg";
    origin.answers(path, ok(std::string(size, 'x'), "max-age=3600"));
    for (int sight = 0; sight < 2; ++sight) {
      const Answer answer = edge.get(kSite + path);
      EXPECT_EQ(answer.body.size(), size);
      EXPECT_TRUE(answer.complete);
    }
    origin.answers(path, {});  // its memory is the test's
    return size;
  }

  // Between these sizes, small ones as often as large ones, until so many bytes have passed.
  void pass_between(std::uint64_t least, std::uint64_t most, std::uint64_t bytes) {
    std::uniform_real_distribution<double> exponent(
        std::log(static_cast<double>(least)), std::log(static_cast<double>(most))
    );
    while (bytes > 0) {
      const auto size = static_cast<std::uint64_t>(std::exp(exponent(random_)));
      bytes -= std::min(bytes, pass(size));
    }
    expect_within_budget();
  }

  void expect_within_budget() const {
    EXPECT_LE(metric(edge, "festina_cache_bytes"), budget);
    if (kFreedMemoryGoes) {
      EXPECT_LE(resident(edge.pid()), budget + budget * 15 / 100 + 64 * kMiB);
    }
    std::printf("resident: %lu KiB\n", resident(edge.pid()) / kKiB);
  }

  const std::uint64_t budget = soaking_or(256 * kMiB, 64 * kMiB);

 private:
  std::mt19937_64 random_{1};
  std::uint64_t passed_ = 0;
};

TEST_F(Memory, StaysWithinItsBudgetWhateverSizesPass) {
  pass_between(200, 20 * kKiB, soaking_or(512 * kMiB, 12 * kMiB));
  pass_between(200, 24 * kMiB, soaking_or(2048 * kMiB, 160 * kMiB));
  pass(100 * kMiB);
  expect_within_budget();
  // Small ones in the gaps that large ones leave, and the other way round: what an allocator likes least.
  pass_between(30 * kKiB, 300 * kKiB, soaking_or(2048 * kMiB, 96 * kMiB));
  pass_between(200, 8 * kKiB, soaking_or(256 * kMiB, 6 * kMiB));
  pass_between(kMiB, 24 * kMiB, soaking_or(2048 * kMiB, 128 * kMiB));
}

}  // namespace
}  // namespace festina::harness
