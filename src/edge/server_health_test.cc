#include "edge/server_health.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kStart{std::chrono::hours(1000)};

zone::HealthCheck check(std::uint32_t down, std::uint32_t up) {
  zone::HealthCheck health;
  health.consecutive_down = down;
  health.consecutive_up = up;
  return health;
}

TEST(ServerHealth, IsInUntilSomethingIsKnown) {
  ServerHealth health;
  EXPECT_TRUE(health.is_in());
  EXPECT_TRUE(health.admits(kStart));
}

TEST(ServerHealth, IsOutForAWhileWhenNobodyListens) {
  ServerHealth health;
  health.not_connected(kStart);
  EXPECT_FALSE(health.is_in());
  EXPECT_FALSE(health.admits(kStart));
  EXPECT_FALSE(health.admits(kStart + kOutFor - milliseconds(1)));
  EXPECT_TRUE(health.admits(kStart + kOutFor)) << "a trial";
}

TEST(ServerHealth, HasOneTrialAtATime) {
  ServerHealth health;
  health.not_connected(kStart);
  const TimePoint later = kStart + kOutFor;
  EXPECT_TRUE(health.admits(later));
  EXPECT_FALSE(health.admits(later)) << "somebody is trying";
  EXPECT_TRUE(health.admits(later + kOutFor)) << "whoever tried never said";
  EXPECT_FALSE(health.is_in());
}

TEST(ServerHealth, IsInAgainWhenTheTrialConnects) {
  ServerHealth health;
  health.not_connected(kStart);
  EXPECT_TRUE(health.admits(kStart + kOutFor));
  health.connected();
  EXPECT_TRUE(health.is_in());
  EXPECT_TRUE(health.admits(kStart + kOutFor));
}

TEST(ServerHealth, StaysOutWhenTheTrialFails) {
  ServerHealth health;
  health.not_connected(kStart);
  const TimePoint later = kStart + kOutFor;
  EXPECT_TRUE(health.admits(later));
  health.not_connected(later);
  EXPECT_FALSE(health.admits(later + kOutFor - milliseconds(1)));
  EXPECT_TRUE(health.admits(later + kOutFor));
}

TEST(ServerHealth, NeedsFailedProbesInARow) {
  ServerHealth health;
  const zone::HealthCheck two = check(2, 1);
  health.failed_probe(two);
  EXPECT_TRUE(health.is_in());
  health.passed_probe(two);
  health.failed_probe(two);
  EXPECT_TRUE(health.is_in()) << "not in a row";
  health.failed_probe(two);
  EXPECT_FALSE(health.is_in());
  EXPECT_FALSE(health.admits(kStart + kOutFor)) << "time does not bring it back";
}

TEST(ServerHealth, NeedsPassedProbesInARowToReturn) {
  ServerHealth health;
  const zone::HealthCheck one_and_two = check(1, 2);
  health.failed_probe(one_and_two);
  health.passed_probe(one_and_two);
  EXPECT_FALSE(health.is_in());
  health.failed_probe(one_and_two);
  health.passed_probe(one_and_two);
  EXPECT_FALSE(health.is_in()) << "not in a row";
  health.passed_probe(one_and_two);
  EXPECT_TRUE(health.is_in());
}

TEST(ServerHealth, IsNotBroughtBackFromProbesByAConnection) {
  ServerHealth health;
  health.failed_probe(check(1, 1));
  health.connected();
  EXPECT_FALSE(health.is_in()) << "it answers, but not well";
}

TEST(ServerHealth, IsBroughtBackEarlyByProbes) {
  ServerHealth health;
  health.not_connected(kStart);
  health.passed_probe(check(2, 1));
  EXPECT_TRUE(health.admits(kStart));
}

}  // namespace
}  // namespace festina::edge
