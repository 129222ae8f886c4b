#include "zone/zone.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

http::Url url(std::string_view text) { return *http::parse_url(text); }

TEST(Zone, HasAnOriginPerHostAndOneForTheRest) {
  Zone zone;
  zone.origins["img.example.com"].text = "http://10.0.0.2";
  EXPECT_EQ(&zone.origin_for("img.example.com"), &zone.origins["img.example.com"]);
  EXPECT_EQ(&zone.origin_for("www.example.com"), &zone.origin);
}

TEST(Zone, RunsTheScriptOfTheFirstMatchingRoute) {
  Zone zone;
  zone.routes = {
      {"example.com/api/health", ""}, {"example.com/api/*", "api"}, {"example.com/*", "site"}
  };
  EXPECT_EQ(zone.script_for(url("http://example.com/api/users")), "api");
  EXPECT_EQ(zone.script_for(url("http://example.com/about")), "site");
  EXPECT_EQ(zone.script_for(url("http://example.com/api/health")), std::nullopt)
      << "a route without script: no Worker";
  EXPECT_EQ(zone.script_for(url("http://www.example.com/")), std::nullopt) << "no route matches";
}

TEST(Zone, ContainsItsNameAndWhatIsBelow) {
  EXPECT_TRUE(is_within("example.com", "example.com"));
  EXPECT_TRUE(is_within("a.b.example.com", "example.com"));
  EXPECT_FALSE(is_within("notexample.com", "example.com"));
  EXPECT_FALSE(is_within("com", "example.com"));
}

TEST(Zone, HasAnIdThatFollowsFromItsName) {
  // The first 16 bytes of SHA-256("example.com").
  EXPECT_EQ(id_of("example.com"), "a379a6f6eeafb9a55e378c118034e275");
  EXPECT_NE(id_of("example.org"), id_of("example.com"));
}

}  // namespace
}  // namespace festina::zone
