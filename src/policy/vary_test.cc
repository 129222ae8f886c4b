#include "policy/vary.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

using Fields = std::vector<std::string>;

http::Headers headers(std::initializer_list<std::pair<const char*, const char*>> lines) {
  http::Headers made;
  for (const auto& [name, value] : lines) made.add(name, value);
  return made;
}

VarySpec all(VaryAction action) { return {.otherwise = action, .rules = {}}; }

VarySpec with_rule(std::string field, VaryAction action, Fields kept = {}) {
  return {
      .otherwise = VaryAction::bypass,
      .rules = {{.field = std::move(field), .action = action, .kept = std::move(kept)}}
  };
}

TEST(Variance, HasTheFieldsOfEveryVaryLineOnce) {
  const auto response = headers({{"Vary", "Accept-Language, X-A"}, {"Vary", "x-a ,Accept"}});
  const Variance found = variance(response, all(VaryAction::passthrough));
  EXPECT_EQ(found.fields, (Fields{"accept", "accept-language", "x-a"}));
  EXPECT_FALSE(found.bypasses);
}

TEST(Variance, NamesTheFieldThatForbidsStoring) {
  const auto response = headers({{"Vary", "Accept, Cookie"}});
  EXPECT_EQ(variance(response, with_rule("accept", VaryAction::normalize)).bypasses, "cookie");
  EXPECT_FALSE(
      variance(headers({{"Vary", "Accept"}}), with_rule("accept", VaryAction::normalize)).bypasses
  );
}

TEST(Variance, LeavesAcceptEncodingOutUnlessItIsNamedToForbid) {
  const auto response = headers({{"Vary", "Accept-Encoding"}});
  EXPECT_EQ(variance(response, all(VaryAction::bypass)), Variance());
  EXPECT_EQ(variance(response, with_rule("accept-encoding", VaryAction::normalize)), Variance());
  const auto forbidden = with_rule("accept-encoding", VaryAction::bypass);
  EXPECT_EQ(variance(response, forbidden).bypasses, "accept-encoding");
}

TEST(Variance, ForbidsStoringByWhatIsNoFieldName) {
  const struct {
    const char* value;
    bool forbids;
    const char* why;
  } cases[] = {
      {"X-A", false, "a name"},
      {"", false, "nothing"},
      {" ,\t, ", false, "empty members are none (RFC 9110 §5.6.1)"},
      {",X-A,,", false, "nor beside a name"},
      {"X-A X-B", true, "no comma"},
      {"X-A;q=1", true, "names have no parameters"},
      {"\"X-A, Cookie\"", true, "a quoted list is no list"},
      {"\"X-A, Cookie", true, "nor one whose quote is never closed"},
      {"X-A, C\xc3\xb6okie", true, "a name is ASCII"},
      {"X-A:", true, "a colon"},
  };
  for (const auto& c : cases) {
    const Variance found = variance(headers({{"Vary", c.value}}), all(VaryAction::passthrough));
    EXPECT_EQ(found.bypasses.has_value(), c.forbids) << c.value << ": " << c.why;
  }
}

TEST(Variance, TakesSoManyFieldsAndNoMore) {
  std::string text = "x-0";
  for (std::size_t i = 1; i < kMaxVaryFields; ++i) text += ", x-" + std::to_string(i);
  const VarySpec spec = all(VaryAction::passthrough);
  EXPECT_FALSE(variance(headers({{"Vary", text.c_str()}}), spec).bypasses);
  text += ", x-more";
  EXPECT_TRUE(variance(headers({{"Vary", text.c_str()}}), spec).bypasses);
}

struct ValueCase {
  const char* field;
  const char* value;
  Fields kept;
  const char* expected;
  const char* why;
};

TEST(VariantValue, IsNormalizedAsTheReferenceSays) {  // reference §11.4
  const ValueCase cases[] = {
      {"accept-language", "en-US, fr;q=0.8", {}, "en,fr", "the region goes"},
      {"accept-language", "fr;q=0.8, en-GB", {}, "en,fr", "the order is by preference"},
      {"accept-language", "en-US, en-GB;q=0.9, en;q=0.8", {}, "en", "duplicates are one"},
      {"accept-language", "fr, de", {}, "de,fr", "equal ones by the alphabet"},
      {"accept-language", "EN , De;Q=0.5", {}, "en,de", "case and white space go"},
      {"accept-language", "en, fr;q=0", {}, "en,fr;q=0", "what is refused stays so"},
      {"accept-language", "nl, fr;q=0.2", {"en", "fr"}, "fr", "only what is listed"},
      {"accept-language", "pt-BR, pt;q=0.5", {"pt-br"}, "pt-br", "a listed region stays"},
      {"accept-language", "nl", {"en"}, "", "nothing listed is left"},
      {"accept", "text/html;level=1;q=0.7, image/webp", {}, "image/webp,text/html", "parameters go"
      },
      {"accept", "image/avif,image/webp,*/*;q=0.8", {"image/webp"}, "image/webp", "listed only"},
      {"accept-encoding", "gzip, br", {}, "br,gzip", "as Accept"},
      {"x-plan", " gold , b ", {}, "gold , b", "others are only trimmed"},
  };
  for (const ValueCase& c : cases) {
    const auto request = headers({{c.field, c.value}});
    const auto spec = with_rule(c.field, VaryAction::normalize, c.kept);
    EXPECT_EQ(variant_value(request, c.field, spec), c.expected) << c.why;
  }
}

TEST(VariantValue, PassesThroughWhatIsNotNormalized) {
  const auto spec = with_rule("accept-language", VaryAction::passthrough);
  EXPECT_EQ(
      variant_value(headers({{"Accept-Language", "fr, EN-us"}}), "accept-language", spec),
      "fr, EN-us"
  );
}

TEST(VariantValue, JoinsLinesAndKnowsAbsence) {
  const auto spec = all(VaryAction::passthrough);
  EXPECT_EQ(variant_value(headers({{"X-A", "1"}, {"x-a", "2"}}), "x-a", spec), "1, 2");
  EXPECT_EQ(variant_value(headers({{"X-A", ""}}), "x-a", spec), "");
  EXPECT_EQ(variant_value(headers({}), "x-a", spec), std::nullopt);
}

TEST(NormalizeForUpstream, SendsWhatTheKeyHolds) {
  auto request = headers(
      {{"Accept", "text/html;q=0.5, image/webp"}, {"Accept-Language", "nl-NL"}, {"X-A", "as it was"}
      }
  );
  VarySpec spec{
      .otherwise = VaryAction::normalize,
      .rules = {{.field = "accept-language", .action = VaryAction::normalize, .kept = {"en"}}}
  };
  normalize_for_upstream(request, spec);
  EXPECT_EQ(request.get("Accept"), "image/webp,text/html");
  EXPECT_FALSE(request.has(http::Name::accept_language)) << "an empty value removes the field";
  EXPECT_EQ(request.get("X-A"), "as it was");
}

TEST(NormalizeForUpstream, LeavesFieldsOfOtherActionsAlone) {
  auto request = headers({{"Accept", "b, a"}, {"Accept-Language", "de, en"}});
  normalize_for_upstream(request, with_rule("accept", VaryAction::passthrough));
  EXPECT_EQ(request.get("Accept"), "b, a");
  EXPECT_EQ(request.get("Accept-Language"), "de, en");
}

TEST(VariantValue, IsTheSameForWhatMeansTheSame) {  // RFC 9111 §4.1
  const struct {
    const char* field;
    const char* one;
    const char* other;
    bool are_equivalent;
    const char* why;
  } cases[] = {
      {"accept-language", "en, de", "de, en", true, "order is no preference (RFC 9110 §12.5.4)"},
      {"accept-language", "en, de", "eN,De", true, "nor is case"},
      {"accept-language", "en;q=0.5, de", "de, en; q=0.5", true, "nor white space"},
      {"accept-language", "en-US", "en", false, "the region counts"},
      {"accept-language", "en;q=0.5, de", "en;q=0.6, de", false, "and so does the quality"},
      {"x-a", "1,2", " 1 , 2 ", true, "white space around members (RFC 9110 §5.6.1)"},
      {"x-a", "1,,2", "1,2", true, "empty members"},
      {"x-a", "1,2", "2,1", false, "the order of an unknown list"},
      {"x-a", "a", "A", false, "and its case"},
      {"x-a", "\"1,2\"", "\"1, 2\"", false, "inside quotes nothing is white space"},
      {"accept", "text/html;level=1", "text/html", false, "parameters count"},
  };
  const VarySpec spec = all(VaryAction::equivalent);
  for (const auto& c : cases) {
    const auto one = variant_value(headers({{c.field, c.one}}), c.field, spec);
    const auto other = variant_value(headers({{c.field, c.other}}), c.field, spec);
    EXPECT_EQ(one == other, c.are_equivalent) << c.why;
  }
  const auto two_lines = headers({{"X-A", "1"}, {"X-A", "2"}});
  EXPECT_EQ(variant_value(two_lines, "x-a", spec), "1,2") << "as one line";
  EXPECT_EQ(variant_value(headers({}), "x-a", spec), std::nullopt);
  auto request = headers({{"Accept", "b, a"}});
  normalize_for_upstream(request, spec);
  EXPECT_EQ(request.get("Accept"), "b, a") << "the upstream gets it as it came";
}

}  // namespace
}  // namespace festina::policy
