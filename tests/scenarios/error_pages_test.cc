// Whose page a visitor sees for the origin's 502 and 504 (reference §6.2, §8.2, §8.4).
#include <gmock/gmock.h>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

using testing::HasSubstr;

class OriginErrorPages : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    const std::string passes = "[zones.settings]\norigin_error_page_pass_thru = \"on\"\n";
    const std::string rule =
        "[[zones.cache_rules]]\nexpression = 'http.request.uri.path eq \"/ruled\"'\n"
        "action_parameters = { origin_error_page_passthru = true }\n";
    const std::string page_rule =
        "[[zones.page_rules]]\n"
        "targets = [{ target = \"url\", constraint = { operator = \"matches\", value = "
        "\"paged.example/*\" } }]\n"
        "actions = [{ id = \"origin_error_page_pass_thru\", value = \"on\" }]\n";
    const std::string enterprise = "plan = \"enterprise\"\n";
    return zone_toml("plain.example", origin) + zone_toml("pro.example", origin, passes) +
           zone_toml("ent.example", origin, enterprise + passes) +
           zone_toml("ruled.example", origin, enterprise + rule) +
           zone_toml("paged.example", origin, enterprise + page_rule) +
           zone_toml("rfc.example", origin, "profile = \"standard\"\n");
  }
  void fails(const std::string& path, int status) {
    origin.answers(path, {.status = status, .fields = {}, .body = "the origin's own"});
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(OriginErrorPages, TheEdgesPageStandsBeforeTheOriginsUnlessTheOwnerLetsItThrough) {
  const struct {
    const char* url;
    int status;
    bool is_the_origins;
  } cases[] = {
      {"plain.example/page", 502, false},
      {"plain.example/page", 504, false},
      {"plain.example/page", 500, true},
      {"plain.example/page", 503, true},
      {"plain.example/page.css", 502, false},
      {"pro.example/page", 502, false},  // the setting is for the plan enterprise
      {"ent.example/page", 502, true},
      {"ent.example/page.css", 504, true},
      {"ruled.example/ruled", 502, true},
      {"ruled.example/page", 502, false},
      {"paged.example/page", 504, true},
      {"rfc.example/page", 502, true},
  };
  for (const auto& c : cases) {
    const std::string url = std::string("http://") + c.url;
    fails(url.substr(url.find('/', 7)), c.status);
    const Answer answer = edge.get(url);
    EXPECT_EQ(answer.status, c.status) << c.url;
    EXPECT_EQ(answer.body == "the origin's own", c.is_the_origins) << c.url << '\n' << answer.body;
  }
}

TEST_F(OriginErrorPages, TheEdgesPageNamesTheOriginAndTheRemedy) {
  fails("/page", 502);
  const Answer answer = edge.get("http://plain.example/page");
  EXPECT_THAT(answer.body, HasSubstr("The origin answered 502"));
  EXPECT_THAT(answer.body, HasSubstr("origin_error_page_pass_thru"));
  EXPECT_EQ(answer.cache_status(), "DYNAMIC");
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
  const std::string ray = answer.field("CF-Ray");
  EXPECT_THAT(
      edge.api("GET", "/festina/v1/explain/" + ray).body, HasSubstr("origin_error_page_pass_thru")
  );
}

// What is stored is the origin's answer; the page is made anew for each visitor.
TEST_F(OriginErrorPages, WhatIsStoredOfAnErrorIsShownTheSameWay) {
  origin.answers(
      "/a.css",
      {.status = 502, .fields = {{"Cache-Control", "max-age=60"}}, .body = "the origin's own"}
  );
  for (const char* status : {"MISS", "HIT"}) {
    const Answer answer = edge.get("http://plain.example/a.css");
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(answer.cache_status(), status);
    EXPECT_THAT(answer.body, HasSubstr("The origin answered 502"));
    expect_answer(edge.get("http://ent.example/a.css"), 502, status, "the origin's own");
  }
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

}  // namespace
}  // namespace festina::harness
