#include "workers/quota.h"

#include <deque>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace festina::workers {
namespace {

TEST(Quota, AllowsAsManyCallsAsItIsGiven) {
  for (const std::uint32_t most : {zone::kFreeCalls, zone::kPaidCalls}) {
    Quota quota(most);
    for (std::uint32_t i = 1; i < most; ++i) quota.count_call();
    EXPECT_TRUE(quota.allows(quota.count_call())) << most;
    EXPECT_FALSE(quota.allows(quota.count_call())) << "one more than " << most;
  }
}

TEST(Quota, CountsCallsOfAllThreads) {
  constexpr std::uint32_t each = 1'000;
  Quota quota;
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::uint32_t n = 0; n < each; ++n) quota.count_call();
    });
  }
  threads.clear();
  EXPECT_EQ(quota.calls(), 4 * each);
}

TEST(Quota, TakesFiveGigabytesOfPuts) {
  Quota quota;
  EXPECT_TRUE(quota.take_put_bytes(kMaxPutBytes - 1));
  EXPECT_FALSE(quota.take_put_bytes(2));
  EXPECT_TRUE(quota.take_put_bytes(1)) << "what was refused did not count";
  EXPECT_FALSE(quota.take_put_bytes(1));
}

// Which puts may go on is written down as they begin to.
class TurnTest : public testing::Test {
 protected:
  static Awaitable<> begin(
      std::shared_ptr<Quota> quota, char name, bool has_length, TurnTest& test
  ) {
    Quota::Turn turn = co_await Quota::turn_of_put(std::move(quota), has_length);
    test.turns_.push_back(std::move(turn));
    test.order_ += name;
  }
  void put(char name, bool has_length) {
    tasks_.spawn(io_.get_executor(), begin(quota_, name, has_length, *this));
    run();
  }
  void end_first() {
    turns_.pop_front();
    run();
  }
  void run() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_{1};
  TaskGroup tasks_;
  std::shared_ptr<Quota> quota_ = std::make_shared<Quota>();
  std::string order_;
  std::deque<Quota::Turn> turns_;
};

TEST_F(TurnTest, PutsOfKnownLengthWaitForNoneOfTheirKind) {
  put('a', true);
  put('b', true);
  EXPECT_EQ(order_, "ab");
  put('c', false);
  EXPECT_EQ(order_, "abc") << "nor does one of unknown length wait for them";
}

TEST_F(TurnTest, OneOfUnknownLengthHoldsUpThoseAfterIt) {
  put('a', false);
  put('b', true);
  EXPECT_EQ(order_, "a");
  end_first();
  EXPECT_EQ(order_, "ab");
}

TEST_F(TurnTest, AnotherOfUnknownLengthWaitsItsTurn) {
  put('a', false);
  put('b', false);
  EXPECT_EQ(order_, "a");
  end_first();
  EXPECT_EQ(order_, "ab");
  put('c', true);
  EXPECT_EQ(order_, "ab");
  end_first();
  EXPECT_EQ(order_, "abc");
}

}  // namespace
}  // namespace festina::workers
