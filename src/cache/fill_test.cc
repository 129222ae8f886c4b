#include "cache/fill.h"

#include <gtest/gtest.h>
#include <optional>
#include <thread>
#include <vector>

namespace festina::cache {
namespace {

using namespace std::chrono_literals;
using policy::FillOutcome;

policy::CacheKey key() { return {.text = "a", .zone = "z"}; }

Awaitable<> wait_for(Fill& fill, std::chrono::milliseconds limit, std::optional<Settled>& out) {
  out = co_await fill.settled_within(limit);
}

Settled failed() {
  return {
      .outcome = FillOutcome::failed,
      .entry = nullptr,
      .reason = policy::Reason::failed_upstream,
      .error = Error{ErrorCode::refused, Side::origin, "nobody there"},
  };
}

TEST(Fill, TellsAllThatWaitHowItSettled) {
  Fill fill(key(), {}, {});
  std::optional<Settled> first;
  std::optional<Settled> second;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), wait_for(fill, 1h, first));
  group.spawn(context.get_executor(), wait_for(fill, 1h, second));
  context.poll();
  EXPECT_EQ(fill.waiting(), 2u);
  fill.settle(failed());
  context.run();
  EXPECT_EQ(first.value_or(Settled{}).error, failed().error);
  EXPECT_EQ(second.value_or(Settled{}).error, failed().error);
}

TEST(Fill, ShowsWhatCameBeforeTheAnswerToWhoeverHasNotSeenIt) {
  Fill fill(key(), {}, {});
  std::optional<Settled> out = failed();
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), wait_for(fill, 1h, out));
  context.poll();
  fill.tell({.status = 102, .headers = {}});
  context.run();
  EXPECT_FALSE(out) << "woken, though it has not settled";

  fill.tell({.status = 103, .headers = {}});
  ASSERT_EQ(fill.told_since(0).size(), 2U);
  ASSERT_EQ(fill.told_since(1).size(), 1U);
  EXPECT_EQ(fill.told_since(1).front().status, 103);
  EXPECT_TRUE(fill.told_since(2).empty());
}

TEST(Fill, AnswersAtOnceWhenItHasSettled) {
  Fill fill(key(), {}, {});
  fill.settle(failed());
  std::optional<Settled> out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), wait_for(fill, 1h, out));
  context.poll();
  EXPECT_TRUE(out);
}

TEST(Fill, LetsThoseGoWhoHaveWaitedToTheirLimit) {
  Fill fill(key(), {}, {});
  std::optional<Settled> out = failed();
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), wait_for(fill, 1ms, out));
  context.run();
  EXPECT_FALSE(out);
  EXPECT_EQ(fill.waiting(), 0u);
}

TEST(Fill, WakesOtherThreads) {
  for (int round = 0; round < 200; ++round) {
    Fill fill(key(), {}, {});
    std::optional<Settled> out;
    std::thread reader([&] {
      asio::io_context context;
      TaskGroup group;
      group.spawn(context.get_executor(), wait_for(fill, 1h, out));
      context.run();
    });
    fill.settle(failed());
    reader.join();
    EXPECT_TRUE(out);
  }
}

TEST(Fill, GivesTheUnstoredReplyOnce) {
  Fill fill(key(), {}, {});
  http::Reply reply;
  reply.response.status = 404;
  const Settled settled{
      .outcome = FillOutcome::not_stored,
      .entry = nullptr,
      .reason = policy::Reason::no_store,
      .error = std::nullopt,
  };
  EXPECT_FALSE(fill.take_unstored());
  fill.settle(settled, std::move(reply));
  EXPECT_EQ(fill.take_unstored().value_or(http::Reply{}).response.status, 404);
  EXPECT_FALSE(fill.take_unstored());
}

TEST(FillSeats, TheLastOneToLeaveBeforeTheHeadAbandonsTheFill) {
  Fill fill(key(), {}, {});
  EXPECT_TRUE(fill.take_seat());
  fill.runs_as(7);
  EXPECT_TRUE(fill.take_seat());
  EXPECT_EQ(fill.give_up_seat(SeatOf::joiner), std::nullopt) << "somebody waits";
  EXPECT_FALSE(fill.is_deserted());
  EXPECT_EQ(fill.give_up_seat(SeatOf::joiner), 7u);
  EXPECT_TRUE(fill.is_deserted());
  EXPECT_FALSE(fill.take_seat());
}

TEST(FillSeats, LeavingASettledFillAbandonsNothing) {
  Fill fill(key(), {}, {});
  fill.take_seat();
  fill.runs_as(7);
  fill.settle(failed());
  EXPECT_EQ(fill.give_up_seat(SeatOf::joiner), std::nullopt);
  EXPECT_TRUE(fill.is_deserted());
  EXPECT_TRUE(fill.take_seat());
  EXPECT_FALSE(fill.is_deserted());
}

http::Reply reply_with_body(std::shared_ptr<int> alive) {
  class Source final : public ByteSource {
   public:
    explicit Source(std::shared_ptr<int> held) : held_(std::move(held)) {}
    Awaitable<Result<Bytes>> read() override { co_return Bytes(); }

   private:
    std::shared_ptr<int> held_;
  };
  http::Reply reply;
  reply.body = Body::streamed(std::make_unique<Source>(std::move(alive)), std::nullopt);
  return reply;
}

TEST(FillSeats, WithTheStarterGoesTheReplyThatWasItsOwn) {
  const Settled unstored{
      .outcome = FillOutcome::not_stored,
      .entry = nullptr,
      .reason = policy::Reason::no_store,
      .error = std::nullopt,
  };
  for (const bool leaves_before : {true, false}) {
    Fill fill(key(), {}, {});
    fill.take_seat();
    fill.take_seat();
    const auto alive = std::make_shared<int>();
    if (leaves_before) fill.give_up_seat(SeatOf::starter);
    fill.settle(unstored, reply_with_body(alive));
    EXPECT_EQ(alive.use_count(), leaves_before ? 1 : 2);
    if (!leaves_before) fill.give_up_seat(SeatOf::starter);
    EXPECT_EQ(alive.use_count(), 1);
  }
}

TEST(FillSeats, AFillForNobodyIsNeverDeserted) {
  const Fill refresh(key(), {}, {});
  EXPECT_FALSE(refresh.is_deserted());
}

TEST(FillSeats, OneOfManyThreadsAbandonsOrAllJoin) {
  for (int round = 0; round < 500; ++round) {
    Fill fill(key(), {}, {});
    fill.take_seat();
    fill.runs_as(7);
    std::optional<TaskId> left;
    std::thread leaving([&] { left = fill.give_up_seat(SeatOf::joiner); });
    const bool joined = fill.take_seat();
    leaving.join();
    EXPECT_EQ(joined, !left);
  }
}

}  // namespace
}  // namespace festina::cache
