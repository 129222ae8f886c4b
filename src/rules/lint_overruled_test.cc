#include "rules/lint_overruled.h"

#include <gmock/gmock.h>
#include <string>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using testing::AllWritten;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kStatic = R"(starts_with(http.request.uri.path, "/static/"))";
constexpr std::string_view kTtl = R"("edge_ttl": {"mode": "override_origin", "default": 60})";

std::vector<std::string> of_cache_rules(AllWritten all, Plan plan = Plan::enterprise) {
  return testing::told_of_cache_rules(lint_overruled, all, plan);
}
std::vector<std::string> of_response_rules(AllWritten all) {
  return testing::told_of_response_rules(lint_overruled, all);
}

TEST(LintOverruled, FindsARuleThatSettlesNothing) {  // reference §6.3
  EXPECT_THAT(
      of_cache_rules({{"a", kTtl, kStatic}, {"b", kTtl, "true"}}),
      ElementsAre("cache_rules/0: the Cache Rule \"a\" settles nothing: the Cache Rule \"b\" comes "
                  "later, applies wherever it does, and wins")
  );
  EXPECT_THAT(of_cache_rules({{"a", kTtl, "true"}, {"b", kTtl, kStatic}}), IsEmpty())
      << "the later one is the exception";
}

TEST(LintOverruled, SaysWhetherOneRuleOrSeveralWin) {
  const std::string both = std::string(kTtl) + R"(, "respect_strong_etags": true)";
  EXPECT_THAT(
      of_cache_rules({{"a", both, kStatic}, {"b", both, "true"}}),
      ElementsAre(EndsWith("the Cache Rule \"b\" comes later, applies wherever it does, and wins"))
  );
  EXPECT_THAT(
      of_cache_rules(
          {{"a", both, kStatic},
           {"b", kTtl, "true"},
           {"c", R"("respect_strong_etags": true)", "true"}}
      ),
      ElementsAre(EndsWith("comes later, applies wherever it does, and wins, as later ones do for "
                           "the rest of it"))
  );
}

TEST(LintOverruled, FindsASettingThatNeverCounts) {
  EXPECT_THAT(
      of_cache_rules(
          {{"a", R"("cache": true, "edge_ttl": {"mode": "respect_origin"})", kStatic},
           {"b", kTtl, kStatic}}
      ),
      ElementsAre(
          "cache_rules/0/action_parameters/edge_ttl: edge_ttl of the Cache Rule \"a\" never "
          "counts: the Cache Rule \"b\" comes later, applies wherever it does, and wins"
      )
  );
  EXPECT_THAT(of_cache_rules({{"a", R"("cache": true)", kStatic}, {"b", kTtl, "true"}}), IsEmpty())
      << "they speak of different things";
}

TEST(LintOverruled, HearsEverySetting) {
  for (const std::string_view setting :
       {R"("cache": true)",
        R"("edge_ttl": {"mode": "respect_origin"})",
        R"("browser_ttl": {"mode": "bypass"})",
        R"("cache_key": {"cache_deception_armor": true})",
        R"("additional_cacheable_ports": [8443])",
        R"("origin_cache_control": true)",
        R"("origin_error_page_passthru": true)",
        R"("read_timeout": 200)",
        R"("respect_strong_etags": true)",
        R"("serve_stale": {"disable_stale_while_updating": true})",
        R"("vary": {"default": {"action": "bypass"}})"}) {
    EXPECT_THAT(of_cache_rules({{"a", setting, kStatic}, {"b", setting}}), SizeIs(1)) << setting;
    EXPECT_THAT(of_cache_rules({{"a", setting, kStatic}, {"b", setting, "true", false}}), IsEmpty())
        << "the other one is disabled";
    EXPECT_THAT(of_cache_rules({{"a", setting, kStatic, false}, {"b", setting}}), IsEmpty())
        << "it is disabled itself";
  }
}

TEST(LintOverruled, KnowsThatWhatThePlanLacksSettlesNothing) {
  constexpr std::string_view ports = R"("additional_cacheable_ports": [8443])";
  EXPECT_THAT(of_cache_rules({{"a", ports, kStatic}, {"b", ports}}, Plan::pro), IsEmpty());
  constexpr std::string_view obeys = R"("origin_cache_control": true)";
  EXPECT_THAT(of_cache_rules({{"a", obeys, kStatic}, {"b", obeys}}, Plan::pro), SizeIs(1))
      << "that is so anyway";
}

TEST(LintOverruled, KnowsWhatResponseRulesTakeBack) {  // reference §6.4
  constexpr std::string_view control = "set_cache_control";
  constexpr std::string_view tags = "set_cache_tags";
  const std::string to_edge =
      R"("max-age": {"operation": "set", "value": 9, "cloudflare_only": true})";
  const std::string to_all = R"("max-age": {"operation": "set", "value": 60})";
  const std::string removed = R"("max-age": {"operation": "remove"})";
  const std::string set = R"("operation": "set", "values": ["x"])";
  const std::string add = R"("operation": "add", "values": ["y"])";
  const struct {
    std::string_view action;
    std::string first;
    std::string second;
    bool is_taken_back;
    const char* why;
  } cases[] = {
      {control, to_all, to_all, true, "the same directive"},
      {control, to_edge, to_all, true, "for all, and so for the edge"},
      {control, to_all, to_edge, false, "others are still told"},
      {control, to_all, removed, false, "it still takes the place of Cache Rules"},
      {control, removed, to_all, true, ""},
      {control, to_all, R"("s-maxage": {"operation": "set", "value": 1})", false, "another one"},
      {tags, add, set, true, "set forgets what was there"},
      {tags, set, add, false, "both are kept"},
      {"set_cache_settings", R"("strip_etags": true)", R"("strip_etags": false)", true, ""},
      {"set_cache_settings", R"("strip_etags": true)", R"("strip_set_cookie": true)", false, ""},
  };
  for (const auto& c : cases) {
    const auto found = of_response_rules(
        {{"a", c.first, "ssl", true, c.action}, {"b", c.second, "true", true, c.action}}
    );
    EXPECT_EQ(found.size(), c.is_taken_back ? 1U : 0U) << c.first << c.second << c.why;
  }
}

ZoneRules with_ttl_and_directive(std::string_view directive, std::string_view when) {
  return {
      .cache_rules = testing::cache_rules({{"a", kTtl, kStatic}}),
      .response_rules = testing::response_rules({{"b", directive, when, true, "set_cache_control"}})
  };
}

TEST(LintOverruled, FindsTtlsBehindADirectiveForAll) {  // reference §3.1
  constexpr std::string_view max_age = R"("max-age": {"operation": "set", "value": 60})";
  EXPECT_THAT(
      testing::told(lint_overruled, with_ttl_and_directive(max_age, "true")),
      ElementsAre(
          "cache_rules/0/action_parameters/edge_ttl: edge_ttl of the Cache Rule \"a\" does not "
          "count, but beside a Worker's cacheTtlByStatus: the Cache Response Rule \"b\" says of "
          "every response how long it is kept, and comes before Cache Rules"
      )
  );
  EXPECT_THAT(
      testing::told(lint_overruled, with_ttl_and_directive(max_age, "http.response.code eq 200")),
      IsEmpty()
  );
  EXPECT_THAT(
      testing::told(
          lint_overruled,
          with_ttl_and_directive(R"("stale-if-error": {"operation": "set", "value": 6})", "true")
      ),
      IsEmpty()
  ) << "says nothing of the time it is fresh";
}

ZoneRules with_page_rule(std::string_view cache_rule, std::string_view when) {
  return {
      .plan = Plan::enterprise,
      .cache_rules = testing::cache_rules({{"a", cache_rule, when}}),
      .page_rules = testing::page_rules(
          {{"example.com/*",
            R"({"id": "cache_level", "value": "bypass"}, {"id": "browser_cache_ttl", "value": 300})"
          }}
      )
  };
}

TEST(LintOverruled, FindsPageRulesBehindACacheRuleForAll) {  // reference §6.3
  EXPECT_THAT(
      testing::told(lint_overruled, with_page_rule(R"("cache": true)", "true")),
      ElementsAre("page_rules/0/actions: cache_level of the Page Rule \"example.com/*\" never "
                  "counts: the Cache Rule \"a\" says it of every request, and Cache Rules come "
                  "first")
  );
  EXPECT_THAT(
      testing::told(lint_overruled, with_page_rule(R"("cache": true)", kStatic)), IsEmpty()
  );
  EXPECT_THAT(testing::told(lint_overruled, with_page_rule(kTtl, "true")), IsEmpty())
      << "the Page Rule does not speak of it";
  EXPECT_THAT(
      testing::told(lint_overruled, with_page_rule(R"("browser_ttl": {"mode": "bypass"})", "true")),
      SizeIs(1)
  );
}

}  // namespace
}  // namespace festina::rules
