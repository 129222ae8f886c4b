#include "edge/worker_request.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

std::shared_ptr<const zone::Zone> zone_named(std::string name) {
  zone::Zone zone;
  zone.id = zone::id_of(name);
  zone.name = std::move(name);
  return std::make_shared<const zone::Zone>(std::move(zone));
}

http::Request request(std::string_view url) {
  http::Request made;
  made.url = http::parse_url(url).value();
  return made;
}

policy::WorkerOptions asking() {
  policy::WorkerOptions options;
  options.present = true;
  options.script = "api";
  options.asks = true;
  options.cache_ttl = std::chrono::seconds(60);
  return options;
}

class WorkerRequestTest : public testing::Test {
 protected:
  std::shared_ptr<const zone::Zone> own = zone_named("own.example");
  std::shared_ptr<const zone::Zone> other = zone_named("other.example");
  zone::ZoneTable zones{{own, other}};
  policy::EdgeFlags newest;
  policy::EdgeFlags strict{.is_strictly_public = true};
  policy::EdgeFlags snippet{.cf_overrides_rules = false, .is_snippet = true};
};

TEST_F(WorkerRequestTest, GoesInByTheZoneOfItsHost) {  // reference §4.5
  EXPECT_EQ(way_in(own.get(), own.get(), newest), WayIn::own_cache);
  EXPECT_EQ(way_in(own.get(), other.get(), newest), WayIn::front_door);
  EXPECT_EQ(way_in(own.get(), nullptr, newest), WayIn::out_of_house);
  EXPECT_EQ(way_in(nullptr, other.get(), newest), WayIn::front_door);
  EXPECT_EQ(way_in(own.get(), own.get(), strict), WayIn::front_door);
  EXPECT_EQ(way_in(own.get(), nullptr, strict), WayIn::out_of_house);
  EXPECT_EQ(way_in(own.get(), own.get(), snippet), WayIn::behind_snippet);  // reference §0.3
  EXPECT_EQ(way_in(own.get(), other.get(), snippet), WayIn::front_door);
  EXPECT_EQ(way_in(own.get(), nullptr, snippet), WayIn::out_of_house);
}

TEST_F(WorkerRequestTest, NamesTheVisitorInItsOwnZoneOnly) {  // reference §13.2
  struct Case {
    WayIn way;
    const char* real_ip;
    const char* expected;
  };
  const Case cases[] = {
      {WayIn::own_cache, nullptr, "203.0.113.7"},
      {WayIn::own_cache, "192.0.2.1", "192.0.2.1"},
      {WayIn::own_cache, "2001:db8::1", "2001:db8::1"},
      {WayIn::own_cache, "somebody", "203.0.113.7"},
      {WayIn::behind_snippet, nullptr, "203.0.113.7"},
      {WayIn::front_door, "192.0.2.1", "2a06:98c0:3600::103"},
      {WayIn::out_of_house, nullptr, "2a06:98c0:3600::103"},
  };
  for (const Case& c : cases) {
    http::Headers headers;
    if (c.real_ip) headers.add("X-Real-IP", c.real_ip);
    EXPECT_EQ(client_address(c.way, headers, "203.0.113.7"), c.expected);
    EXPECT_TRUE(headers.empty());
  }
}

TEST_F(WorkerRequestTest, DropsThePortForWantOfTheFlag) {
  auto asked = request("http://own.example:8080/a");
  EXPECT_EQ(apply_flags(asked, newest), 0);
  EXPECT_EQ(asked.url.text(), "http://own.example:8080/a");

  const policy::EdgeFlags old{.takes_ports = false};
  EXPECT_EQ(apply_flags(asked, old), 8080);
  EXPECT_EQ(asked.url.text(), "http://own.example/a");
  auto tls = request("https://own.example/a");
  EXPECT_EQ(apply_flags(tls, old), 0);
}

TEST_F(WorkerRequestTest, AsksForNoBrotliForWantOfTheFlag) {
  auto asked = request("http://own.example/a");
  asked.headers.add("Accept-Encoding", "gzip, BR;q=0.9, identity");
  apply_flags(asked, newest);
  EXPECT_EQ(asked.headers.get("Accept-Encoding"), "gzip, BR;q=0.9, identity");
  const policy::EdgeFlags old{.takes_brotli = false};
  apply_flags(asked, old);
  EXPECT_EQ(asked.headers.get("Accept-Encoding"), "gzip, identity");
  asked.headers.set("Accept-Encoding", "br");
  apply_flags(asked, old);
  EXPECT_EQ(asked.headers.get("Accept-Encoding"), "gzip");
}

TEST_F(WorkerRequestTest, AsksForWhatTheRuntimeDecodesUnlessTheScriptSaysMore) {  // reference §13.2
  auto asked = request("http://own.example/a");
  apply_flags(asked, newest);
  EXPECT_EQ(asked.headers.get("Accept-Encoding"), "br, gzip");
  auto asked_by_old = request("http://own.example/a");
  const policy::EdgeFlags old{.takes_brotli = false};
  apply_flags(asked_by_old, old);
  EXPECT_EQ(asked_by_old.headers.get("Accept-Encoding"), "gzip");
}

TEST_F(WorkerRequestTest, HasNoSayAtAnotherFrontDoor) {
  const auto options = options_on(WayIn::front_door, asking(), newest, zones, own.get());
  EXPECT_TRUE(options.is_of_another_zone);
  EXPECT_FALSE(options.cache_ttl);
  EXPECT_EQ(options.script, "api");

  policy::WorkerOptions silent = asking();
  silent.asks = false;
  EXPECT_FALSE(options_on(WayIn::front_door, silent, newest, zones, own.get()).is_of_another_zone)
      << "nothing was asked, so nothing is ignored";
}

TEST_F(WorkerRequestTest, TakesTheFlagOfPrecedenceFromItsScript) {
  EXPECT_TRUE(options_on(WayIn::own_cache, asking(), newest, zones, own.get()).overrides_rules);
  const policy::EdgeFlags old{.cf_overrides_rules = false};
  EXPECT_FALSE(options_on(WayIn::own_cache, asking(), old, zones, own.get()).overrides_rules);
}

TEST(WhatWasRead, IsToldWhereSomethingIsMissing) {
  EXPECT_EQ(
      what_was_read(6, 2),
      "The Worker had read of the request's body before it threw: 2 of 6 bytes are passed "
      "through.\n"
  );
  EXPECT_EQ(what_was_read(6, 6), "");
  EXPECT_EQ(what_was_read(0, 0), "");
  EXPECT_EQ(what_was_read({}, 2), "") << "it came in chunks";
  EXPECT_EQ(what_was_read(6, {}), "");
}

TEST_F(WorkerRequestTest, ResolvesOnlyWithinItsOwnZone) {  // reference §4.2
  struct Case {
    WayIn way;
    const char* host;
    policy::Resolved expected;
    const char* connects_to;
  };
  const Case cases[] = {
      {WayIn::own_cache, "", policy::Resolved::as_the_url_says, "www.own.example"},
      {WayIn::own_cache, "img.own.example", policy::Resolved::as_the_script_says, "img.own.example"
      },
      {WayIn::own_cache, "other.example", policy::Resolved::refused, "www.own.example"},
      {WayIn::own_cache, "127.0.0.1", policy::Resolved::refused, "www.own.example"},
      {WayIn::out_of_house, "img.own.example", policy::Resolved::refused, "www.own.example"},
      {WayIn::front_door, "img.own.example", policy::Resolved::as_the_url_says, "www.own.example"},
  };
  for (const Case& c : cases) {
    policy::WorkerOptions asked = asking();
    asked.resolve_override = c.host;
    const auto options = options_on(c.way, asked, newest, zones, own.get());
    EXPECT_EQ(options.resolved, c.expected) << c.host;
    EXPECT_EQ(connection_host(options, "www.own.example"), c.connects_to) << c.host;
  }
}

TEST_F(WorkerRequestTest, OfASnippetLosesToRulesAndSaysWhoseItIs) {  // reference §9.5
  const auto options = options_on(WayIn::behind_snippet, asking(), snippet, zones, own.get());
  EXPECT_FALSE(options.overrides_rules);
  EXPECT_TRUE(options.is_of_snippet);
  EXPECT_TRUE(options.cache_ttl);
  EXPECT_EQ(options.script, "api (a Snippet)");
  EXPECT_EQ(
      options_on(WayIn::front_door, asking(), snippet, zones, own.get()).script, "api (a Snippet)"
  );
}

}  // namespace
}  // namespace festina::edge
