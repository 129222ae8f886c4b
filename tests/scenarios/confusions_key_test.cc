// Confusions about what a response is stored under, and so what a purge of it must name (reference §16.8, 13).
#include "base/json.h"
#include "harness/confusion.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

TEST(Confusions, VaryIsIgnored) {
  Site site;
  site.origin.answers(
      "/a.css", with_field(ok("/* English */", "max-age=3600"), "Vary", "Accept-Language")
  );
  Reproduction told(
      site.edge,
      {.number = "8",
       .title = "`Vary` is ignored",
       .expected = "`Vary: Accept-Language` keeps languages apart, `Vary: Cookie` users.",
       .happens = "Whoever comes next gets what the first one was given.",
       .why = "The key is the URL and a few fields, among them `Origin`. Of `Vary` only `*` and "
              "`Accept-Encoding` count, unless the owner says how the others are to be taken.",
       .remedy =
           "`vary` of a Cache Rule, the field in a custom key, `cf.vary` of a Worker; or bypass "
           "cache for what is negotiated."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css", with("Accept-Language", "en")).cache_status(), "MISS");
  const Answer german = told.get(kSite + "/a.css", with("Accept-Language", "de"));
  EXPECT_EQ(german.cache_status(), "HIT");
  EXPECT_EQ(german.body, "/* English */");
  told.shows_body(german);
  told.explains(
      kSite + "/a.css",
      {.cause = "the response says Vary: accept-language, which sets no variants apart",
       .remedy = "vary of a Cache Rule, that field in a custom key"}
  );
  told.written();
}

TEST(Confusions, ThePurgeOfAUrlDoesNothing) {
  Site site;
  site.origin.answers("/font.woff2", ok("font", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "13",
       .title = "The purge of a URL does nothing",
       .expected = "A purge of a URL removes whatever is stored for it.",
       .happens = "What a page of another origin loaded, as every web font is, stays a HIT.",
       .why =
           "The purge reaches the one key that a plain request for the URL has. `Origin`, a device "
           "type, a country, another scheme or query make another key.",
       .remedy =
           "Name the same parts in the purge, `{\"files\": [{\"url\": …, \"headers\": {\"Origin\": "
           "…}}]}`, or purge by tag, prefix or host, which ask for no key."}
  );

  const Ask from_page = with("Origin", "https://shop.example");
  EXPECT_EQ(told.get(kSite + "/font.woff2", from_page).cache_status(), "MISS");
  told.purges(
      {"--url", kSite + "/font.woff2"},
      {.cause = "for that path something is stored under",
       .remedy = "as \"headers\" of the file the same Origin"}
  );
  EXPECT_EQ(told.get(kSite + "/font.woff2", from_page).cache_status(), "HIT");
  told.explains(
      kSite + "/font.woff2",
      {.cause = "another key for the same path",
       .remedy = "a purge of the URL, must name the same",
       .also = {"what it is stored under"}}
  );
  told.purges({"--prefix", "example.com/font.woff2"}, {.cause = "purged", .remedy = "purged"});
  EXPECT_EQ(told.get(kSite + "/font.woff2", from_page).cache_status(), "MISS");
  told.written();
}

TEST(Confusions, TheOrderOfParametersMatters) {
  Site site;
  site.origin.answers("/a.css?a=1&b=2", ok("css", "max-age=3600"));
  site.origin.answers("/a.css?b=2&a=1", ok("css", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "d",
       .title = "`?a=1&b=2` and `?b=2&a=1` are two responses",
       .expected = "The same parameters are the same page.",
       .happens = "Each order, and each tracking parameter, is stored for itself.",
       .why = "The query is part of the key as it stands.",
       .remedy =
           "`sort_query_string_for_cache = \"on\"`, `ignore_query_strings_order` of a Cache Rule, "
           "or a custom key that names the parameters that count."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css?a=1&b=2").cache_status(), "MISS");
  EXPECT_EQ(told.get(kSite + "/a.css?b=2&a=1").cache_status(), "MISS");
  told.explains(
      kSite + "/a.css?a=1&b=2",
      {.cause = "another key for the same path, by its query",
       .remedy = "a Cache Rule's key can leave it out, or sort the query"}
  );
  told.written();
}

TEST(Confusions, ARuleForGetBreaksThePurge) {
  Site site(
      "plan = \"enterprise\"\n" +
      cache_rule(
          "without the query",
          R"(http.request.method eq "GET")",
          "{ cache = true, cache_key = { custom_key = { query_string = { exclude = \"*\" } } } }"
      )
  );
  site.origin.answers("/a.css?v=1", ok("css", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "e",
       .title = "A Cache Rule that asks for `GET` breaks the purge of URLs",
       .expected = "Only GET is cached, so a rule may as well ask for it.",
       .happens = "The purge of the very URL that was visited reaches nothing.",
       .why =
           "The key of a purge is made by the same rules as the visitor's, but its method is none "
           "that is cached: a rule that asks for the method does not match it.",
       .remedy = "Leave the method out of rules that change the key: they apply to GET and HEAD "
                 "anyway."}
  );

  EXPECT_EQ(told.get(kSite + "/a.css?v=1").cache_status(), "MISS");
  told.purges(
      {"--url", kSite + "/a.css?v=1"},
      {.cause = "for that path something is stored under",
       .remedy = "a rule that asks for the method does not match a purge"}
  );
  EXPECT_EQ(told.get(kSite + "/a.css?v=1").cache_status(), "HIT");
  told.explains(
      kSite + "/a.css?v=1",
      {.cause = "the rule \"without the query\" says what is in the key",
       .remedy = "a purge of the URL must name the same"}
  );
  told.written();
}

TEST(Confusions, DevelopmentModeDoesNotPurge) {
  Site site;
  site.origin.answers("/a.css", ok("old", "max-age=3600"));
  Reproduction told(
      site.edge,
      {.number = "f",
       .title = "Development Mode does not purge",
       .expected = "After Development Mode everybody gets the new files.",
       .happens = "While it is on all is DYNAMIC; once it is off, the old copy is a HIT again.",
       .why = "It keeps requests from the cache, and leaves the cache as it is.",
       .remedy = "Purge what has changed, whether or not Development Mode is on."}
  );

  const Answer zones = site.edge.api("GET", "/client/v4/zones");
  const json::Value list = json::parse(zones.body).value();
  const std::string setting = "/client/v4/zones/" +
                              std::string(list.at("result").at(0).at("id").as_string()) +
                              "/settings/development_mode";
  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "MISS");
  EXPECT_EQ(site.edge.api("PATCH", setting, R"({"value":"on"})").status, 200);
  site.origin.answers("/a.css", ok("new", "max-age=3600"));
  told.remarks("Development Mode is switched on, and the file is changed");
  EXPECT_EQ(told.get(kSite + "/a.css").cache_status(), "DYNAMIC");
  told.explains(
      kSite + "/a.css", {.cause = "nothing is cached until it ends", .remedy = "it purges nothing"}
  );
  EXPECT_EQ(site.edge.api("PATCH", setting, R"({"value":"off"})").status, 200);
  told.remarks("and off");
  const Answer after = told.get(kSite + "/a.css");
  EXPECT_EQ(after.cache_status(), "HIT");
  EXPECT_EQ(after.body, "old");
  told.shows_body(after);
  told.written();
}

}  // namespace
}  // namespace festina::harness
