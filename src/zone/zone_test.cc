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

TEST(Zone, RunsTheScriptOfACustomDomainBehindItsRoutes) {
  Zone zone;
  zone.origins["api.example.com"] = worker_origin("api");
  zone.routes = {{"api.example.com/auth", "auth"}, {"api.example.com/off", ""}};
  EXPECT_EQ(zone.script_for(url("http://api.example.com/users?x=1")), "api");
  EXPECT_EQ(zone.script_for(url("http://api.example.com/auth")), "auth");
  EXPECT_EQ(zone.script_for(url("http://api.example.com/off")), "api")
      << "a route without a script leads to the origin";
  EXPECT_EQ(zone.script_for(url("http://www.example.com/")), std::nullopt);
}

TEST(Zone, OfAScriptOnWorkersDevHasAnySubdomain) {
  EXPECT_EQ(workers_dev_zone_of("api.me.workers.dev"), "api.*.workers.dev");
  for (const std::string_view host :
       {"me.workers.dev",
        "workers.dev",
        "a.api.me.workers.dev",
        ".me.workers.dev",
        "api..workers.dev",
        "api.me.workers.dev.com"}) {
    EXPECT_EQ(workers_dev_zone_of(host), std::nullopt) << host;
  }
  Zone zone;
  EXPECT_FALSE(is_made_for_a_script(zone));
  zone.origin = worker_origin("api");
  EXPECT_TRUE(is_made_for_a_script(zone));
  EXPECT_TRUE(is_within("api.me.workers.dev", "api.*.workers.dev"));
  EXPECT_FALSE(is_within("other.me.workers.dev", "api.*.workers.dev"));
  EXPECT_FALSE(is_within("x.api.me.workers.dev", "api.*.workers.dev"));
}

TEST(Zone, HasAnIdThatFollowsFromItsName) {
  // The first 16 bytes of SHA-256("example.com").
  EXPECT_EQ(id_of("example.com"), "a379a6f6eeafb9a55e378c118034e275");
  EXPECT_NE(id_of("example.org"), id_of("example.com"));
}

TEST(KeyScheme, IsThatOfTheConnectionToTheOriginWhereThereIsOne) {  // reference §11.1
  struct Case {
    OriginKind kind;
    http::Scheme asked;
    http::Scheme scheme;
    const char* why;
  };
  using enum http::Scheme;
  const Case cases[] = {
      {OriginKind::http, http, https, "of the connection"},
      {OriginKind::http, https, https, "of the connection"},
      {OriginKind::files, http, https, "as for http: both share what is stored"},
      {OriginKind::worker, http, http, "the script sees what was asked"},
      {OriginKind::worker, https, https, "the script sees what was asked"},
      {OriginKind::none, https, https, "nothing stands there"},
      {OriginKind::none, http, http, "nothing stands there"},
  };
  for (const Case& c : cases) {
    Origin origin;
    origin.kind = c.kind;
    origin.scheme = https;
    EXPECT_EQ(key_scheme(origin, c.asked), c.scheme) << c.why;
  }
}

TEST(Zone, RunsOneSnippetInFrontOfItsWorker) {
  Zone zone;
  zone.routes = {{"example.com/api/*", "api"}};
  zone.snippets = {{"example.com/api/v1/*", "old"}, {"example.com/*", "trim"}};
  EXPECT_EQ(zone.snippet_for(url("http://example.com/api/v1/users")), "old") << "the most specific";
  EXPECT_EQ(zone.snippet_for(url("http://example.com/api/users")), "trim");
  EXPECT_EQ(zone.script_for(url("http://example.com/api/users")), "api");
  EXPECT_EQ(zone.snippet_for(url("http://www.example.com/")), std::nullopt);
  EXPECT_TRUE(leads_to(zone, "trim"));
}

}  // namespace
}  // namespace festina::zone
