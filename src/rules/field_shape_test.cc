#include "rules/field_shape.h"

#include <gtest/gtest.h>

#include "rules/parser.h"

namespace festina::rules {
namespace {

// Of the comparison that this is.
bool may_pass(std::string_view text) {
  const auto program = parse_condition(text, Phase::response, Plan::enterprise);
  EXPECT_TRUE(program) << text << (program ? "" : program.error().detail);
  const auto& comparison = std::get<Comparison>(std::get<Condition>((*program)->root).is);
  return !why_none_passes(comparison.left, comparison.test).has_value();
}

TEST(FieldShape, KnowsWhatAFieldIsNever) {
  const struct {
    std::string_view field;
    std::string_view never;  // the test
    std::string_view maybe;  // a near one
  } cases[] = {
      {"http.host", "eq \"Example.com\"", "eq \"example.com\""},
      {"http.host", "eq \"example.com/a\"", "eq \"example.com\""},
      {"http.host", "in {\"A.example\" \"B.example\"}", "in {\"A.example\" \"b.example\"}"},
      {"http.host", "contains \"Shop\"", "contains \"shop\""},
      {"http.request.uri.path", "eq \"static\"", "eq \"/static\""},
      {"http.request.uri.path", "wildcard \"static/*\"", "wildcard \"*static/*\""},
      {"http.request.uri.path", "wildcard \"static\"", "wildcard \"/Static\""},
      {"http.request.uri", "eq \"a?b=c\"", "eq \"/a?b=c\""},
      {"http.request.full_uri", "wildcard \"example.com/*\"", "wildcard \"http*://example.com/*\""},
      {"http.request.full_uri", "eq \"https\"", "eq \"https://example.com/\""},
      {"http.request.uri.path.extension", "eq \"JPG\"", "eq \"jpg\""},
      {"http.request.uri.path.extension", "eq \".jpg\"", "eq \"\""},
      {"http.request.uri.path.extension", "in {\".js\" \".css\"}", "in {\".js\" \"css\"}"},
      {"http.request.headers.names[0]", "eq \"X-Debug\"", "eq \"x-debug\""},
      {"ip.src.country", "eq \"de\"", "eq \"DE\""},
      {"raw.http.request.uri.path", "eq \"a\"", "eq \"/a\""},
  };
  for (const auto& c : cases) {
    EXPECT_FALSE(may_pass(std::string(c.field) + " " + std::string(c.never))) << c.never;
    EXPECT_TRUE(may_pass(std::string(c.field) + " " + std::string(c.maybe))) << c.maybe;
  }
}

TEST(FieldShape, LeavesOtherTestsOpen) {
  for (const std::string_view text :
       {"http.host ne \"Example.com\"",
        "http.host lt \"Example.com\"",
        "http.host matches \"Example\"",
        "http.referer eq \"Example.com\"",
        "lower(http.host) eq \"Example.com\"",
        "http.request.uri.args[\"A\"][0] eq \"a\"",
        "http.request.headers[\"x-debug\"][0] eq \"A\"",
        "http.request.uri.path contains \"Static\"",
        "http.response.code eq 999"}) {
    EXPECT_TRUE(may_pass(text)) << text;
  }
}

TEST(FieldShape, KnowsNamesOfHeaders) {
  EXPECT_FALSE(may_pass("http.request.headers[\"X-Debug\"][0] eq \"1\""));
  EXPECT_TRUE(may_pass("http.request.headers[\"x-debug\"][0] eq \"1\""));
  EXPECT_FALSE(may_pass("http.response.headers[\"X-Debug\"][0] ne \"1\"")) << "it is missing";
  EXPECT_TRUE(may_pass("http.request.cookies[\"Session\"][0] eq \"1\""));
}

TEST(FieldShape, KnowsTheBeginnings) {
  EXPECT_FALSE(may_pass("starts_with(http.request.uri.path, \"static\")"));
  EXPECT_TRUE(may_pass("starts_with(http.request.uri.path, \"/static\")"));
  EXPECT_FALSE(may_pass("starts_with(http.request.full_uri, \"example.com\")"));
  EXPECT_TRUE(may_pass("starts_with(http.request.full_uri, \"htt\")"));
  EXPECT_FALSE(may_pass("ends_with(http.host, \".Example\")"));
  EXPECT_TRUE(may_pass("ends_with(http.request.uri.path, \"static\")"));
}

TEST(NameOf, IsAsItWasWritten) {
  const auto name = [](std::string_view text) {
    const auto program = parse_condition(text, Phase::request, Plan::enterprise).value();
    return name_of(std::get<Comparison>(std::get<Condition>(program->root).is).left);
  };
  EXPECT_EQ(name("http.host eq \"a\""), "http.host");
  EXPECT_EQ(name("http.request.headers[\"a\"][0] eq \"a\""), "http.request.headers[\"a\"][0]");
  EXPECT_EQ(name("lower(http.host) eq \"a\""), "lower(...)");
}

}  // namespace
}  // namespace festina::rules
