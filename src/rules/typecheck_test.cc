#include "rules/typecheck.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(TypeAt, FollowsAWay) {  // reference §7.3
  EXPECT_EQ(type_at(kTextMap, std::string("a")), kTexts);
  EXPECT_EQ(type_at(kTextMap, EachItem{}), kTexts);
  EXPECT_EQ(type_at(kTextMap, std::uint32_t{0}), std::nullopt);
  EXPECT_EQ(type_at(kTexts, std::uint32_t{0}), kText);
  EXPECT_EQ(type_at(kTexts, EachItem{}), kText);
  EXPECT_EQ(type_at(kTexts, std::string("a")), std::nullopt);
  EXPECT_EQ(type_at(kText, EachItem{}), std::nullopt);
}

TEST(Name, IsThatOfErrors) {
  EXPECT_EQ(name(kTextMap), "Map<Array<Bytes>>");
  EXPECT_EQ(name(array_of(array_of(kBoolean))), "Array<Array<Bool>>");
  EXPECT_EQ(name(kAddress), "Ip");
  EXPECT_EQ(name(Index(std::string("a"))), "[\"a\"]");
  EXPECT_EQ(name(Index(EachItem{})), "[*]");
}

TEST(Combine, WantsTheSameOnBothSides) {  // reference §7.1
  EXPECT_TRUE(combine(kBoolean, kBoolean));
  EXPECT_TRUE(combine(array_of(kBoolean), array_of(kBoolean)));
  EXPECT_FALSE(combine(kBoolean, array_of(kBoolean)));
}

TEST(UnknownIdentifier, GuessesWhatIsMeant) {
  EXPECT_EQ(unknown_identifier("http.hos"), "unknown identifier (did you mean http.host?)");
  EXPECT_EQ(unknown_identifier("lenn"), "unknown identifier (did you mean len?)");
  EXPECT_EQ(unknown_identifier("elephant"), "unknown identifier");
}

}  // namespace
}  // namespace festina::rules
