#include "rules/lint.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Lint, AsksEveryFamily) {
  ZoneRules zone{
      .plan = Plan::pro,
      .cache_rules = testing::cache_rules(
          {{"reach", R"("cache": true)", testing::kNever},
           {"overruled", R"("cache": true)", R"(http.request.uri.path eq "/a")"},
           {"sharing", R"("cache": true)"},
           {"purge", R"("read_timeout": 200)", R"(http.request.method eq "GET")"},
           {"within", R"("cache_reserve": {"eligible": true})"}}
      )
  };
  zone.settings.development_mode.is_on = true;
  EXPECT_THAT(
      testing::told(lint, zone),
      ElementsAre(
          HasSubstr("\"reach\""),
          HasSubstr("\"overruled\""),
          HasSubstr("\"sharing\""),
          HasSubstr("development_mode"),
          HasSubstr("\"purge\""),
          HasSubstr("\"within\"")
      )
  );
}

TEST(Lint, HasNothingAgainstOrdinaryRules) {
  const ZoneRules zone{
      .cache_rules = testing::cache_rules(
          {{"static",
            R"("cache": true, "edge_ttl": {"mode": "override_origin", "default": 3600})",
            R"(starts_with(http.request.uri.path, "/static/"))"},
           {"api", R"("cache": false)", R"(starts_with(http.request.uri.path, "/api/"))"},
           {"short", R"("browser_ttl": {"mode": "override_origin", "default": 60})", "true"}}
      ),
      .response_rules = testing::response_rules(
          {{"tags",
            R"("operation": "add", "values": ["all"])",
            "http.response.code eq 200",
            true,
            "set_cache_tags"}}
      ),
      .page_rules = testing::page_rules(
          {{"example.com/img/*", R"({"id": "cache_level", "value": "cache_everything"})"},
           {"example.com/*", R"({"id": "cache_level", "value": "simplified"})"}}
      )
  };
  EXPECT_THAT(testing::told(lint, zone), IsEmpty());
  EXPECT_THAT(testing::told(lint, ZoneRules()), IsEmpty());
}

}  // namespace
}  // namespace festina::rules
