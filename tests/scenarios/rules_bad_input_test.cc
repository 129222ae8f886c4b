// Rules that are wrong, hostile or vain: what becomes of them, and what a client of the zone notices.
#include <algorithm>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

json::Object rule(std::string_view name, std::string_view expression, std::string_view parameters) {
  return {
      {"description", name},
      {"expression", expression},
      {"action", "set_cache_settings"},
      {"action_parameters", json::parse(parameters).value()}
  };
}

// Where expressions may have regular expressions.
EdgeOptions on_business() {
  EdgeOptions options;
  options.zones = "plan = \"business\"\n";
  return options;
}

class BadRules : public SiteScenario {
 protected:
  BadRules() : SiteScenario(on_business()) {
    const json::Value zones = json::parse(edge.api("GET", "/client/v4/zones").body).value();
    const json::Value* result = json::find(zones, "result");
    zone = "/client/v4/zones/" +
           std::string(json::string_member(result->as_array().front(), "id").value_or(""));
  }
  Answer put(json::Array rules) const {
    return edge.api(
        "PUT",
        zone + "/rulesets/phases/http_request_cache_settings/entrypoint",
        json::to_text(json::Object{{"rules", std::move(rules)}})
    );
  }
  // Nobody's rule but the one that bypasses counts.
  void expect_the_old_set(std::string_view why) const {
    const Answer answer = edge.get(kSite + "/a.css");
    EXPECT_EQ(answer.cache_status(), "DYNAMIC") << why;
  }

  std::string zone;
};

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(BadRules, AreRefusedWholeAndTheOldSetStays) {  // api-v4.md §4.4
  origin.answers("/a.css", ok("a", "max-age=60"));
  ASSERT_EQ(put({rule("old", "true", R"({"cache":false})")}).status, 200);
  const struct {
    json::Object wrong;
    int code;
    std::string_view pointer;
    std::string_view message;
  } cases[] = {
      {rule("a", "http.host eqq \"a\"", R"({"cache":true})"),
       20021,
       "/rules/1/expression",
       "Filter parsing error (1:"},
      {rule("a", "true", R"({"cache":"yes"})"),
       20021,
       "/rules/1/action_parameters/cache",
       "cache must be true or false"},
      {rule("a", "true", "{}"),
       20106,
       "/rules/1",
       "action parameters are required for the set_cache_settings action"},
  };
  for (const auto& c : cases) {
    const Answer refused = put({rule("good", "true", R"({"cache":true})"), c.wrong});
    EXPECT_EQ(refused.status, 400);
    const json::Value body = json::parse(refused.body).value();
    const json::Value& error = body.at("errors").as_array().front();
    EXPECT_EQ(json::integer_member(error, "code"), c.code) << refused.body;
    EXPECT_EQ(json::string_member(*json::find(error, "source"), "pointer"), c.pointer);
    const auto message = json::string_member(error, "message").value_or("");
    EXPECT_NE(message.find(c.message), std::string::npos) << refused.body;
    expect_the_old_set(c.message);
  }
}

TEST_F(BadRules, DrawACaretUnderTheFault) {
  const Answer refused = put({rule("a", "ssl and nonsense eq \"a\"", R"({"cache":true})")});
  const json::Value body = json::parse(refused.body).value();
  const auto message =
      json::string_member(body.at("errors").as_array().front(), "message").value_or("");
  EXPECT_NE(
      message.find("Filter parsing error (1:9):\n"
                   "ssl and nonsense eq \"a\"\n"
                   "        ^^^^^^^^ unknown identifier"),
      std::string_view::npos
  ) << message;
}

TEST_F(BadRules, AreBoundedByNamedLimits) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  ASSERT_EQ(put({rule("old", "true", R"({"cache":false})")}).status, 200);
  const struct {
    std::string expression;
    std::string_view message;
  } cases[] = {
      {repeated("(", 129) + "ssl" + repeated(")", 129), "maximum nesting depth exceeded"},
      {"http.host eq \"" + repeated("a", 4096) + "\"", "it may have 4096"},
      {"ip.src.asnum in {" + repeated("1 ", 1025) + "}", "more than 1024 values in a set"},
      {"ssl" + repeated(" or http.host ~ \"a\"", 65), "more than 64 regular expressions"},
      {"http.host matches \"" + repeated("(abcdefghij){1000}", 10) + "\"",
       "compiled regex exceeds size limit"},
  };
  for (const auto& c : cases) {
    const Answer refused = put({rule("a", c.expression, R"({"cache":true})")});
    EXPECT_EQ(refused.status, 400) << c.message;
    EXPECT_NE(refused.body.find(c.message), std::string::npos) << refused.body;
    expect_the_old_set(c.message);
  }
}

// What a rule computes of a long cookie exceeds its memory; it is none for a short one.
std::string greedy() {
  return "len(upper(concat(http.cookie" + repeated(",http.cookie", 63) + "))) gt 1";
}

Ask with_cookie(const std::string& cookie) {
  Ask ask;
  ask.fields = {{"Cookie", cookie}};
  return ask;
}

TEST_F(BadRules, ThatFailCountAsNotMatchingAndAreToldOnceAMinute) {
  origin.answers("/a.css", ok("a", "max-age=600"));
  const auto bypassing = [](std::string_view name) {
    return rule(name, greedy(), R"({"cache":false})");
  };
  ASSERT_EQ(put({bypassing("first")}).status, 200);
  const Ask greedily = with_cookie("a=" + repeated("a", 12'000));
  const Ask modestly = with_cookie("a=b");

  EXPECT_EQ(edge.get(kSite + "/a.css", modestly).cache_status(), "DYNAMIC") << "it matches";
  EXPECT_EQ(edge.get(kSite + "/a.css", greedily).cache_status(), "MISS") << "it has no value";
  EXPECT_EQ(edge.get(kSite + "/a.css", greedily).cache_status(), "HIT");
  edge.advance(seconds(59));
  EXPECT_EQ(edge.get(kSite + "/a.css", greedily).cache_status(), "HIT");
  edge.advance(seconds(1));
  EXPECT_EQ(edge.get(kSite + "/a.css", greedily).cache_status(), "HIT");

  // What another rule says comes behind all of that.
  ASSERT_EQ(put({bypassing("last")}).status, 200);
  EXPECT_EQ(edge.get(kSite + "/a.css", greedily).cache_status(), "HIT");
  const std::string log = edge.await_log("rule=last");
  std::size_t told = 0;
  for (std::size_t at = log.find("rule=first"); at != std::string::npos;
       at = log.find("rule=first", at + 1)) {
    ++told;
  }
  EXPECT_EQ(told, 2U) << log;
}

}  // namespace
}  // namespace festina::harness
