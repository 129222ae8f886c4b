#include "workers/rays.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using std::chrono::seconds;

RayInfo ray_of(std::uint64_t ray) {
  return {.ray = ray, .script = "api", .colo = "FRA", .zone = "zone", .client_address = {}};
}

class RaysTest : public testing::Test {
 protected:
  void serve(std::uint64_t ray) { const auto live = rays.open(ray_of(ray)); }

  ManualClock clock{TimePoint(seconds(1'700'000'000))};
  Rays rays{clock};
};

TEST(ParseRay, TakesSixteenHexDigitsWithOrWithoutColo) {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> ray;
    const char* why;
  };
  const Case cases[] = {
      {"89abcdef01234567", 0x89abcdef01234567, "as Workers see it"},
      {"89abcdef01234567-FRA", 0x89abcdef01234567, "as clients see it"},
      {"89abcdef0123456", {}, "too short"},
      {"89abcdef012345678", {}, "too long"},
      {"89ABCDEF01234567", {}, "we write lower case"},
      {"89abcdef0123456x", {}, "no hex digit"},
      {"", {}, "nothing"},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_ray(c.text), c.ray) << c.why;
}

TEST_F(RaysTest, LinksARayOnlyToTheScriptAndColoItWasGivenTo) {
  const auto live = rays.open(ray_of(7));
  EXPECT_EQ(rays.find(7, "api", "FRA").value_or(RayInfo()).zone, "zone");
  EXPECT_FALSE(rays.find(7, "other", "FRA"));
  EXPECT_FALSE(rays.find(7, "api", "LHR"));
  EXPECT_FALSE(rays.find(8, "api", "FRA"));
}

TEST_F(RaysTest, LinksARayToTheScriptsOfItsGroupToo) {
  RayInfo info = ray_of(7);
  info.group =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"api", "auth"});
  const auto live = rays.open(std::move(info));
  EXPECT_EQ(rays.find(7, "auth", "FRA").value_or(RayInfo()).script, "api");
  EXPECT_FALSE(rays.find(7, "auth", "LHR"));
  EXPECT_FALSE(rays.find(7, "other", "FRA"));
}

TEST_F(RaysTest, KeepsALiveRayForEver) {
  const auto live = rays.open(ray_of(7));
  clock.advance(seconds(3600));
  const auto other = rays.open(ray_of(8));
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
}

TEST_F(RaysTest, KeepsARayUntilAllThatItAskedForHasEnded) {
  auto first = std::make_unique<Rays::Live>(rays.open(ray_of(7)));
  auto second = std::make_unique<Rays::Live>(rays.open(ray_of(7)));
  first = nullptr;
  clock.advance(kLingers);
  EXPECT_TRUE(rays.find(7, "api", "FRA")) << "the second is live";
  second = nullptr;
  clock.advance(kLingers - seconds(1));
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
  clock.advance(seconds(1));
  EXPECT_FALSE(rays.find(7, "api", "FRA"));
}

TEST_F(RaysTest, KeepsWhatIsOpenedAgainWhileItLingers) {
  serve(7);
  clock.advance(seconds(1));
  const auto again = rays.open(ray_of(7));
  clock.advance(kLingers);
  serve(8);
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
}

TEST_F(RaysTest, LetsAnAnsweredRayLingerForWaitUntil) {
  serve(7);
  clock.advance(kLingers - seconds(1));
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
  clock.advance(seconds(1));
  EXPECT_FALSE(rays.find(7, "api", "FRA"));
}

TEST_F(RaysTest, ForgetsWhatHasLingeredWhenTheNextOneOpens) {
  serve(7);
  clock.advance(kLingers);
  const auto live = rays.open(ray_of(8));
  EXPECT_EQ(rays.size(), 1U);
}

TEST_F(RaysTest, ForgetsTheOldestBeyondItsLimit) {
  for (std::uint64_t ray = 1; ray <= kMaxLingering + 1; ++ray) {
    serve(ray);
  }
  EXPECT_EQ(rays.size(), kMaxLingering);
  EXPECT_FALSE(rays.find(1, "api", "FRA"));
  EXPECT_TRUE(rays.find(2, "api", "FRA"));
}

TEST_F(RaysTest, KnowsWhenARequestIsOver) {
  const auto live = rays.open(ray_of(8));
  serve(7);
  clock.advance(kLingers - seconds(1));
  EXPECT_FALSE(rays.is_over(7));
  clock.advance(seconds(1));
  EXPECT_TRUE(rays.is_over(7)) << "it still stands there";
  serve(9);
  EXPECT_TRUE(rays.is_over(7)) << "it was forgotten";
  EXPECT_FALSE(rays.is_over(8)) << "it is served";
}

TEST_F(RaysTest, TakesNoneForOverWhileOneForgottenEarlyMightBeAtWork) {
  for (std::uint64_t ray = 1; ray <= kMaxLingering; ++ray) serve(ray);
  clock.advance(seconds(1));
  serve(kMaxLingering + 1);
  EXPECT_FALSE(rays.find(1, "api", "FRA"));
  clock.advance(kLingers - seconds(2));
  EXPECT_FALSE(rays.is_over(1));
  clock.advance(seconds(1));
  EXPECT_TRUE(rays.is_over(1));
}

}  // namespace
}  // namespace festina::workers
