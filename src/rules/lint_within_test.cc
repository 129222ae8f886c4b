#include "rules/lint_within.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using testing::AllWritten;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> of_cache_rules(AllWritten all, Plan plan = Plan::enterprise) {
  return testing::told_of_cache_rules(lint_within, all, plan);
}
std::vector<std::string> of_page_rule(std::string_view actions, Plan plan = Plan::enterprise) {
  return testing::told_of_page_rules(lint_within, {{"example.com/a", actions}}, plan);
}

TEST(LintWithin, FindsWhatThePlanLacks) {
  const struct {
    std::string_view setting;
    std::string_view message;
  } cases[] = {
      {R"("cache_key": {"custom_key": {"user": {"geo": true}}})",
       "cache_rules/0/action_parameters/cache_key/custom_key: custom cache keys (needs the plan "
       "enterprise) of the Cache Rule \"a\" does not count: the zone has the plan pro"},
      {R"("cache_key": {"cache_by_device_type": true})", "cache by device type"},
      {R"("additional_cacheable_ports": [8443])", "additional cacheable ports"},
      {R"("origin_cache_control": false)", "switching origin cache control"},
      {R"("origin_error_page_passthru": true)", "the origin's own error pages"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        of_cache_rules({{"a", c.setting}}, Plan::pro),
        ElementsAre(HasSubstr(std::string(c.message)))
    );
    EXPECT_THAT(of_cache_rules({{"a", c.setting}}), IsEmpty()) << "this one has it";
    EXPECT_THAT(of_cache_rules({{"a", c.setting, "true", false}}, Plan::pro), IsEmpty());
  }
  EXPECT_THAT(of_cache_rules({{"a", R"("origin_cache_control": true)"}}, Plan::pro), IsEmpty())
      << "that is so anyway";
}

TEST(LintWithin, FindsWhatThePlanLacksInPageRulesAndSettings) {
  constexpr std::string_view cookies = R"({"id": "cache_on_cookie", "value": "a=.*"})";
  EXPECT_THAT(
      of_page_rule(cookies, Plan::pro),
      ElementsAre("page_rules/0/actions: caching by cookie (needs the plan business) of the Page "
                  "Rule \"example.com/a\" does not count: the zone has the plan pro")
  );
  EXPECT_THAT(of_page_rule(cookies, Plan::business), IsEmpty());
  constexpr std::string_view statuses = R"({"id": "cache_ttl_by_status", "value": {"404": 1}})";
  EXPECT_THAT(of_page_rule(statuses, Plan::business), ElementsAre(HasSubstr("TTL by status")));
  constexpr std::string_view device = R"({"id": "cache_by_device_type", "value": "on"})";
  EXPECT_THAT(of_page_rule(device, Plan::business), ElementsAre(HasSubstr("by device type")));

  ZoneRules zone;
  zone.settings.origin_error_page_pass_thru = true;
  EXPECT_THAT(
      testing::told(lint_within, zone),
      ElementsAre(HasSubstr("settings/origin_error_page_pass_thru: the origin's own error pages"))
  );
  zone.plan = Plan::enterprise;
  EXPECT_THAT(testing::told(lint_within, zone), IsEmpty());
}

TEST(LintWithin, FindsWhatDoesNothingHere) {
  EXPECT_THAT(
      of_cache_rules({{"a", R"("cache_reserve": {"eligible": true})"}}),
      ElementsAre("cache_rules/0: cache_reserve of the Cache Rule \"a\" is accepted and does "
                  "nothing here")
  );
  EXPECT_THAT(of_cache_rules({{"a", R"("cache_reserve": {"eligible": false})"}}), IsEmpty());
  EXPECT_THAT(
      of_page_rule(R"({"id": "rocket_loader", "value": "on"})"),
      ElementsAre(HasSubstr("rocket_loader of the Page Rule"))
  );
}

TEST(LintWithin, FindsTimesOfWhatBypasses) {
  constexpr std::string_view both = R"("cache": false, "browser_ttl": {"mode": "bypass"})";
  EXPECT_THAT(
      of_cache_rules({{"a", both}}),
      ElementsAre(
          "cache_rules/0/action_parameters/browser_ttl: browser_ttl of the Cache Rule \"a\" "
          "counts only where a Worker caches after all: its cache = false keeps what it is "
          "for out of the cache"
      )
  );
  EXPECT_THAT(of_cache_rules({{"a", both}, {"b", R"("cache": true)", "ssl"}}), IsEmpty())
      << "a later rule lets some of it in again";
  EXPECT_THAT(of_cache_rules({{"a", R"("cache": false)"}}), IsEmpty());
  EXPECT_THAT(of_cache_rules({{"a", R"("browser_ttl": {"mode": "bypass"})"}}), IsEmpty());
}

TEST(LintWithin, FindsStatusesThatOverlap) {  // reference §6.2
  const auto of = [](std::string_view list) {
    const std::string ttl =
        R"("edge_ttl": {"mode": "respect_origin", "status_code_ttl": [)" + std::string(list) + "]}";
    return of_cache_rules({{"a", ttl}});
  };
  EXPECT_THAT(
      of(R"({"status_code_range": {"from": 400}, "value": 1},
            {"status_code_range": {"from": 404, "to": 410}, "value": 2})"),
      ElementsAre(
          "cache_rules/0/action_parameters/edge_ttl: the statuses 400-999 and 404-410 of the "
          "Cache Rule \"a\" overlap: for what both name, the first of them counts"
      )
  );
  EXPECT_THAT(
      of(R"({"status_code_range": {"from": 400, "to": 499}, "value": 1},
            {"status_code_range": {"from": 500}, "value": 2})"),
      IsEmpty()
  );
  EXPECT_THAT(
      of(R"({"status_code_range": {"from": 400}, "value": 1}, {"status_code": 404, "value": 2})"),
      IsEmpty()
  ) << "a code beats a range";
  EXPECT_THAT(
      of(R"({"status_code": 404, "value": 1}, {"status_code": 404, "value": 2})"),
      ElementsAre(HasSubstr("404 and 404"))
  );
  EXPECT_THAT(
      of(R"({"status_code": 404, "value": 1}, {"status_code": 404, "value": 1})"), IsEmpty()
  );
}

TEST(LintWithin, FindsABrowserTtlOfZero) {  // reference §2.6
  const auto of = [](std::string_view ttl) {
    return of_cache_rules(
        {{"a",
          "\"browser_ttl\": {\"mode\": \"override_origin\", \"default\": " + std::string(ttl) + "}"}
        }
    );
  };
  EXPECT_THAT(
      of("0"),
      ElementsAre(HasSubstr("browser_ttl: browser_ttl of the Cache Rule \"a\" "
                            "overrides nothing"))
  );
  EXPECT_THAT(of("1"), IsEmpty());
}

TEST(LintWithin, FindsActionsThatExcludeEachOther) {  // reference §8.2
  constexpr std::string_view bypass = R"({"id": "cache_level", "value": "bypass"})";
  constexpr std::string_view ttl = R"({"id": "edge_cache_ttl", "value": 7200})";
  constexpr std::string_view on = R"({"id": "cache_on_cookie", "value": "a=.*"})";
  constexpr std::string_view off = R"({"id": "bypass_cache_on_cookie", "value": "a=.*"})";
  const auto together = [](std::string_view a, std::string_view b) {
    return of_page_rule(std::string(a) + "," + std::string(b));
  };
  EXPECT_THAT(together(bypass, ttl), ElementsAre(HasSubstr("its cache_level is bypass")));
  EXPECT_THAT(together(on, off), ElementsAre(HasSubstr("cache_on_cookie takes its place")));
  EXPECT_THAT(together(bypass, off), IsEmpty());
  EXPECT_THAT(together(ttl, off), IsEmpty());
}

}  // namespace
}  // namespace festina::rules
