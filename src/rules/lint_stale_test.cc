#include "rules/lint_stale.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using testing::AllWritten;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Written;

Written directives(std::string_view settings, bool enabled = true) {
  return {"a", settings, "true", enabled, "set_cache_control"};
}
ZoneRules zone_with(AllWritten all) { return {.response_rules = testing::response_rules(all)}; }
std::vector<std::string> of(AllWritten all) { return testing::told(lint_stale, zone_with(all)); }

constexpr std::string_view kSMaxage = R"("s-maxage": {"operation": "set", "value": 60})";
constexpr std::string_view kWindow =
    R"("stale-while-revalidate": {"operation": "set", "value": 60})";

TEST(LintStale, FindsSMaxage) {  // reference §3.3, §16.4
  const std::string both = std::string(kSMaxage) + "," + std::string(kWindow);
  EXPECT_THAT(
      of({directives(both)}),
      ElementsAre("response_rules/0/action_parameters/s-maxage: the Cache Response Rule \"a\" sets "
                  "stale-while-revalidate in vain: its s-maxage forbids stale copies")
  );
  EXPECT_THAT(
      of({directives(kSMaxage)}),
      ElementsAre("response_rules/0/action_parameters/s-maxage: the Cache Response Rule \"a\" sets "
                  "s-maxage, which forbids stale copies: clients wait when it has passed, and get "
                  "the error when the origin fails")
  );
  EXPECT_THAT(of({directives(kWindow)}), IsEmpty());
  EXPECT_THAT(of({directives(R"("s-maxage": {"operation": "remove"})")}), IsEmpty());
  EXPECT_THAT(of({directives(kSMaxage, false)}), IsEmpty()) << "it is disabled";
  EXPECT_THAT(
      of({directives(kSMaxage), directives(R"("s-maxage": {"operation": "remove"})")}), IsEmpty()
  ) << "a later rule removes it";
  EXPECT_THAT(
      of({directives(std::string(kSMaxage) + R"(, "proxy-revalidate": {"operation": "set"})")}),
      IsEmpty()
  ) << "it is meant";
}

TEST(LintStale, KnowsTheZonesOwnIdeaOfSMaxage) {
  ZoneRules zone = zone_with({directives(kSMaxage)});
  zone.compat.s_maxage_allows_stale = policy::SMaxageAllowsStale::yes;
  EXPECT_THAT(testing::told(lint_stale, zone), IsEmpty());
}

TEST(LintStale, FindsWindowsBesideAProhibition) {  // reference §3.3
  for (const std::string name : {"must-revalidate", "proxy-revalidate", "no-cache", "no-store"}) {
    const std::string forbids = R"(, ")" + name + R"(": {"operation": "set"})";
    EXPECT_THAT(
        of({directives(std::string(kWindow) + forbids)}),
        ElementsAre(HasSubstr("sets stale-while-revalidate in vain: its " + name + " forbids"))
    );
    const std::string allows = R"(, ")" + name + R"(": {"operation": "remove"})";
    EXPECT_THAT(of({directives(std::string(kWindow) + allows)}), IsEmpty());
  }
  EXPECT_THAT(
      of({directives(std::string(kWindow) + R"(, "no-cache": {"operation": "set"})"),
          directives(R"("no-cache": {"operation": "remove"})")}),
      IsEmpty()
  ) << "a later rule takes it back";
  EXPECT_THAT(
      of({directives(
          R"("stale-if-error": {"operation": "set", "value": 0}, "no-cache": {"operation": "set"})"
      )}),
      IsEmpty()
  ) << "no window";
  EXPECT_THAT(
      of({directives(
          std::string(kWindow) + R"(, "no-cache": {"operation": "set", "qualifiers": ["x-a"]})"
      )}),
      IsEmpty()
  ) << "of one field only";
}

TEST(LintStale, FindsWindowsUnderAlwaysOnline) {  // reference §3.6
  ZoneRules zone = zone_with({directives(kWindow)});
  zone.settings.always_online = true;
  EXPECT_THAT(
      testing::told(lint_stale, zone),
      ElementsAre(HasSubstr("in vain: always_online takes the place of that"))
  );
  ZoneRules without = zone_with({directives(kSMaxage)});
  without.settings.always_online = true;
  EXPECT_THAT(testing::told(lint_stale, without), IsEmpty());
}

TEST(LintStale, FindsWindowsThatCacheRulesForbid) {  // reference §3.3
  constexpr std::string_view disables = R"("serve_stale": {"disable_stale_while_updating": true})";
  constexpr std::string_view enables = R"("serve_stale": {"disable_stale_while_updating": false})";
  const auto with = [](AllWritten cache_rules) {
    ZoneRules zone = zone_with({directives(kWindow)});
    zone.cache_rules = testing::cache_rules(cache_rules);
    return testing::told(lint_stale, zone);
  };
  EXPECT_THAT(
      with({{"b", disables}}),
      ElementsAre(HasSubstr("the Cache Rule \"b\" has disable_stale_while_updating for every"))
  );
  EXPECT_THAT(with({{"b", disables, "ssl"}}), IsEmpty());
  EXPECT_THAT(with({{"b", disables}, {"c", enables, "ssl"}}), IsEmpty());
  EXPECT_THAT(with({{"b", enables}}), IsEmpty());
}

TEST(LintStale, FindsDevelopmentModeInTheFile) {  // reference §8.4
  ZoneRules zone;
  zone.settings.development_mode.is_on = true;
  EXPECT_THAT(
      testing::told(lint_stale, zone),
      ElementsAre("settings/development_mode: nothing is cached but what a Worker asks for: "
                  "development_mode is on, and in the file it does not end after three hours")
  );
  zone.settings.development_mode.since = TimePoint();
  EXPECT_THAT(testing::told(lint_stale, zone), IsEmpty()) << "set through the API, it ends";
  EXPECT_THAT(testing::told(lint_stale, ZoneRules()), IsEmpty());
}

}  // namespace
}  // namespace festina::rules
