// Who a client is: what connections show, what trusted proxies say, and what nobody may claim.
#include <fstream>

#include "base/json.h"
#include "harness/scenario.h"
#include "net/mmdb.h"

namespace festina::harness {
namespace {

// Everything by which a client could pass for another, in one request.
Fields lies() {
  return {
      {"CF-Connecting-IP", "6.6.6.6"},
      {"CF-IPCountry", "XX"},
      {"CF-Visitor", "{\"scheme\":\"https\"}"},
      {"CF-Ray", "0123456789abcdef-AAA"},
      {"CF-Worker", "evil.example"},
      {"True-Client-IP", "6.6.6.6"},
      {"X-Real-IP", "6.6.6.6"},
      {"X-Client-IP", "6.6.6.6"},
      {"X-Forwarded-For", "6.6.6.6"},
      {"X-Forwarded-Proto", "https"},
      {"X-Forwarded-Port", "443"},
      {"X-Forwarded-Ssl", "on"},
  };
}

std::string member(const std::string& record, std::string_view name) {
  return std::string(json::parse(record).value().at(name).as_string());
}

class Stranger : public SiteScenario {};

TEST_F(Stranger, NeverReachesOriginOrLogUnderAnotherName) {
  origin.answers("/page", ok("hello"));
  const Ask ask{.method = "GET", .fields = lies(), .body = {}};

  EXPECT_EQ(edge.get(kSite + "/page", ask).body, "hello");

  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "127.0.0.1");
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "DE");
  EXPECT_EQ(origin.asked("/page", "CF-Visitor"), "{\"scheme\":\"http\"}");
  EXPECT_NE(origin.asked("/page", "CF-Ray"), "0123456789abcdef-AAA");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-For"), "6.6.6.6, 127.0.0.1");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-Proto"), "http");
  for (const char* name :
       {"True-Client-IP",
        "X-Real-IP",
        "X-Client-IP",
        "X-Forwarded-Port",
        "X-Forwarded-Ssl",
        "CF-Worker"})
    EXPECT_EQ(origin.asked("/page", name), "") << name;
  const std::string record = edge.await_records(1).at(0);
  EXPECT_EQ(member(record, "ClientIP"), "127.0.0.1");
  EXPECT_EQ(member(record, "ClientRequestScheme"), "http");
  EXPECT_NE(member(record, "RayID"), "0123456789abcdef");
}

TEST_F(Stranger, SharesTheEntryOfEverybodyElse) {
  origin.answers("/a.css", ok("style", "max-age=60"));
  const Ask ask{.method = "GET", .fields = lies(), .body = {}};

  expect_answer(edge.get(kSite + "/a.css", ask), 200, "MISS", "style");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "style");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Stranger, GetsAnEntryOfItsOwnForWhatTheOriginMayReflect) {
  origin.answers("/a.css", ok("style", "max-age=60"));
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "style");
  const Fields keyed = {
      {"X-Forwarded-Host", "evil.example"},
      {"X-Host", "evil.example"},
      {"X-Forwarded-Scheme", "nothttps"},
      {"X-Original-URL", "/evil"},
      {"X-Rewrite-URL", "/evil"},
      {"Forwarded", "host=evil.example"},
  };
  for (const auto& field : keyed) {
    const Ask ask{.method = "GET", .fields = {field}, .body = {}};
    expect_answer(edge.get(kSite + "/a.css", ask), 200, "MISS", "style");
    expect_answer(edge.get(kSite + "/a.css", ask), 200, "HIT", "style");
  }
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "style");
}

json::Value in_country(std::string_view code) {
  return json::Object{{"country", json::Object{{"iso_code", code}}}};
}

std::string countries() {
  return net::testing::mmdb(
      {{"192.0.2.0/24", in_country("JP")}, {"2001:db8::/32", in_country("GB")}}, "GeoLite2-Country"
  );
}

EdgeOptions behind_a_proxy() {
  EdgeOptions options;
  options.more = "[network]\ntrusted_proxies = [\"127.0.0.0/8\"]\ngeoip = \"countries.mmdb\"\n";
  return options;
}

class BehindAProxy : public SiteScenario {
 protected:
  BehindAProxy() : SiteScenario(behind_a_proxy(), {{"countries.mmdb", countries()}}) {}

  Ask from(std::string forwarded_for, std::string proto = "http") const {
    return {
        .method = "GET",
        .fields =
            {{"X-Forwarded-For", std::move(forwarded_for)}, {"X-Forwarded-Proto", std::move(proto)}
            },
        .body = {}
    };
  }
};

TEST_F(BehindAProxy, TakesItsWordForAddressSchemeAndCountry) {
  origin.answers("/page", ok("hello"));

  edge.get(kSite + "/page", from("6.6.6.6, 192.0.2.7", "https"));

  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "192.0.2.7");
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "JP");
  EXPECT_EQ(origin.asked("/page", "CF-Visitor"), "{\"scheme\":\"https\"}");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-Proto"), "https");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-For"), "6.6.6.6, 192.0.2.7, 127.0.0.1");
  const std::string record = edge.await_records(1).at(0);
  EXPECT_EQ(member(record, "ClientIP"), "192.0.2.7");
  EXPECT_EQ(member(record, "ClientRequestScheme"), "https");
}

TEST_F(BehindAProxy, TakesTheColosCountryForAnAddressNobodyKnows) {
  origin.answers("/page", ok("hello"));
  edge.get(kSite + "/page", from("198.51.100.1"));
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "DE");
  edge.get(kSite + "/page", from("[2001:db8::5]:4711"));
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "GB");
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "2001:db8::5");
}

TEST_F(BehindAProxy, SharesOneEntryBetweenSchemes) {
  origin.answers("/a.css", ok("style", "max-age=60"));
  expect_answer(edge.get(kSite + "/a.css", from("192.0.2.7", "https")), 200, "MISS", "style");
  expect_answer(edge.get(kSite + "/a.css", from("192.0.2.8", "http")), 200, "HIT", "style");
}

TEST(BadGeoIp, IsRefusedWithItsPlace) {
  const TempDir files;
  files.write("bad.mmdb", "no such format");
  const std::string config =
      files.write("festina.toml", "[network]\ngeoip = \"bad.mmdb\"\n[[colos]]\nname = \"FRA\"\n");
  const Outcome outcome = run_festina({"check", "--config", config});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE((outcome.output + outcome.errors).find("festina.toml:2:9"), std::string::npos)
      << outcome.output << outcome.errors;
}

}  // namespace
}  // namespace festina::harness
