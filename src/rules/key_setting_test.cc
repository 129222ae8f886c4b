#include "rules/key_setting.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using policy::CustomKey;
using policy::ParametersInKey;
using Texts = std::vector<std::string>;

struct Read {
  std::optional<KeyWish> wish;
  Texts faults;
};
Read read(std::string_view text) {
  const json::Value value = json::parse(text).value();
  Findings findings;
  Reading reading(value, findings);
  Read result{.wish = read_key(reading), .faults = {}};
  for (const Fault& fault : findings.faults)
    result.faults.push_back(fault.pointer + ": " + fault.message);
  return result;
}

std::string list_of(std::size_t names) {
  std::string text = "[";
  for (std::size_t i = 0; i < names; ++i)
    text += std::string(i > 0 ? "," : "") + "\"n" + std::to_string(i) + "\"";
  return text + "]";
}

TEST(KeySetting, ReadsEverything) {  // reference §6.2
  const Read all = read(R"({
      "query_string": {"include": {"list": ["a", "b%5b%5D"]}},
      "header": {"include": ["X-Variant"], "check_presence": ["x-beta"],
                 "contains": {"Accept": ["webp", "avif"]}, "exclude_origin": true},
      "cookie": {"include": ["lang"], "check_presence": ["sid"]},
      "host": {"resolved": true},
      "user": {"device_type": true, "geo": true, "lang": true}})");
  EXPECT_EQ(all.faults, Texts{});
  if (!all.wish || !all.wish->custom) FAIL();
  const CustomKey expected{
      .parameters = ParametersInKey::listed,
      .parameter_names = {"a", http::normalized_query("b%5B%5D")},
      .fields = {"x-variant"},
      .fields_present = {"x-beta"},
      .fields_containing = {{"accept", {"webp", "avif"}}},
      .excludes_origin = true,
      .cookies = {"lang"},
      .cookies_present = {"sid"},
      .with_resolved_host = true
  };
  EXPECT_EQ(*all.wish->custom, expected);
  EXPECT_TRUE(all.wish->by_device && all.wish->by_country && all.wish->by_language);
}

TEST(KeySetting, TakesParametersInAllTheirForms) {  // reference §6.2
  const CustomKey listed{.parameters = ParametersInKey::listed, .parameter_names = {"a", "b"}};
  const CustomKey unlisted{.parameters = ParametersInKey::unlisted, .parameter_names = {"a"}};
  const struct {
    const char* query;
    std::optional<CustomKey> custom;
    bool without_query;
  } cases[] = {
      {R"({"include": {"list": ["a", "b"]}})", listed, false},
      {R"({"include": ["a", "b"]})", listed, false},
      {R"({"include": {"all": true}})", {}, false},
      {R"({"include": "*"})", {}, false},
      {R"({"include": ["*"]})", {}, false},
      {R"({"exclude": {"list": ["a"]}})", unlisted, false},
      {R"({"exclude": ["a"]})", unlisted, false},
      {R"({"exclude": {"all": true}})", {}, true},
      {R"({"exclude": "*"})", {}, true},
      {R"({"exclude": ["*"]})", {}, true},
  };
  for (const auto& c : cases) {
    const Read result = read("{\"query_string\": " + std::string(c.query) + "}");
    EXPECT_EQ(result.faults, Texts{}) << c.query;
    if (!result.wish) FAIL() << c.query;
    EXPECT_EQ(result.wish->without_query, c.without_query) << c.query;
    ASSERT_EQ(result.wish->custom != nullptr, c.custom.has_value()) << c.query;
    if (c.custom) EXPECT_EQ(*result.wish->custom, *c.custom) << c.query;
  }
}

TEST(KeySetting, MeansNothingWhenItIsEmpty) {  // reference §6.2
  EXPECT_FALSE(read("{}").wish);
  EXPECT_EQ(read("{}").faults, Texts{});
}

TEST(KeySetting, RefusesWhatIsOutOfBounds) {  // reference §6.2
  const struct {
    std::string text;
    const char* fault;
  } cases[] = {
      {R"({"query_string": {"include": "*", "exclude": "*"}})",
       "/query_string: must have \"include\" or \"exclude\", not both"},
      {R"({"query_string": {"include": []}})", "/query_string/include: must not be empty"},
      {R"({"query_string": {"include": {"list": []}}})",
       "/query_string/include/list: must not be empty"},
      {R"({"query_string": {"include": {"list": ["a"], "all": true}}})",
       "/query_string/include: must have either \"list\" or \"all\": true"},
      {R"({"query_string": {"include": {}}})",
       "/query_string/include: must have either \"list\" or \"all\": true"},
      {R"({"query_string": {"include": 1}})",
       "/query_string/include: must be {\"list\": [...]} or {\"all\": true}"},
      {R"({"query_string": {"include": )" + list_of(101) + "}}",
       "/query_string/include: must not have more than 100 items"},
      {R"({"header": {"include": ["Cookie"]}})",
       "/header/include/0: \"cookie\" may not be in a cache key"},
      {R"({"header": {"check_presence": ["a", "If-Match"]}})",
       "/header/check_presence/1: \"if-match\" may not be in a cache key"},
      {R"({"header": {"include": ["cf-ray"]}})",
       "/header/include/0: \"cf-ray\" may not be in a cache key"},
      {R"({"header": {"include": ["user-agent"]}})",
       "/header/include/0: \"user-agent\" may be in a cache key by \"contains\" only"},
      {R"({"header": {"include": ["a b"]}})", "/header/include/0: \"a b\" is no name of a header"},
      {R"({"header": {"contains": {"accept": ["1", "2", "3", "4"]}}})",
       "/header/contains/accept: must not have more than 3 items"},
      {R"({"header": {"contains": {"accept": []}}})", "/header/contains/accept: must not be empty"},
      {R"({"header": {"exclude": ["x"]}})", "/header/exclude: exclude may name \"origin\" only"},
      {R"({"cookie": {"include": ["__cfduid"]}})",
       "/cookie/include: include must not hold \"__cfduid\": it is the edge's own"},
      {R"({"cookie": {"include": ["a=b"]}})", "/cookie/include: include must hold names of cookies"
      },
      {R"({"host": {"resolved": 1}})", "/host/resolved: resolved must be true or false"},
      {R"({"user": {"geo": true, "device": true}})", "/user/device: device is not known here"},
      {R"({"querystring": {}})",
       "/querystring: querystring is not known here, did you mean \"query_string\"?"},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.text).faults, Texts{c.fault}) << c.text;
}

TEST(KeySetting, TakesAsManyNamesAsTheLimit) {
  EXPECT_EQ(
      read(R"({"query_string": {"include": )" + list_of(kMaxKeyNames) + "}}").faults, Texts{}
  );
  EXPECT_EQ(read(R"({"header": {"contains": {"accept": ["1", "2", "3"]}}})").faults, Texts{});
  const std::string longest(kMaxKeyNameBytes, 'x');
  EXPECT_EQ(read(R"({"header": {"include": [")" + longest + R"("]}})").faults, Texts{});
  EXPECT_EQ(read(R"({"header": {"include": [")" + longest + R"(x"]}})").faults.size(), 1U);
}

TEST(KeySetting, TakesThePageRulesWayOfOrigin) {  // reference §8.2
  const Read result = read(R"({"header": {"exclude": ["Origin"]}})");
  EXPECT_EQ(result.faults, Texts{});
  EXPECT_TRUE(result.wish && result.wish->custom && result.wish->custom->excludes_origin);
}

}  // namespace
}  // namespace festina::rules
