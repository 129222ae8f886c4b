#include "workers/rays.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using std::chrono::seconds;

seconds::rep passed = 0;
void pass(seconds by) { passed += by.count(); }
std::chrono::steady_clock::time_point now() {
  return std::chrono::steady_clock::time_point(seconds(passed));
}

RayInfo ray_of(std::uint64_t ray) {
  return {.ray = ray, .script = "api", .colo = "FRA", .zone = "zone", .client_address = {}};
}

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

TEST(Rays, LinksARayOnlyToTheScriptAndColoItWasGivenTo) {
  Rays rays(now);
  const auto live = rays.open(ray_of(7));
  EXPECT_EQ(rays.find(7, "api", "FRA").value_or(RayInfo()).zone, "zone");
  EXPECT_FALSE(rays.find(7, "other", "FRA"));
  EXPECT_FALSE(rays.find(7, "api", "LHR"));
  EXPECT_FALSE(rays.find(8, "api", "FRA"));
}

TEST(Rays, LinksARayToTheScriptsOfItsGroupToo) {
  Rays rays(now);
  RayInfo info = ray_of(7);
  info.group =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"api", "auth"});
  const auto live = rays.open(std::move(info));
  EXPECT_EQ(rays.find(7, "auth", "FRA").value_or(RayInfo()).script, "api");
  EXPECT_FALSE(rays.find(7, "auth", "LHR"));
  EXPECT_FALSE(rays.find(7, "other", "FRA"));
}

TEST(Rays, KeepsALiveRayForEver) {
  Rays rays(now);
  const auto live = rays.open(ray_of(7));
  pass(seconds(3600));
  const auto other = rays.open(ray_of(8));
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
}

TEST(Rays, LetsAnAnsweredRayLingerForWaitUntil) {
  Rays rays(now);
  {
    const auto live = rays.open(ray_of(7));
  }
  pass(kLingers - seconds(1));
  EXPECT_TRUE(rays.find(7, "api", "FRA"));
  pass(seconds(1));
  EXPECT_FALSE(rays.find(7, "api", "FRA"));
}

TEST(Rays, ForgetsWhatHasLingeredWhenTheNextOneOpens) {
  Rays rays(now);
  {
    const auto live = rays.open(ray_of(7));
  }
  pass(kLingers);
  const auto live = rays.open(ray_of(8));
  EXPECT_EQ(rays.size(), 1U);
}

TEST(Rays, ForgetsTheOldestBeyondItsLimit) {
  Rays rays(now);
  for (std::uint64_t ray = 1; ray <= kMaxLingering + 1; ++ray) {
    const auto live = rays.open(ray_of(ray));
  }
  EXPECT_EQ(rays.size(), kMaxLingering);
  EXPECT_FALSE(rays.find(1, "api", "FRA"));
  EXPECT_TRUE(rays.find(2, "api", "FRA"));
}

}  // namespace
}  // namespace festina::workers
