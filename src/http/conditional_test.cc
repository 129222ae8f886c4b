#include "http/conditional.h"

#include <gtest/gtest.h>
#include <vector>

#include "http/date.h"

namespace festina::http {
namespace {

TEST(EntityTag, IsAQuotedTextPerhapsWeak) {
  const struct {
    std::string_view text;
    bool weak;
    std::string_view opaque;
  } cases[] = {
      {"\"a\"", false, "a"},
      {"W/\"a\"", true, "a"},
      {"\"\"", false, ""},
      {R"("a\")", false, "a\\"},
      {"\"a,b\"", false, "a,b"},
      {"\"\xc3\xa4\"", false, "\xc3\xa4"},
  };
  for (const auto& c : cases) {
    const EntityTag tag = parse_entity_tag(c.text).value_or(EntityTag{false, "none"});
    EXPECT_EQ(tag.weak, c.weak) << c.text;
    EXPECT_EQ(tag.opaque, c.opaque) << c.text;
  }
  for (const std::string_view text :
       {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W/a", "W/", "\"a\"b", "\"a b\"", "\"a\tb\"", "*"
       }) {
    EXPECT_FALSE(parse_entity_tag(text)) << text;
  }
}

TEST(EntityTag, OfAFieldIsStrongOrNone) {
  const auto opaque = [](std::optional<std::string_view> etag) {
    return strong_entity_tag(etag).value_or(EntityTag{false, "none"}).opaque;
  };
  EXPECT_EQ(opaque("\"a\""), "a");
  EXPECT_EQ(opaque("W/\"a\""), "none");
  EXPECT_EQ(opaque("a"), "none");
  EXPECT_EQ(opaque(std::nullopt), "none");
}

TEST(EntityTag, ComparesWeaklyAndStrongly) {
  // The table of RFC 9110 §8.8.3.2.
  const struct {
    EntityTag a;
    EntityTag b;
    bool strongly;
    bool weakly;
  } cases[] = {
      {{true, "1"}, {true, "1"}, false, true},
      {{true, "1"}, {true, "2"}, false, false},
      {{true, "1"}, {false, "1"}, false, true},
      {{false, "1"}, {false, "1"}, true, true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(strongly_equal(c.a, c.b), c.strongly);
    EXPECT_EQ(weakly_equal(c.a, c.b), c.weakly);
  }
}

struct Line {
  Name name;
  std::string_view value;
};

bool not_modified(
    const std::vector<Line>& lines, std::optional<std::string_view> etag,
    std::optional<std::string_view> last_modified
) {
  const TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 15);
  Headers headers;
  for (const Line& line : lines) headers.add(line.name, line.value);
  Validators validators{etag, std::nullopt};
  if (last_modified) validators.last_modified = parse_date(*last_modified, now);
  return is_not_modified(headers, validators, now);
}

TEST(NotModified, IfNoneMatchNamesTheTag) {
  const struct {
    std::vector<Line> lines;
    std::optional<std::string_view> etag;
    bool not_modified;
    std::string_view why;
  } cases[] = {
      {{}, "\"a\"", false, "an unconditional request"},
      {{{Name::if_none_match, "\"a\""}}, "\"a\"", true, "the same"},
      {{{Name::if_none_match, "\"b\""}}, "\"a\"", false, "another"},
      {{{Name::if_none_match, "W/\"a\""}}, "\"a\"", true, "weak comparison (RFC 9110 §13.1.2)"},
      {{{Name::if_none_match, "\"a\""}}, "W/\"a\"", true, "weak comparison"},
      {{{Name::if_none_match, "\"b\", W/\"c\" ,\"a\""}}, "\"a\"", true, "one of a list"},
      {{{Name::if_none_match, "\"b\""}, {Name::if_none_match, "\"a\""}},
       "\"a\"",
       true,
       "one of two lines"},
      {{{Name::if_none_match, "\"b,\"a\""}}, "\"a\"", false, "a tag with a comma, then no tag"},
      {{{Name::if_none_match, R"("b\", "a")"}},
       "\"a\"",
       true,
       "a backslash escapes nothing in a tag"},
      {{{Name::if_none_match, "x, \"a\""}}, "\"a\"", true, "what is no tag is passed over"},
      {{{Name::if_none_match, "\"a\"x"}}, "\"a\"", false, "no tag: something behind it"},
      {{{Name::if_none_match, "\"a\";q=1, \"b\""}}, "\"b\"", true, "nor with a parameter"},
      {{{Name::if_none_match, "\"a\" \"b\""}}, "\"a\"", false, "no comma"},
      {{{Name::if_none_match, "w/\"a\""}}, "\"a\"", false, "W has a case"},
      {{{Name::if_none_match, "\"a"}}, "\"a\"", false, "a quote that is never closed"},
      {{{Name::if_none_match, "*, \"b\""}}, "\"a\"", false, "any stands alone"},
      {{{Name::if_none_match, ",,\t\"a\" ,"}}, "\"a\"", true, "empty members are none"},
      {{{Name::if_none_match, "a"}}, "\"a\"", false, "a tag has quotes"},
      {{{Name::if_none_match, "a"}}, "a", false, "a stored text without quotes is no tag"},
      {{{Name::if_none_match, "*"}}, "\"a\"", true, "any"},
      {{{Name::if_none_match, "*"}}, std::nullopt, true, "any: there is a representation"},
      {{{Name::if_none_match, "\"*\""}}, "\"a\"", false, "a tag that looks like any"},
      {{{Name::if_none_match, ""}}, "\"a\"", false, "empty"},
      {{{Name::if_none_match, "\"a\""}}, std::nullopt, false, "no tag stored"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(not_modified(c.lines, c.etag, std::nullopt), c.not_modified) << c.why;
}

TEST(NotModified, IfModifiedSinceComparesDates) {
  constexpr std::string_view before = "Sat, 05 Nov 1994 08:49:37 GMT";
  constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr std::string_view after = "Mon, 07 Nov 1994 08:49:37 GMT";
  const struct {
    std::vector<Line> lines;
    std::optional<std::string_view> last_modified;
    bool not_modified;
    std::string_view why;
  } cases[] = {
      {{{Name::if_modified_since, date}}, date, true, "the same date"},
      {{{Name::if_modified_since, after}}, date, true, "a later one (RFC 9110 §13.1.3)"},
      {{{Name::if_modified_since, before}}, date, false, "an earlier one"},
      {{{Name::if_modified_since, "yesterday"}}, date, false, "what is no date is ignored"},
      {{{Name::if_modified_since, date}}, std::nullopt, false, "no date stored"},
      {{{Name::if_modified_since, after}, {Name::if_none_match, "\"b\""}},
       date,
       false,
       "If-None-Match decides alone (RFC 9110 §13.2.2)"},
      {{{Name::if_modified_since, before}, {Name::if_none_match, "\"a\""}},
       date,
       true,
       "If-None-Match decides alone"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(not_modified(c.lines, "\"a\"", c.last_modified), c.not_modified) << c.why;
}

TEST(Precondition, FailsWhenAnotherRepresentationIsMeant) {  // RFC 9110 §13.1.1, §13.1.4
  constexpr std::string_view before = "Sat, 05 Nov 1994 08:49:37 GMT";
  constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 15);
  const struct {
    std::vector<Line> lines;
    std::string_view etag;
    bool fails;
    std::string_view why;
  } cases[] = {
      {{}, "\"a\"", false, "an unconditional request"},
      {{{Name::if_match, "\"a\""}}, "\"a\"", false, "the same"},
      {{{Name::if_match, "\"b\""}}, "\"a\"", true, "another"},
      {{{Name::if_match, "\"b\", \"a\""}}, "\"a\"", false, "one of a list"},
      {{{Name::if_match, "W/\"a\""}}, "\"a\"", true, "strong comparison"},
      {{{Name::if_match, "\"a\""}}, "W/\"a\"", true, "strong comparison"},
      {{{Name::if_match, "*"}}, "\"a\"", false, "any"},
      {{{Name::if_unmodified_since, date}}, "\"a\"", false, "the same date"},
      {{{Name::if_unmodified_since, before}}, "\"a\"", true, "modified since"},
      {{{Name::if_unmodified_since, "never"}}, "\"a\"", false, "what is no date is ignored"},
      {{{Name::if_unmodified_since, before}, {Name::if_match, "\"a\""}},
       "\"a\"",
       false,
       "If-Match decides alone (RFC 9110 §13.2.2)"},
  };
  for (const auto& c : cases) {
    Headers headers;
    for (const Line& line : c.lines) headers.add(line.name, line.value);
    const Validators validators{.etag = c.etag, .last_modified = parse_date(date, now)};
    EXPECT_EQ(precondition_fails(headers, validators, now), c.fails) << c.why;
  }
}

TEST(Weakened, IsTheSameTagWeak) {  // RFC 9110 §8.8.1
  EXPECT_EQ(weakened("\"v1\""), "W/\"v1\"");
  EXPECT_EQ(weakened("W/\"v1\""), "W/\"v1\"");
  EXPECT_EQ(weakened("v1"), "v1");
}

}  // namespace
}  // namespace festina::http
