#include "store/change_log.h"

#include <gtest/gtest.h>

namespace festina::store {
namespace {

TEST(ChangeKind, IsFoundByItsName) {
  EXPECT_EQ(change_kind(name(ChangeKind::purge)), ChangeKind::purge);
}

TEST(ChangeKind, IsNothingForAnotherName) {
  EXPECT_EQ(change_kind(""), std::nullopt);
  EXPECT_EQ(change_kind("Purge"), std::nullopt);
}

}  // namespace
}  // namespace festina::store
