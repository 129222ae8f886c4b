#include "rules/decoding.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

std::string url(std::string_view text, Unicode unicode = Unicode::left) {
  Scratch scratch;
  return std::string(url_decoded(text, unicode, scratch));
}

TEST(UrlDecoded, UndoesPercentsAndPluses) {  // reference §7.4
  EXPECT_EQ(url("a%20b+c%41%2f"), "a b cA/");
  EXPECT_EQ(url("%2520"), "%20") << "once";
  EXPECT_EQ(url("%"), "%");
  EXPECT_EQ(url("%4"), "%4");
  EXPECT_EQ(url("%zz%"), "%zz%");
  EXPECT_EQ(url(""), "");
}

TEST(UrlDecoded, WritesUtf8WhenTold) {
  EXPECT_EQ(url("%u00e9"), "%u00e9");
  EXPECT_EQ(url("%u0041%u00e9%U20AC", Unicode::decoded), "A\xc3\xa9\xe2\x82\xac");
  EXPECT_EQ(url("%u12", Unicode::decoded), "%u12");
}

TEST(Base64Decoded, TakesPaddingOrNot) {
  const auto decoded = [](std::string_view text) {
    Scratch scratch;
    const auto bytes = base64_decoded(text, scratch);
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
  };
  EXPECT_EQ(decoded("aGVsbG8="), "hello");
  EXPECT_EQ(decoded("aGVsbG8"), "hello");
  EXPECT_EQ(decoded("YQ=="), "a");
  EXPECT_EQ(decoded("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(decoded(""), "");
  for (const char* none : {"a", "aGVsbG8===", "a b=", "_-_-", "=aa="})
    EXPECT_EQ(decoded(none), std::nullopt) << none;
}

}  // namespace
}  // namespace festina::rules
