#include "rules/way.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

struct Told {
  std::string type;  // at the end, or why there is none
  bool is_mapped;
  std::string rest;
};
Told way_of(std::string_view text, Type from) {
  Lexer lexer(text);
  Operand operand{nullptr, {}, from};
  const bool is_read = read_way(lexer, operand);
  const auto& fault = lexer.fault();
  EXPECT_NE(is_read, fault.has_value());
  return {fault ? fault->why : name(operand.type), operand.is_mapped, std::string(lexer.rest())};
}

TEST(ReadWay, FollowsIndexes) {  // reference §7.3
  EXPECT_EQ(way_of(" x", kText).type, "Bytes") << "no way at all";
  EXPECT_EQ(way_of("[\"a\"] x", kTextMap).type, "Array<Bytes>");
  EXPECT_EQ(way_of("[\"\\x41\"][0x1]x", kTextMap).type, "Bytes");
  EXPECT_EQ(way_of("[ 0 ]x", kTexts).rest, "x");
  EXPECT_FALSE(way_of("[0]", kTexts).is_mapped);
  EXPECT_TRUE(way_of("[*]", kTexts).is_mapped);
  EXPECT_TRUE(way_of("[*][0]", kTextMap).is_mapped);
}

TEST(ReadWay, RefusesWhatLeadsNowhere) {
  EXPECT_EQ(way_of("[0]", kText).type, "cannot access index [0] for type Bytes");
  EXPECT_EQ(way_of("[0]", kTextMap).type, "cannot access index [0] for type Map<Array<Bytes>>");
  EXPECT_EQ(way_of("[\"a\"]", kTexts).type, "cannot access index [\"a\"] for type Array<Bytes>");
  EXPECT_EQ(way_of("[-1]", kTexts).type, "expected positive integer as index");
  EXPECT_EQ(way_of("[4294967295]", kTexts).type, "Bytes");
  EXPECT_EQ(way_of("[4294967296]", kTexts).type, "expected positive integer as index");
  EXPECT_EQ(way_of("[r\"a\"]", kTextMap).type, "expected quoted utf8 string or positive integer");
  EXPECT_EQ(way_of("[0", kTexts).type, "expected literal \"]\"");
}

}  // namespace
}  // namespace festina::rules
