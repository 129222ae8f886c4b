#include "workers/replaced.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

TEST(Replaced, PutsOneTextInPlaceOfEveryOther) {
  EXPECT_EQ(replaced("a {{x}} b {{x}}", "{{x}}", "1"), "a 1 b 1");
  EXPECT_EQ(replaced("{{x}}", "{{x}}", ""), "");
  EXPECT_EQ(replaced("none here", "{{x}}", "1"), "none here");
  EXPECT_EQ(replaced("", "{{x}}", "1"), "");
}

TEST(Replaced, DoesNotLookAtWhatItPutIn) { EXPECT_EQ(replaced("aa", "a", "aa"), "aaaa"); }

}  // namespace
}  // namespace festina::workers
