#include "cache/ghosts.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace festina::cache {
namespace {

TEST(Ghosts, RememberNobodyAtFirst) {
  Ghosts ghosts;
  EXPECT_FALSE(ghosts.has(0));
  EXPECT_FALSE(ghosts.has(7));
  ghosts.forget(7);
  ghosts.add(1, 10);
  EXPECT_FALSE(ghosts.has(0));
}

TEST(Ghosts, RememberForAsManyTurnsAsToldLast) {
  Ghosts ghosts;
  for (std::uint64_t i = 1; i <= 100; ++i) ghosts.add(i, 100);
  EXPECT_TRUE(ghosts.has(1));
  ghosts.add(101, 50);
  EXPECT_FALSE(ghosts.has(51));
  EXPECT_TRUE(ghosts.has(52));
  EXPECT_TRUE(ghosts.has(101));
}

TEST(Ghosts, ForgetOnRequest) {
  Ghosts ghosts;
  ghosts.add(1, 10);
  ghosts.add(2, 10);
  ghosts.forget(1);
  EXPECT_FALSE(ghosts.has(1));
  EXPECT_TRUE(ghosts.has(2));
}

TEST(Ghosts, KeepNearlyAllOfALargeWindow) {
  constexpr std::size_t window = 20'000;
  std::mt19937_64 random(1);
  Ghosts ghosts;
  std::vector<std::uint64_t> added(3 * window);
  for (std::uint64_t& fingerprint : added) {
    fingerprint = random();
    ghosts.add(fingerprint, window);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < added.size(); ++i) {
    const bool has = ghosts.has(added[i]);
    if (i < added.size() - window) EXPECT_FALSE(has) << "older than the window";
    kept += has;
  }
  EXPECT_GT(kept, window * 95 / 100);
}

}  // namespace
}  // namespace festina::cache
