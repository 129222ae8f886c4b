#include "http/status_range.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

struct Case {
  std::string_view text;
  std::optional<StatusRange> range;
  const char* why;
};

TEST(StatusRange, IsACodeOrTwoEnds) {
  const Case cases[] = {
      {"404", StatusRange{404, 404}, "a code alone"},
      {"200-299", StatusRange{200, 299}, "both ends belong to it"},
      {"200-200", StatusRange{200, 200}, "the same end twice"},
      {"100-599", StatusRange{100, 599}, "the widest"},
      {"0200", StatusRange{200, 200}, "a number, however it is written"},
      {"99", std::nullopt, "below the lowest"},
      {"600", std::nullopt, "above the highest"},
      {"99-200", std::nullopt, "begins below the lowest"},
      {"500-600", std::nullopt, "ends above the highest"},
      {"65736", std::nullopt, "200 in sixteen bits"},
      {"299-200", std::nullopt, "the wrong way round"},
      {"200-", std::nullopt, "no end"},
      {"-200", std::nullopt, "no beginning"},
      {"200-250-299", std::nullopt, "three ends"},
      {"2xx", std::nullopt, "a class"},
      {"", std::nullopt, "nothing"},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_status_range(c.text), c.range) << c.why;
}

TEST(StatusClass, IsADigitAndTwoLetters) {
  const Case cases[] = {
      {"1xx", StatusRange{100, 199}, "the lowest"},
      {"5xx", StatusRange{500, 599}, "the highest"},
      {"0xx", std::nullopt, "no class"},
      {"6xx", std::nullopt, "no class"},
      {"-xx", std::nullopt, "no digit"},
      {"2XX", std::nullopt, "capital letters"},
      {"20x", std::nullopt, "a range of ten"},
      {"2xxx", std::nullopt, "too long"},
      {"xx", std::nullopt, "too short"},
      {"404", std::nullopt, "a code"},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_status_class(c.text), c.range) << c.why;
}

TEST(StatusRange, ContainsItsEnds) {
  const StatusRange range{200, 299};
  EXPECT_FALSE(contains(range, 199));
  EXPECT_TRUE(contains(range, 200));
  EXPECT_TRUE(contains(range, 299));
  EXPECT_FALSE(contains(range, 300));
}

}  // namespace
}  // namespace festina::http
