#include "base/errors.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace festina {
namespace {

Result<std::unique_ptr<int>> positive(int number) {
  if (number > 0) return std::make_unique<int>(number);
  return Error{ErrorCode::malformed, Side::client, "not positive"};
}

Result<> succeeds() { return {}; }

TEST(Result, HoldsAValueThatOnlyMoves) {
  auto result = positive(3);
  ASSERT_TRUE(result);
  const std::unique_ptr<int> number = std::move(*result);
  EXPECT_EQ(*number, 3);
}

TEST(Result, HoldsTheError) {
  const auto result = positive(-1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorCode::malformed, Side::client, "not positive"}));
}

TEST(Result, OfNothingIsASuccessByDefault) { EXPECT_TRUE(succeeds()); }

TEST(ResultDeathTest, ValueOfAnErrorEndsTheProcess) {
  EXPECT_DEATH(positive(0).value(), "client malformed: not positive .*errors_test.cc");
}

TEST(Error, TakesTheContextInFront) {
  const Error refused{ErrorCode::refused, Side::origin, "connection refused"};
  const Error told = with_detail(refused, "origin example");
  EXPECT_EQ(told, (Error{ErrorCode::refused, Side::origin, "origin example: connection refused"}));
}

TEST(Error, IsTheContextWhenItHadNoDetail) {
  EXPECT_EQ(with_detail({ErrorCode::io, Side::self, ""}, "disk").detail, "disk");
}

TEST(ErrorCode, IsNamedAsItIsSpelled) {
  EXPECT_EQ(name(ErrorCode::malformed), "malformed");
  EXPECT_EQ(name(ErrorCode::connect_timed_out), "connect_timed_out");
  EXPECT_EQ(name(ErrorCode::worker_unavailable), "worker_unavailable");
  EXPECT_EQ(name(Side::origin), "origin");
}

TEST(Check, PassesWhatHolds) { check(true, "one is one"); }

TEST(CheckDeathTest, EndsTheProcessAndNamesTheReasonAndThePlace) {
  EXPECT_DEATH(check(false, "the lock is held"), "the lock is held .*errors_test.cc");
  EXPECT_DEATH(unreachable("every case is listed"), "every case is listed .*errors_test.cc");
}

}  // namespace
}  // namespace festina
