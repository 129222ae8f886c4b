#include "rules/vary_setting.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using policy::VaryAction;

Result<policy::VarySpec> parse(const std::string& text) {
  return parse_vary(json::parse(text).value());
}

TEST(ParseVary, ReadsTheExampleOfTheApi) {  // reference §6.2
  const auto spec = parse(R"({"default":{"action":"bypass"},"headers":{
    "accept":{"action":"normalize","media_types":["image/webp","image/AVIF"]},
    "accept-language":{"action":"normalize","languages":["en","de","fr"]},
    "X-Custom-Header":{"action":"passthrough"}}})");
  ASSERT_TRUE(spec) << spec.error().detail;
  EXPECT_EQ(spec->otherwise, VaryAction::bypass);
  const std::vector<policy::VaryRule> rules{
      {"accept", VaryAction::normalize, {"image/webp", "image/avif"}},
      {"accept-language", VaryAction::normalize, {"en", "de", "fr"}},
      {"x-custom-header", VaryAction::passthrough, {}},
  };
  EXPECT_EQ(spec->rules, rules);
  EXPECT_TRUE(parse(R"({"default":{"action":"normalize"}})"));
}

TEST(ParseVary, NamesWhatIsWrong) {
  struct Case {
    const char* text;
    const char* why;
  };
  const Case cases[] = {
      {"7", "it must be an object"},
      {"{}", "default is missing"},
      {R"({"default":{"action":"ignore"}})",
       R"(default.action must be "bypass", "passthrough" or "normalize")"},
      {R"({"default":{"action":"bypass"},"headers":[]})", "headers must be an object of at most 50"
      },
      {R"({"default":{"action":"bypass"},"headers":{"cf-ray":{"action":"passthrough"}}})",
       "headers.cf-ray is no header that may set variants apart"},
      {R"({"default":{"action":"bypass"},"headers":{"a b":{"action":"passthrough"}}})",
       "headers.a b is no header that may set variants apart"},
      {R"({"default":{"action":"bypass"},"headers":{"x":1}})", "headers.x must be an object"},
      {R"({"default":{"action":"bypass"},"headers":{"x":{"action":"normalize","languages":[]}}})",
       "headers.x.languages means nothing there"},
      {R"({"default":{"action":"bypass"},"headers":{"accept":{"action":"normalize","media_types":[1]}}})",
       "headers.accept.media_types must hold printable texts of at most 255 characters"},
  };
  for (const Case& c : cases) {
    const auto spec = parse(c.text);
    ASSERT_FALSE(spec) << c.text;
    EXPECT_EQ(spec.error().detail, c.why);
  }
}

std::string with_headers(std::size_t count) {
  std::string text = R"({"default":{"action":"bypass"},"headers":{"x-0":{"action":"bypass"})";
  for (std::size_t i = 1; i < count; ++i)
    text += ",\"x-" + std::to_string(i) + "\":{\"action\":\"bypass\"}";
  return text + "}}";
}
std::string with_name(std::size_t bytes) {
  return R"({"default":{"action":"bypass"},"headers":{")" + std::string(bytes, 'x') +
         R"(":{"action":"bypass"}}})";
}
std::string with_list(
    const std::string& header, const std::string& member, std::size_t items, std::size_t bytes
) {
  std::string list = "\"" + std::string(bytes, 'a') + "\"";
  for (std::size_t i = 1; i < items; ++i) list += ",\"a\"";
  return R"({"default":{"action":"bypass"},"headers":{")" + header +
         R"(":{"action":"normalize",")" + member + "\":[" + list + "]}}}";
}

TEST(ParseVary, HasLimits) {
  EXPECT_TRUE(parse(with_headers(kMaxVaryHeaders)));
  EXPECT_FALSE(parse(with_headers(kMaxVaryHeaders + 1)));
  EXPECT_TRUE(parse(with_name(kMaxVaryHeaderName)));
  EXPECT_FALSE(parse(with_name(kMaxVaryHeaderName + 1)));
  EXPECT_TRUE(parse(with_list("accept", "media_types", kMaxVaryMediaTypes, kMaxVaryMediaTypeBytes))
  );
  EXPECT_FALSE(parse(with_list("accept", "media_types", kMaxVaryMediaTypes + 1, 1)));
  EXPECT_FALSE(parse(with_list("accept", "media_types", 1, kMaxVaryMediaTypeBytes + 1)));
  EXPECT_TRUE(
      parse(with_list("accept-language", "languages", kMaxVaryLanguages, kMaxVaryLanguageBytes))
  );
  EXPECT_FALSE(parse(with_list("accept-language", "languages", kMaxVaryLanguages + 1, 1)));
  EXPECT_FALSE(parse(with_list("accept-language", "languages", 1, kMaxVaryLanguageBytes + 1)));
}

}  // namespace
}  // namespace festina::rules
