#include "http/field_syntax.h"

#include <gmock/gmock.h>

namespace festina::http {
namespace {

using testing::ElementsAreArray;

TEST(FieldSyntax, TokensHoldOnlyTokenBytes) {
  for (const std::string_view text : {"a", "Cache-Control", "!#$%&'*+-.^_`|~09azAZ"}) {
    EXPECT_TRUE(is_token(text)) << text;
  }
  for (const std::string_view text :
       {"", " ", "a b", "a:", "a\"", "(a)", "a/b", "[a]", "{a}", "a\x7f", "\xc3\xa4", "a=b"}) {
    EXPECT_FALSE(is_token(text)) << text;
  }
}

TEST(FieldSyntax, ValuesHoldNoControlBytesButTab) {
  EXPECT_TRUE(is_field_value(""));
  EXPECT_TRUE(is_field_value("a\tb \x80\xff~"));
  for (const char c : {'\0', '\r', '\n', '\x1f', '\x7f'}) {
    EXPECT_FALSE(is_field_value(std::string("a") + c)) << static_cast<int>(c);
  }
}

TEST(FieldSyntax, ListsHaveMembers) {
  const struct {
    std::string_view value;
    std::vector<std::string_view> members;
    std::string_view why;
  } cases[] = {
      {"", {}, "nothing"},
      {" ,, \t,", {}, "empty members are dropped (RFC 9110 §5.6.1.2)"},
      {"a", {"a"}, "one"},
      {" a ,b,\tc d ,", {"a", "b", "c d"}, "white space around members is none of theirs"},
      {R"("a,b", c)", {R"("a,b")", "c"}, "a comma in a quoted string separates nothing"},
      {R"(x="a\",b", c)", {R"(x="a\",b")", "c"}, "an escaped quote closes nothing"},
      {R"("a, b)", {"\"a", "b"}, "a quote that is never closed hides nothing"},
      {R"("a\)", {R"("a\)"}, "an escape at the end"},
  };
  for (const auto& c : cases)
    EXPECT_THAT(list_members(c.value), ElementsAreArray(c.members)) << c.why;
}

TEST(FieldSyntax, ListsMayHaveOtherSeparators) {
  ListReader list("a; b=\";\" ,c", ",;");
  EXPECT_EQ(list.next(), "a");
  EXPECT_EQ(list.next(), "b=\";\"");
  EXPECT_EQ(list.next(), "c");
  EXPECT_EQ(list.next(), std::nullopt);
}

TEST(FieldSyntax, ListTokensHaveNoCase) {
  EXPECT_TRUE(list_has_token("keep-alive, Close", "close"));
  EXPECT_FALSE(list_has_token("closed, not close", "close"));
  EXPECT_FALSE(list_has_token("", "close"));
}

TEST(FieldSyntax, QuotedStringsAreUnquotedWhole) {
  EXPECT_EQ(unquoted(R"("")"), "");
  EXPECT_EQ(unquoted(R"("a b")"), "a b");
  EXPECT_EQ(unquoted(R"("a\"\\b")"), R"(a"\b)");
  for (const std::string_view text : {"", "a", "\"", "\"a", "a\"", R"("a"b)", R"("a\")"}) {
    EXPECT_EQ(unquoted(text), std::nullopt) << text;
  }
}

TEST(FieldSyntax, QuotingIsUndoneByUnquoting) {
  for (const std::string_view text : {"", "a b", R"(a"b\)", "\\\""})
    EXPECT_EQ(unquoted(quoted(text)), text);
}

TEST(FieldSyntax, ParametersHaveANameAndPerhapsAValue) {
  const struct {
    std::string_view member;
    std::string_view name;
    std::optional<std::string> value;
  } cases[] = {
      {"public", "public", std::nullopt},
      {"max-age=60", "max-age", "60"},
      {"a=", "a", ""},
      {R"(a="b=c")", "a", "b=c"},
      {"a=b=c", "a", "b=c"},
      {R"(a="b)", "a", "\"b"},
  };
  for (const auto& c : cases) {
    const Parameter found = parameter(c.member);
    EXPECT_EQ(found.name, c.name) << c.member;
    EXPECT_EQ(found.value, c.value) << c.member;
  }
}

TEST(FieldSyntax, QualitiesAreThousandths) {  // RFC 9110 §12.4.2
  const struct {
    std::string_view text;
    std::optional<unsigned> quality;
  } cases[] = {
      {"0", 0U},
      {"0.", 0U},
      {"0.5", 500U},
      {"0.123", 123U},
      {"1", 1000U},
      {"1.", 1000U},
      {"1.000", 1000U},
      {"1.001", std::nullopt},
      {"2", std::nullopt},
      {"0.1234", std::nullopt},
      {"0.x", std::nullopt},
      {".5", std::nullopt},
      {"-1", std::nullopt},
      {"0,5", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_quality(c.text), c.quality) << c.text;
}

}  // namespace
}  // namespace festina::http
