#include "edge/lent_body.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

class TwoParts final : public ByteSource {
 public:
  Awaitable<Result<Bytes>> read() override {
    ++reads_;
    co_return Bytes::copy_of(reads_ == 1 ? "one" : "");
  }

 private:
  int reads_ = 0;
};

// Reads the whole body on a thread of the test's own.
std::string text_of(Body body) {
  asio::io_context context;
  std::string text;
  const auto read = [](Body given, std::string& out) -> Awaitable<> {
    const auto all = co_await collect(std::move(given), 100, Side::client);
    out = all.value();
  };
  TaskGroup tasks;
  tasks.spawn(context.get_executor(), read(std::move(body), text));
  context.run();
  return text;
}

TEST(LentBody, IsLentAgainWhileNobodyReadsIt) {
  const LentBody body(Body::streamed(std::make_unique<TwoParts>(), 3));
  {
    const Body unused = body.lend();
  }
  EXPECT_TRUE(body.is_at_hand());
  Body second = body.lend();
  EXPECT_EQ(second.length, 3U);
  EXPECT_EQ(text_of(std::move(second)), "one");
  EXPECT_FALSE(body.is_at_hand());
  EXPECT_FALSE(body.is_empty());
}

TEST(LentBody, IsAlwaysAtHandWhenItIsWhole) {
  const LentBody body(Body::of("whole"));
  EXPECT_EQ(text_of(body.lend()), "whole");
  EXPECT_EQ(text_of(body.lend()), "whole");
  EXPECT_TRUE(body.is_at_hand());
  EXPECT_FALSE(body.is_empty());
}

TEST(LentBody, CanBeNone) {
  const LentBody body{Body()};
  EXPECT_TRUE(body.is_empty());
  EXPECT_TRUE(body.is_at_hand());
}

}  // namespace
}  // namespace festina::edge
