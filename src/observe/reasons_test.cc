#include "observe/reasons.h"

#include <gtest/gtest.h>
#include <set>

namespace festina::observe {
namespace {

using policy::Reason;

TEST(Reasons, HaveANameOfTheirOwnAndASentence) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(policy::kLastReason); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(name(reason)).second) << name(reason);
    EXPECT_EQ(sentence(reason, "x").find('%'), std::string::npos) << name(reason);
  }
}

}  // namespace
}  // namespace festina::observe
