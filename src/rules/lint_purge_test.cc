#include "rules/lint_purge.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kSorted = R"("cache_key": {"ignore_query_strings_order": true})";

std::vector<std::string> of_rule(
    std::string_view settings, std::string_view when = "true", Plan plan = Plan::enterprise
) {
  return testing::told_of_cache_rules(lint_purge, {{"a", settings, when}}, plan);
}

TEST(LintPurge, FindsTheMethod) {  // reference §6.3
  EXPECT_THAT(
      of_rule("\"cache\": true", R"(http.request.method eq "GET")"),
      ElementsAre("cache_rules/0/expression: a purge of a single URL may miss what the Cache Rule "
                  "\"a\" is for: it reads http.request.method, and a purge is no GET")
  );
  EXPECT_THAT(of_rule("\"cache\": true", R"(http.request.uri.path eq "/GET")"), IsEmpty());
  EXPECT_THAT(of_rule("\"cache\": false", R"(http.request.method eq "GET")"), IsEmpty())
      << "nothing is stored by it";
}

TEST(LintPurge, FindsWhatAPurgeCannotRepeat) {  // reference §10.4
  const struct {
    std::string_view when;
    std::string_view message;  // empty: none
  } cases[] = {
      {R"(ip.src.city eq "Berlin")", "ip.src.city, which a purge does not have"},
      {R"(http.cookie contains "a" or ssl)", "http.cookie, which a purge does not have"},
      {R"(len(http.request.cookies["a"]) gt 0)", "http.request.cookies, which a purge"},
      {R"(http.request.timestamp.sec gt 1)", "http.request.timestamp.sec, which a purge"},
      {R"(any(http.request.headers["a"][*] eq "b"))", "only with the same headers"},
      {R"(http.user_agent contains "x" and http.referer eq "")",
       "only with the same headers: the rule reads http.user_agent and http.referer"},
      {R"(ip.src.country eq "DE")", "only with the same headers: the rule reads ip.src.country"},
      {R"(http.request.uri.path eq "/a" and ssl and http.host eq "b")", ""},
      {R"(http.request.uri.query contains "a")", ""},
  };
  for (const auto& c : cases) {
    const auto found = of_rule(kSorted, c.when);
    if (c.message.empty()) {
      EXPECT_THAT(found, IsEmpty()) << c.when;
    } else {
      EXPECT_THAT(found, ElementsAre(HasSubstr(std::string(c.message)))) << c.when;
    }
    EXPECT_THAT(of_rule("\"cache\": true", c.when), IsEmpty()) << "the key is as ever";
  }
}

TEST(LintPurge, FindsWhatIsInTheKey) {  // reference §10.4
  const struct {
    std::string_view key;
    std::string_view message;  // empty: none
  } cases[] = {
      {R"("cache_by_device_type": true)", "must name CF-Device-Type as they were asked with"},
      {R"("custom_key": {"user": {"geo": true, "lang": true}})",
       "must name CF-IPCountry and Accept-Language as"},
      {R"("custom_key": {"header": {"include": ["X-A"], "check_presence": ["x-b"]}})",
       "must name x-a and x-b as"},
      {R"("custom_key": {"header": {"contains": {"accept": ["webp"]}}})", "must name accept as"},
      {R"("custom_key": {"cookie": {"include": ["a"]}, "user": {"geo": true}})",
       "does not reach what the Cache Rule \"a\" keys by cookies"},
      {R"("custom_key": {"cookie": {"check_presence": ["a"]}})", "keys by cookies"},
      {R"("custom_key": {"query_string": {"exclude": {"list": ["utm"]}}})", ""},
      {R"("custom_key": {"header": {"exclude_origin": true}})", ""},
      {R"("cache_by_device_type": false)", ""},
      {R"("ignore_query_strings_order": true)", ""},
  };
  for (const auto& c : cases) {
    const std::string settings = "\"cache_key\": {" + std::string(c.key) + "}";
    const auto found = of_rule(settings);
    if (c.message.empty()) {
      EXPECT_THAT(found, IsEmpty()) << c.key;
    } else {
      EXPECT_THAT(found, ElementsAre(HasSubstr(std::string(c.message)))) << c.key;
    }
    EXPECT_THAT(of_rule(settings, "true", Plan::pro), IsEmpty()) << "the plan lacks it";
  }
}

TEST(LintPurge, LeavesAKeyAloneThatALaterRuleTakesBack) {
  constexpr std::string_view device = R"("cache_key": {"cache_by_device_type": true})";
  EXPECT_THAT(
      testing::told_of_cache_rules(lint_purge, {{"a", device, "ssl"}, {"b", kSorted}}), IsEmpty()
  );
  EXPECT_THAT(
      testing::told_of_cache_rules(lint_purge, {{"a", device}, {"b", kSorted, "ssl"}}),
      ElementsAre(HasSubstr("CF-Device-Type"))
  );
}

TEST(LintPurge, LooksIntoPageRulesToo) {
  EXPECT_THAT(
      testing::told_of_page_rules(
          lint_purge, {{"example.com/*", R"({"id": "cache_by_device_type", "value": "on"})"}}
      ),
      ElementsAre(HasSubstr("page_rules/0/actions: a purge of a single URL must name"))
  );
  EXPECT_THAT(
      testing::told_of_page_rules(
          lint_purge,
          {{"example.com/*", R"({"id": "cache_by_device_type", "value": "on"})", "", false}}
      ),
      IsEmpty()
  );
}

}  // namespace
}  // namespace festina::rules
