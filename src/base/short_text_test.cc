#include "base/short_text.h"

#include <gtest/gtest.h>
#include <string>

namespace festina {
namespace {

TEST(ShortText, HoldsWhatIsAppended) {
  ShortText<5> text("ab");
  text.append("cde");
  text[0] = 'x';
  EXPECT_EQ(text, "xbcde") << "up to its last byte";
  EXPECT_EQ(std::string(text), "xbcde");
  EXPECT_EQ(ShortText<5>(), "");
}

TEST(ShortTextDeathTest, TakesNoByteMoreThanItHasRoomFor) {
  ShortText<5> text("abcde");
  EXPECT_DEATH(text.append("f"), "room");
}

}  // namespace
}  // namespace festina
