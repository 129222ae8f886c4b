#include "rules/literal.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

// What was read, "→" and what is left; or the fault.
template <class Value>
std::string told(Lexer& lexer, const std::optional<Value>& value, const auto& write) {
  const auto& fault = lexer.fault();
  EXPECT_NE(value.has_value(), fault.has_value());
  if (!value) return "fault: " + (fault ? fault->why : "none");
  return write(*value) + " then " + std::string(lexer.rest());
}
std::string text(std::string_view source) {
  Lexer lexer(source);
  return told(lexer, read_text(lexer), [](const std::string& s) { return s; });
}
std::string pattern(std::string_view source) {
  Lexer lexer(source);
  return told(lexer, read_pattern(lexer), [](const std::string& s) { return s; });
}
std::string range(std::string_view source) {
  Lexer lexer(source);
  return told(lexer, read_integer_range(lexer), [](const IntegerRange& r) {
    return std::to_string(r.first) + ".." + std::to_string(r.last);
  });
}
std::string addresses(std::string_view source) {
  Lexer lexer(source);
  return told(lexer, read_address_range(lexer), [](const AddressRange& r) {
    char first[kAddressRoom];
    char last[kAddressRoom];
    return std::string(written(r.first, first)) + ".." + std::string(written(r.last, last));
  });
}

TEST(ReadText, UndoesEscapes) {  // reference §7.3
  EXPECT_EQ(text(R"("a\"b\\c\x41\101" x)"), "a\"b\\cAA then  x");
  EXPECT_EQ(text("\"a\nb\""), "a\nb then ");
  EXPECT_EQ(text(R"("\n")"), "fault: expected \", xHH or OOO after \\");
  EXPECT_EQ(text(R"("\xg1")"), "fault: invalid digit found in string while parsing with radix 16");
  EXPECT_EQ(text(R"("\777")"), "fault: invalid digit found in string while parsing with radix 8");
  EXPECT_EQ(text(R"("\1)"), "fault: expected 3 characters, but found 1");
  EXPECT_EQ(text("\"a"), "fault: could not find an ending quote");
  EXPECT_EQ(text("\"a\\"), "fault: could not find an ending quote");
}

TEST(ReadText, LeavesRawStringsAsTheyAre) {
  EXPECT_EQ(text(R"x(r"a\"b)x"), "a\\ then b");
  EXPECT_EQ(text(R"x(r##"a"#b"##c)x"), "a\"#b then c");
  EXPECT_EQ(text("r#\"a\""), "fault: could not find an ending quote");
  EXPECT_EQ(text("r#a"), "fault: expected \" or #");
  const std::string most(kMaxRawHashes, '#');
  EXPECT_EQ(text("r" + most + "\"a\"" + most), "a then ");
  EXPECT_EQ(
      text("r#" + most + "\"a\"#" + most),
      "fault: invalid raw string hash count, there can't be more than 255 #s"
  );
}

TEST(ReadText, TakesBytes) {
  EXPECT_EQ(text("66:6f-6F.6f x"), "fooo then  x");
  EXPECT_EQ(text("66 x"), "fault: expected byte separator");
  EXPECT_EQ(text("66:"), "fault: expected 2 characters, but found 0");
}

TEST(ReadPattern, LeavesBackslashesToTheExpression) {  // reference §7.2
  EXPECT_EQ(pattern(R"x("a\d\"[b"\]\"]" c)x"), "a\\d\"[b\"\\]\\\"] then  c");
  EXPECT_EQ(pattern("\"[a\""), "fault: could not find an ending quote");
  EXPECT_EQ(pattern("\"a\\"), "fault: could not find an ending quote");
  EXPECT_EQ(pattern(R"x(r"[a")x"), "[a then ");
  EXPECT_EQ(pattern("66:6f"), "fault: expected \" or r");
}

TEST(ReadIntegerRange, KnowsThreeRadixes) {
  EXPECT_EQ(range("78"), "78..78 then ");
  EXPECT_EQ(range("-12 "), "-12..-12 then ");
  EXPECT_EQ(range("0x1f5)"), "501..501 then )");
  EXPECT_EQ(range("0123"), "83..83 then ") << "octal";
  EXPECT_EQ(range("0"), "0..0 then ");
  EXPECT_EQ(range("8000..8009"), "8000..8009 then ");
  EXPECT_EQ(
      range("-9223372036854775808..9223372036854775807"),
      "-9223372036854775808..9223372036854775807 then "
  );
  EXPECT_EQ(range("09"), "fault: invalid digit found in string while parsing with radix 8");
  EXPECT_EQ(
      range("9223372036854775808"),
      "fault: number too large to fit in target type while parsing with radix 10"
  );
  EXPECT_EQ(range("2..1"), "fault: incompatible range bounds");
  EXPECT_EQ(range("1.."), "fault: expected digit");
  EXPECT_EQ(range("-"), "fault: expected digit");
}

TEST(ReadAddressRange, KnowsNetworksAndRanges) {
  EXPECT_EQ(addresses("192.0.2.1"), "192.0.2.1..192.0.2.1 then ");
  EXPECT_EQ(addresses("192.0.2.0/24}"), "192.0.2.0..192.0.2.255 then }");
  EXPECT_EQ(addresses("0.0.0.0/0"), "0.0.0.0..255.255.255.255 then ");
  EXPECT_EQ(addresses("192.0.2.128/25"), "192.0.2.128..192.0.2.255 then ");
  EXPECT_EQ(addresses("2001:db8::/32"), "2001:db8::..2001:db8:ffff:ffff:ffff:ffff:ffff:ffff then ");
  EXPECT_EQ(addresses("2001:db8::1..2001:db8::f)"), "2001:db8::1..2001:db8::f then )");
  EXPECT_EQ(addresses("1.2.3.4..1.2.3.5"), "1.2.3.4..1.2.3.5 then ");
  EXPECT_EQ(addresses("192.0.2.1/24"), "fault: host part of address was not zero");
  EXPECT_EQ(addresses("192.0.2.0/33"), "fault: network length 33 is too long (maximum: 32)");
  EXPECT_EQ(addresses("::/129"), "fault: network length 129 is too long (maximum: 128)");
  EXPECT_EQ(addresses("192.0.2.0/"), "fault: invalid network length");
  EXPECT_EQ(addresses("1.2.3.4..::1"), "fault: incompatible range bounds");
  EXPECT_EQ(addresses("::2..::1"), "fault: incompatible range bounds");
  EXPECT_EQ(addresses("1.2.3"), "fault: invalid IP address syntax");
  EXPECT_EQ(addresses("x"), "fault: expected IP address character");
}

}  // namespace
}  // namespace festina::rules
