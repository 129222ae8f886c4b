#include "net/shelf.h"

#include <gtest/gtest.h>
#include <vector>

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

class ShelfTest : public testing::Test {
 protected:
  // One that began to idle so long after the first: its time is its name.
  Idle idle(const std::string& key, std::chrono::seconds since) {
    return {key, Stream(Socket(io_), Side::origin), begin_ + since};
  }
  std::vector<std::chrono::seconds> times(const IdleList& list) const {
    std::vector<std::chrono::seconds> all;
    for (const Idle& one : list) {
      all.push_back(std::chrono::duration_cast<std::chrono::seconds>(one.since - begin_));
    }
    return all;
  }
  using Times = std::vector<std::chrono::seconds>;

  asio::io_context io_;
  const Time begin_{1'000s};
  Shelf shelf_;
};

TEST_F(ShelfTest, GivesTheNewestOrTheOldestOfAnUpstream) {
  for (int i = 0; i < 3; ++i) shelf_.put(idle("apple", i * 1s));
  shelf_.put(idle("pear", 3s));
  EXPECT_EQ(times(shelf_.take_newest("apple")), Times{2s});
  EXPECT_EQ(times(shelf_.take_oldest("apple")), Times{0s});
  EXPECT_EQ(times(shelf_.take_newest("plum")), Times{});
  EXPECT_EQ(times(shelf_.take_oldest("plum")), Times{});
  EXPECT_EQ(shelf_.size(), 2u);
}

TEST_F(ShelfTest, GivesUpTheOldestOverTheLimitOfAnUpstream) {
  shelf_.put(idle("pear", 0s));
  for (std::size_t i = 1; i <= kMaxIdlePerUpstream; ++i) {
    EXPECT_EQ(times(shelf_.put(idle("apple", 1s * i))), Times{});
  }
  EXPECT_EQ(times(shelf_.put(idle("apple", 100s))), Times{1s});
  EXPECT_EQ(shelf_.size(), kMaxIdlePerUpstream + 1);
}

TEST_F(ShelfTest, GivesUpTheOldestOverTheLimitOfTheThread) {
  for (std::size_t i = 0; i < kMaxIdlePerThread; ++i) {
    EXPECT_EQ(times(shelf_.put(idle(std::to_string(i), 1s * i))), Times{});
  }
  EXPECT_EQ(times(shelf_.put(idle("apple", 1000s))), Times{0s});
  EXPECT_EQ(shelf_.size(), kMaxIdlePerThread);
}

TEST_F(ShelfTest, GivesUpWhatIdlesForTooLong) {
  shelf_.put(idle("apple", 0s));
  shelf_.put(idle("apple", 1s));
  EXPECT_EQ(times(shelf_.take_expired(begin_ + kIdleUpstreamFor)), Times{}) << "at the limit";
  EXPECT_EQ(times(shelf_.take_expired(begin_ + kIdleUpstreamFor + 1ms)), Times{0s}) << "past it";
}

}  // namespace
}  // namespace festina::net
