#include "net/head_memory.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace festina::net {
namespace {

// A connection that notes which of its heads were given up.
struct Connection final : HalfOpen {
  explicit Connection(HeadMemory& memory) : head(memory, *this) {}
  void give_up(HeadId id) override { current_given_up = head.is(id); }

  bool current_given_up = false;
  SlowHead head;
};

TEST(HeadMemory, CountsHeadsUntilTheyAreReleased) {
  HeadMemory memory;
  Connection first(memory);
  Connection second(memory);
  EXPECT_EQ(memory.bytes(), 0U);
  first.head.hold(100);
  second.head.hold(10);
  first.head.hold(300);
  EXPECT_EQ(memory.bytes(), 310U) << "what it has now, not what was added to it";
  first.head.release();
  EXPECT_EQ(memory.bytes(), 10U);
  first.head.release();
  EXPECT_EQ(memory.bytes(), 10U) << "there was none";
}

TEST(HeadMemory, ReleasesTheHeadOfAConnectionThatGoes) {
  HeadMemory memory;
  {
    Connection gone(memory);
    gone.head.hold(100);
  }
  EXPECT_EQ(memory.bytes(), 0U);
}

TEST(HeadMemory, HoldsAsMuchAsItsLimit) {
  HeadMemory memory(100);
  Connection first(memory);
  Connection second(memory);
  first.head.hold(60);
  second.head.hold(40);
  EXPECT_FALSE(first.current_given_up || second.current_given_up);
  EXPECT_EQ(memory.bytes(), 100U);
  second.head.hold(41);
  EXPECT_TRUE(first.current_given_up);
  EXPECT_FALSE(second.current_given_up);
  EXPECT_EQ(memory.bytes(), 41U);
}

TEST(HeadMemory, GivesUpTheHeadsThatBeganFirst) {
  HeadMemory memory(100);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 4; ++i) {
    connections.push_back(std::make_unique<Connection>(memory));
    connections.back()->head.hold(20);
  }
  connections[0]->head.hold(25);
  connections[3]->head.hold(80);
  EXPECT_TRUE(connections[0]->current_given_up) << "began first, whenever it grew";
  EXPECT_TRUE(connections[1]->current_given_up) << "one was not enough";
  EXPECT_FALSE(connections[2]->current_given_up);
  EXPECT_FALSE(connections[3]->current_given_up);
  EXPECT_EQ(memory.bytes(), 100U);
}

TEST(HeadMemory, CountsAConnectionsNextHeadAsYounger) {
  HeadMemory memory(100);
  Connection first(memory);
  Connection second(memory);
  first.head.hold(50);
  second.head.hold(50);
  first.head.release();
  first.head.hold(51);
  EXPECT_FALSE(first.current_given_up);
  EXPECT_TRUE(second.current_given_up);
}

TEST(HeadMemory, CountsNoMoreWhatItHasGivenUp) {
  HeadMemory memory(100);
  Connection first(memory);
  Connection second(memory);
  first.head.hold(50);
  second.head.hold(60);
  ASSERT_TRUE(first.current_given_up);
  first.head.hold(90);  // had come before its thread heard of it
  EXPECT_EQ(memory.bytes(), 60U);
  EXPECT_FALSE(second.current_given_up);
  first.head.release();
  EXPECT_EQ(memory.bytes(), 60U);
}

TEST(HeadMemory, GivesUpAHeadThatIsTooMuchAlone) {
  HeadMemory memory(100);
  Connection only(memory);
  only.head.hold(101);
  EXPECT_TRUE(only.current_given_up);
  EXPECT_EQ(memory.bytes(), 0U);
}

}  // namespace
}  // namespace festina::net
