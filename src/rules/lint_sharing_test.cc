#include "rules/lint_sharing.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using testing::AllWritten;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kEligible = R"("cache": true)";
constexpr std::string_view kKept =
    R"("cache": true, "edge_ttl": {"mode": "override_origin", "default": 60})";

std::vector<std::string> of_cache_rules(AllWritten all) {
  return testing::told_of_cache_rules(lint_sharing, all);
}
std::vector<std::string> of_page_rules(AllWritten all, Plan plan = Plan::enterprise) {
  return testing::told_of_page_rules(lint_sharing, all, plan);
}

TEST(LintSharing, FindsRulesThatMakeEveryPageEligible) {  // reference §6.3, §16.19
  const struct {
    std::string_view when;
    bool is_told;
    const char* why;
  } cases[] = {
      {"true", true, ""},
      {"ssl", true, "all pages over https"},
      {R"(http.host eq "example.com")", true, "the site itself"},
      {R"(http.host in {"www.example.com" "a.example.com"})", true, "the site among them"},
      {R"(http.host eq "static.example.com")", false, "may hold static files only"},
      {R"(starts_with(http.request.uri.path, "/static/"))", false, "not every page"},
      {R"(not http.cookie contains "session")", false, "no sessions"},
      {R"(http.request.uri.path.extension eq "html")", false, "on purpose"},
      {R"(http.host eq "Example.com")", false, "never matches"},
  };
  for (const auto& c : cases) {
    const auto found = of_cache_rules({{"a", kEligible, c.when}});
    if (c.is_told) {
      EXPECT_THAT(
          found,
          ElementsAre(
              "cache_rules/0/action_parameters/cache: the Cache Rule \"a\" makes every page "
              "eligible, as Cache Everything does: HTML and admin pages are stored where "
              "the origin's headers do not forbid it"
          )
      ) << c.when;
    } else {
      EXPECT_THAT(found, IsEmpty()) << c.when << c.why;
    }
  }
}

TEST(LintSharing, FindsRulesThatRemoveSetCookieFromEveryPage) {  // reference §1.4, §16.6
  const auto removes = HasSubstr(
      "edge_ttl: the Cache Rule \"a\" stores every page for a time of "
      "its own, and removes Set-Cookie from it"
  );
  EXPECT_THAT(of_cache_rules({{"a", kKept}}), ElementsAre(removes));
  const struct {
    std::string_view ttl;
    bool removes;
  } cases[] = {
      {R"("mode": "respect_origin")", false},
      {R"("mode": "respect_origin", "status_code_ttl": [{"status_code": 200, "value": 9}])", true},
      {R"("mode": "respect_origin", "status_code_ttl": [{"status_code": 404, "value": 9}])", false},
      {R"("mode": "override_origin", "default": 9,
          "status_code_ttl": [{"status_code_range": {"to": 299}, "value": -1}])",
       false},
  };
  for (const auto& c : cases) {
    const std::string settings = R"("cache": true, "edge_ttl": {)" + std::string(c.ttl) + "}";
    EXPECT_THAT(
        of_cache_rules({{"a", settings}}),
        ElementsAre(c.removes ? removes : HasSubstr("makes every page eligible"))
    ) << c.ttl;
  }
}

TEST(LintSharing, TrustsAnExceptionThatComesLater) {
  constexpr std::string_view sessions = R"(http.cookie contains "session")";
  constexpr std::string_view bypass = R"("cache": false)";
  EXPECT_THAT(of_cache_rules({{"a", kKept}, {"b", bypass, sessions}}), IsEmpty());
  EXPECT_THAT(of_cache_rules({{"b", bypass, sessions}, {"a", kKept}}), Not(IsEmpty()))
      << "it comes first, and loses";
  EXPECT_THAT(of_cache_rules({{"a", kKept}, {"b", bypass, sessions, false}}), Not(IsEmpty()));
  EXPECT_THAT(of_cache_rules({{"a", kKept}, {"b", bypass, testing::kNever}}), Not(IsEmpty()));
  EXPECT_THAT(of_cache_rules({{"a", kKept, "true", false}}), IsEmpty());
}

TEST(LintSharing, SaysNothingOfSetCookieWhereTheTimeMayBeAnother) {
  const auto is_eligible = ElementsAre(HasSubstr("makes every page eligible"));
  constexpr std::string_view ttl = R"("edge_ttl": {"mode": "respect_origin"})";
  EXPECT_THAT(of_cache_rules({{"a", kKept}, {"b", ttl, "ssl"}}), is_eligible);
  EXPECT_THAT(
      testing::told(
          lint_sharing,
          ZoneRules{
              .cache_rules = testing::cache_rules({{"a", kKept}}),
              .response_rules = testing::response_rules(
                  {{"b",
                    R"("max-age": {"operation": "set", "value": 9})",
                    "ssl",
                    true,
                    "set_cache_control"}}
              )
          }
      ),
      is_eligible
  );
}

TEST(LintSharing, FindsPageRulesThatCacheEverything) {  // reference §8.2
  const std::string everything = R"({"id": "cache_level", "value": "cache_everything"})";
  const std::string ttl = R"({"id": "edge_cache_ttl", "value": 7200})";
  const std::string cookies = R"({"id": "bypass_cache_on_cookie", "value": "session=.*"})";
  const auto removes = ElementsAre(HasSubstr("page_rules/0/actions: the Page Rule"));
  EXPECT_THAT(of_page_rules({{"example.com/*", everything + "," + ttl}}), removes);
  EXPECT_THAT(of_page_rules({{"*example.com/*", everything}}), removes);
  EXPECT_THAT(of_page_rules({{"example.com/static/*", everything}}), IsEmpty());
  EXPECT_THAT(of_page_rules({{"img.example.com/*", everything}}), IsEmpty());
  EXPECT_THAT(of_page_rules({{"example.com/*", ttl}}), IsEmpty()) << "static files only";
  EXPECT_THAT(of_page_rules({{"example.com/*", everything + "," + cookies}}), IsEmpty());
  EXPECT_THAT(of_page_rules({{"example.com/*", everything + "," + cookies}}, Plan::pro), removes)
      << "the plan lacks it";
  const std::string bypass = R"({"id": "cache_level", "value": "bypass"})";
  EXPECT_THAT(
      of_page_rules({{"example.com/admin/*", bypass}, {"example.com/*", everything}}), IsEmpty()
  );
}

TEST(LintSharing, LeavesTheStandardProfileAlone) {
  EXPECT_THAT(
      testing::told(
          lint_sharing,
          ZoneRules{
              .profile = policy::Profile::standard,
              .cache_rules = testing::cache_rules({{"a", kKept}})
          }
      ),
      IsEmpty()
  );
}

}  // namespace
}  // namespace festina::rules
