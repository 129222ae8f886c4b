#include "cache/s3_fifo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

namespace festina::cache {
namespace {

using testing::ElementsAre;
using Queue = Evictable::Queue;
using Fingerprints = std::vector<std::uint64_t>;

class S3FifoTest : public testing::Test {
 protected:
  Evictable& add(std::uint64_t fingerprint, std::uint32_t weight = 100) {
    items_.push_back(std::make_unique<Evictable>());
    Evictable& item = *items_.back();
    item.fingerprint = fingerprint;
    item.weight = weight;
    order_.insert(item);
    return item;
  }
  // Enters the main queue, for it was seen before. Requires: the small queue is empty.
  Evictable& add_known(std::uint64_t fingerprint) {
    Evictable before;
    before.fingerprint = fingerprint;
    order_.insert(before);
    order_.evict(Queue::small);
    return add(fingerprint);
  }
  void add_range(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i < to; ++i) add(i);
  }
  Fingerprints evict(std::size_t count) {
    Fingerprints gone;
    for (std::size_t i = 0; i < count; ++i) gone.push_back(evict_one()->fingerprint);
    return gone;
  }
  const Evictable* evict_one() {
    const Evictable* gone = nullptr;
    while (!gone && size() > 0)
      gone = order_.evict(S3Fifo::turn(order_.small(), order_.main(), kFirstSmallShare));
    return gone;
  }
  Fingerprints evict_all() { return evict(size()); }
  std::uint64_t size() const { return order_.small().count + order_.main().count; }
  std::uint64_t weight() const { return order_.small().weight + order_.main().weight; }

  std::vector<std::unique_ptr<Evictable>> items_;
  S3Fifo order_;
};

TEST_F(S3FifoTest, EvictsNothingWhenEmpty) {
  EXPECT_EQ(order_.evict(Queue::small), nullptr);
  EXPECT_EQ(order_.evict(Queue::main), nullptr);
}

TEST_F(S3FifoTest, EvictsUnusedItemsInTheOrderTheyCame) {
  add_range(1, 5);
  EXPECT_THAT(evict_all(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(size(), 0u);
  EXPECT_EQ(weight(), 0u);
}

TEST_F(S3FifoTest, PromotesAfterTwoUses) {
  add(1).frequency = 1;
  add(2).frequency = 2;
  add_range(3, 6);
  EXPECT_THAT(evict(4), ElementsAre(1, 3, 4, 5)) << "one use is not enough; two are";
  EXPECT_THAT(evict_all(), ElementsAre(2));
}

TEST_F(S3FifoTest, GivesTheMainQueueOneMoreRoundForEveryUse) {
  add_known(1).frequency = 2;
  add_known(2).frequency = 1;
  add_known(3);
  EXPECT_THAT(evict_all(), ElementsAre(3, 2, 1));
}

TEST_F(S3FifoTest, KeepsTheSmallQueueAtATenthOfTheBytes) {
  for (std::uint64_t i = 1; i <= 20; ++i) add_known(i);
  add_range(101, 104);
  EXPECT_THAT(evict(3), ElementsAre(101, 1, 2)) << "2 of 22 items are less than a tenth";
}

TEST_F(S3FifoTest, LetsWhatComesBackEnterTheMainQueue) {
  add(1);
  EXPECT_THAT(evict(1), ElementsAre(1));
  EXPECT_TRUE(order_.remembers(1));
  EXPECT_EQ(add(1).queue, Queue::main);
  EXPECT_FALSE(order_.remembers(1));
}

TEST_F(S3FifoTest, KnowsWhichQueueWasLeftByWhatComesBack) {
  Evictable item;
  item.fingerprint = 1;
  EXPECT_EQ(order_.insert(item), CameBack::no);
  EXPECT_EQ(order_.evict(Queue::small), &item);
  EXPECT_EQ(order_.insert(item), CameBack::to_small);
  EXPECT_EQ(item.queue, Queue::main);
  EXPECT_EQ(order_.evict(Queue::main), &item);
  EXPECT_TRUE(order_.remembers(1));
  EXPECT_EQ(order_.insert(item), CameBack::to_main);
  EXPECT_EQ(item.queue, Queue::main);
  EXPECT_FALSE(order_.remembers(1));
}

TEST(S3FifoTurn, IsOfTheSmallQueueWhenItHasMoreThanItsShare) {
  const S3Fifo::Load small{.count = 1, .weight = 30};
  const S3Fifo::Load main{.count = 1, .weight = 70};
  EXPECT_EQ(S3Fifo::turn(small, main, 0.29), Queue::small);
  EXPECT_EQ(S3Fifo::turn(small, main, 0.31), Queue::main);
  EXPECT_EQ(S3Fifo::turn(small, {}, 0.9), Queue::small);
  EXPECT_EQ(S3Fifo::turn({}, main, 0.1), Queue::main);
}

TEST(SmallShareAfter, FollowsWhatComesBack) {
  EXPECT_EQ(small_share_after(0.3, CameBack::no, 0.1), 0.3);
  EXPECT_DOUBLE_EQ(small_share_after(0.3, CameBack::to_small, 0.01), 0.32) << "went too early";
  EXPECT_DOUBLE_EQ(small_share_after(0.3, CameBack::to_main, 0.01), 0.28) << "took too much";
  EXPECT_EQ(small_share_after(0.3, CameBack::to_small, 0.5), kMostSmallShare);
  EXPECT_EQ(small_share_after(0.3, CameBack::to_main, 0.5), kLeastSmallShare);
}

TEST_F(S3FifoTest, RemembersAsManyAsItHolds) {
  add_range(0, 200);
  evict(100);
  EXPECT_TRUE(order_.remembers(99));
  EXPECT_TRUE(order_.remembers(0));
  evict(30);
  EXPECT_FALSE(order_.remembers(0)) << "70 are held";
  EXPECT_FALSE(order_.remembers(59));
  EXPECT_TRUE(order_.remembers(60));
  EXPECT_TRUE(order_.remembers(129));
}

TEST_F(S3FifoTest, RemembersAFewThoughItHoldsNone) {
  for (std::uint64_t i = 0; i <= kMinRemembered; ++i) order_.remember(i);
  EXPECT_FALSE(order_.remembers(0));
  EXPECT_TRUE(order_.remembers(1));
}

TEST_F(S3FifoTest, CountsFromTheLastTimeAFingerprintWasRemembered) {
  add_range(1000, 1064);  // held: as many are remembered
  order_.remember(7);
  for (std::uint64_t i = 100; i < 130; ++i) order_.remember(i);
  order_.remember(7);
  for (std::uint64_t i = 130; i < 170; ++i) order_.remember(i);
  EXPECT_FALSE(order_.remembers(100));
  EXPECT_TRUE(order_.remembers(7));
}

TEST_F(S3FifoTest, PutsAReplacementInTheOldPlaceWithItsUses) {
  add(1);
  Evictable& old = add(2);
  add(3);
  old.frequency = 1;
  Evictable fresh;
  fresh.fingerprint = 2;
  fresh.weight = 300;
  order_.replace(old, fresh);
  EXPECT_EQ(fresh.frequency, 1);
  EXPECT_EQ(old.queue, Queue::none);
  EXPECT_EQ(weight(), 500u);
  EXPECT_EQ(size(), 3u);
  EXPECT_THAT(evict(1), ElementsAre(1));
  EXPECT_EQ(evict_one(), &fresh);
  EXPECT_THAT(evict_all(), ElementsAre(3));
}

TEST_F(S3FifoTest, LosesNothingUnderRandomUse) {
  std::mt19937 random(1);
  std::vector<Evictable*> held;
  std::uint64_t total = 0;
  const auto take_out = [&](const Evictable* gone) {
    total -= gone->weight;
    EXPECT_EQ(std::erase(held, gone), 1u) << "only what is held leaves, once";
  };
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t dice = random() % 10;
    if (dice < 4 || held.empty()) {
      held.push_back(&add(random() % 300, 1 + random() % 1000));
      total += held.back()->weight;
    }
    Evictable& any = *held[random() % held.size()];
    if (any.frequency < kMaxFrequency) ++any.frequency;
    if (dice == 7) order_.remove(any);
    if (dice == 7) take_out(&any);
    if (dice > 7) take_out(evict_one());
    ASSERT_EQ(size(), held.size());
    ASSERT_EQ(weight(), total);
  }
}

}  // namespace
}  // namespace festina::cache
