#include "cache/fill_memory.h"

#include <array>
#include <gtest/gtest.h>
#include <thread>

namespace festina::cache {
namespace {

constexpr std::uint64_t kBudget = 4000;
constexpr std::uint64_t kLimit = kBudget / kFillShare;

TEST(FillMemory, GivesItsShareOfTheBudgetAndNoByteMore) {
  FillMemory memory(kBudget);
  FillMemory::Part first(memory);
  FillMemory::Part second(memory);
  EXPECT_TRUE(first.try_hold(400));
  EXPECT_FALSE(second.try_hold(kLimit - 400 + 1));
  EXPECT_EQ(second.bytes(), 0u);
  EXPECT_TRUE(second.try_hold(kLimit - 400));
  EXPECT_EQ(memory.bytes(), kLimit);
  EXPECT_FALSE(first.try_hold(401));
  EXPECT_EQ(first.bytes(), 400u);
}

TEST(FillMemory, GivesMoreToOneThatIsAlone) {
  FillMemory memory(kBudget);
  FillMemory::Part large(memory);
  EXPECT_TRUE(large.try_hold(kLimit + 500));
  EXPECT_TRUE(large.try_hold(kLimit + 900)) << "it is still alone";
  FillMemory::Part late(memory);
  EXPECT_FALSE(late.try_hold(1));
  large.hold(0);
  EXPECT_TRUE(late.try_hold(1));
}

TEST(FillMemory, TakesBackWhatIsNotNeededAnyMore) {
  FillMemory memory(kBudget);
  {
    FillMemory::Part part(memory);
    EXPECT_TRUE(part.try_hold(500));
    EXPECT_TRUE(part.try_hold(200));
    EXPECT_EQ(memory.bytes(), 200u);
    const FillMemory::Part moved(std::move(part));
    EXPECT_EQ(memory.bytes(), 200u);
    EXPECT_EQ(moved.bytes(), 200u);
  }
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(FillMemory, CountsWhatIsHeldAnyway) {
  FillMemory memory(kBudget);
  FillMemory::Part first(memory);
  FillMemory::Part second(memory);
  first.hold(kLimit);
  second.hold(10);
  EXPECT_EQ(memory.bytes(), kLimit + 10);
}

TEST(FillMemory, HasNoLimitForABodyOfNoCache) {
  FillMemory::Part none;
  EXPECT_TRUE(none.try_hold(UINT64_MAX));
  none.count_outrun();
}

TEST(FillMemory, CountsReadersThatWereOutrun) {
  FillMemory memory(kBudget);
  const FillMemory::Part part(memory);
  part.count_outrun();
  part.count_outrun();
  EXPECT_EQ(memory.outrun(), 2u);
}

void hold_again_and_again(FillMemory& memory) {
  for (std::uint64_t round = 0; round < 2000; ++round) {
    FillMemory::Part part(memory);
    (void)part.try_hold(kLimit / 2 + round % 7);
    ASSERT_LE(memory.bytes(), kLimit);
  }
}

TEST(FillMemory, KeepsItsLimitForManyThreads) {
  FillMemory memory(kBudget);
  FillMemory::Part present(memory);
  ASSERT_TRUE(present.try_hold(1));
  std::array<std::jthread, 4> threads;
  for (std::jthread& thread : threads)
    thread = std::jthread([&memory] { hold_again_and_again(memory); });
  for (std::jthread& thread : threads) thread.join();
  EXPECT_EQ(memory.bytes(), 1u);
}

}  // namespace
}  // namespace festina::cache
