#include "cache/collapse.h"

#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace festina::cache {
namespace {

using namespace std::chrono_literals;

policy::CacheKey key(const std::string& text) { return {.text = text, .zone = "z"}; }
Birth born(std::uint64_t sequence) { return {.sequence = sequence, .deletions = 0}; }
PurgeFact purge(const std::string& text) { return {.kind = PurgeKind::key, .value = text}; }

class CollapseTest : public testing::Test {
 protected:
  void remember_uncacheable(const std::string& text) {
    const Joined joined = collapse_.join_or_start(key(text), born(0));
    ASSERT_TRUE(joined.started);
    collapse_.finish(*joined.fill, policy::Reason::no_store);
  }

  ManualClock clock_{TimePoint(1'700'000'000'000ms)};
  PurgeTable purges_{KeyedHash(1)};
  Collapse collapse_{purges_, KeyedHash(1), clock_};
};

TEST_F(CollapseTest, GivesOneFillToAllOfAKey) {
  const Joined first = collapse_.join_or_start(key("a"), born(3));
  const Joined second = collapse_.join_or_start(key("a"), born(4));
  const Joined other = collapse_.join_or_start(key("b"), born(4));
  EXPECT_TRUE(first.started);
  EXPECT_FALSE(second.started);
  EXPECT_EQ(second.fill, first.fill);
  EXPECT_EQ(first.fill->born().sequence, 3u);
  EXPECT_TRUE(other.started);
  EXPECT_EQ(collapse_.in_flight(), 2u);
}

TEST_F(CollapseTest, KnowsWhetherAFillIsUnderWay) {
  EXPECT_FALSE(collapse_.is_under_way(key("a")));
  const Joined running = collapse_.join_or_start(key("a"), born(5));
  EXPECT_TRUE(collapse_.is_under_way(key("a")));
  purges_.apply("z", {purge("a")}, 6);
  EXPECT_FALSE(collapse_.is_under_way(key("a"))) << "that one is doomed";
  const auto refresh = collapse_.start_unjoinable(key("b"), born(6));
  EXPECT_FALSE(collapse_.is_under_way(key("b"))) << "nobody joins a refresh";
}

TEST_F(CollapseTest, StartsAnotherWhenTheFillIsOver) {
  const Joined first = collapse_.join_or_start(key("a"), born(0));
  collapse_.finish(*first.fill);
  EXPECT_EQ(collapse_.in_flight(), 0u);
  EXPECT_TRUE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, JoinsNoFillThatAPurgeOvertook) {
  const Joined old = collapse_.join_or_start(key("a"), born(5));
  purges_.apply("z", {purge("a")}, 6);
  const Joined fresh = collapse_.join_or_start(key("a"), born(6));
  EXPECT_TRUE(fresh.started);
  EXPECT_NE(fresh.fill, old.fill);
  collapse_.finish(*old.fill);
  EXPECT_EQ(collapse_.join_or_start(key("a"), born(6)).fill, fresh.fill)
      << "the end of the old one changes nothing";
  EXPECT_EQ(collapse_.in_flight(), 1u);
}

TEST_F(CollapseTest, JoinsNoFillThatWasDetached) {
  const Joined old = collapse_.join_or_start(key("a"), born(0));
  collapse_.detach(key("a"));
  EXPECT_TRUE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, StartsNoRefreshBesideAFill) {
  const Joined running = collapse_.join_or_start(key("a"), born(5));
  EXPECT_EQ(collapse_.start_unjoinable(key("a"), born(5)), nullptr);
  purges_.apply("z", {purge("a")}, 6);
  EXPECT_NE(collapse_.start_unjoinable(key("a"), born(6)), nullptr) << "that one is doomed";
}

TEST_F(CollapseTest, LetsNobodyJoinARefresh) {
  const auto refresh = collapse_.start_unjoinable(key("a"), born(0));
  ASSERT_NE(refresh, nullptr);
  EXPECT_EQ(collapse_.start_unjoinable(key("a"), born(0)), nullptr) << "one at a time";
  const Joined joined = collapse_.join_or_start(key("a"), born(0));
  EXPECT_TRUE(joined.started);
  collapse_.finish(*refresh);
  EXPECT_FALSE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, LetsNobodyQueueForAnUncacheableKeyForAMinute) {
  remember_uncacheable("a");
  EXPECT_EQ(collapse_.uncacheable(), 1u);
  clock_.advance(kUncacheableFor - 1ms);
  EXPECT_EQ(collapse_.join_or_start(key("a"), born(0)).fill, nullptr);
  clock_.advance(1ms);
  EXPECT_TRUE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, CountsTheMinuteFromTheLastTime) {
  const Joined late = collapse_.join_or_start(key("a"), born(5));
  purges_.apply("z", {purge("a")}, 6);
  const Joined early = collapse_.join_or_start(key("a"), born(6));
  collapse_.finish(*early.fill, policy::Reason::no_store);
  clock_.advance(30s);
  collapse_.finish(*late.fill, policy::Reason::no_store);
  clock_.advance(40s);
  remember_uncacheable("b");
  EXPECT_EQ(collapse_.join_or_start(key("a"), born(6)).fill, nullptr);
}

TEST_F(CollapseTest, RemembersABoundedNumberOfKeys) {
  for (std::size_t i = 0; i < kMaxUncacheableKeys; ++i) remember_uncacheable(std::to_string(i));
  EXPECT_EQ(collapse_.join_or_start(key("0"), born(0)).fill, nullptr);
  remember_uncacheable("one more");
  EXPECT_EQ(collapse_.uncacheable(), kMaxUncacheableKeys);
  EXPECT_TRUE(collapse_.join_or_start(key("0"), born(0)).started);
  EXPECT_EQ(collapse_.join_or_start(key("1"), born(0)).fill, nullptr);
}

TEST_F(CollapseTest, SaysWhyAKeyIsUncacheable) {
  EXPECT_EQ(collapse_.why_uncacheable(key("a")), std::nullopt);
  remember_uncacheable("a");
  EXPECT_EQ(collapse_.why_uncacheable(key("a")), policy::Reason::no_store);
  clock_.advance(kUncacheableFor);
  EXPECT_EQ(collapse_.why_uncacheable(key("a")), std::nullopt);
}

TEST_F(CollapseTest, ForgetsAKeyWhoseAnswersBecameStorable) {
  EXPECT_FALSE(collapse_.forget_uncacheable(key("a"))) << "nothing to forget";
  remember_uncacheable("a");
  EXPECT_TRUE(collapse_.forget_uncacheable(key("a")));
  EXPECT_EQ(collapse_.uncacheable(), 0u);
  EXPECT_TRUE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, DoesNotForgetWhatWasTooLargeForNoHeadSaysSo) {
  for (const auto reason : {policy::Reason::too_large, policy::Reason::larger_than_cache}) {
    const std::string text = std::to_string(static_cast<int>(reason));
    collapse_.finish(*collapse_.join_or_start(key(text), born(0)).fill, reason);
    EXPECT_FALSE(collapse_.forget_uncacheable(key(text)));
    EXPECT_EQ(collapse_.join_or_start(key(text), born(0)).fill, nullptr);
  }
}

TEST_F(CollapseTest, RemembersAForgottenKeyAgainForItsWholeMinute) {
  remember_uncacheable("a");
  clock_.advance(30s);
  collapse_.forget_uncacheable(key("a"));
  remember_uncacheable("a");
  clock_.advance(40s);
  remember_uncacheable("b");
  EXPECT_EQ(collapse_.join_or_start(key("a"), born(0)).fill, nullptr);
}

TEST_F(CollapseTest, TakesASeatForEverybodyWhoJoins) {
  const Joined first = collapse_.join_or_start(key("a"), born(0));
  first.fill->runs_as(7);
  const Joined second = collapse_.join_or_start(key("a"), born(0));
  EXPECT_EQ(first.fill->give_up_seat(SeatOf::joiner), std::nullopt);
  EXPECT_EQ(second.fill->give_up_seat(SeatOf::joiner), 7u);
}

TEST_F(CollapseTest, StartsAnotherWhenTheFillWasAbandoned) {
  const Joined left = collapse_.join_or_start(key("a"), born(0));
  left.fill->give_up_seat(SeatOf::joiner);
  const Joined next = collapse_.join_or_start(key("a"), born(0));
  EXPECT_TRUE(next.started);
  collapse_.finish(*left.fill);
  EXPECT_EQ(collapse_.join_or_start(key("a"), born(0)).fill, next.fill);
}

TEST_F(CollapseTest, StartsAnotherWhenTheHeadDoesNotCome) {
  const Joined slow = collapse_.join_or_start(key("a"), born(0));
  clock_.advance(kMaxWaitForHead - 1ms);
  EXPECT_FALSE(collapse_.join_or_start(key("a"), born(0)).started);
  EXPECT_EQ(collapse_.start_unjoinable(key("a"), born(0)), nullptr);
  clock_.advance(1ms);
  EXPECT_TRUE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, GoesOnWithABodyThatTakesLong) {
  const Joined slow = collapse_.join_or_start(key("a"), born(0));
  slow.fill->settle({.outcome = policy::FillOutcome::stored, .entry = {}, .error = {}});
  clock_.advance(kMaxWaitForHead);
  EXPECT_FALSE(collapse_.join_or_start(key("a"), born(0)).started);
}

TEST_F(CollapseTest, StartsOneFillForManyThreads) {
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> started{0};
    const auto join = [&] {
      started += collapse_.join_or_start(key(std::to_string(round)), born(0)).started;
    };
    std::thread one(join);
    std::thread two(join);
    join();
    one.join();
    two.join();
    EXPECT_EQ(started, 1);
  }
}

}  // namespace
}  // namespace festina::cache
