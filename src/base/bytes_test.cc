#include "base/bytes.h"

#include <gtest/gtest.h>
#include <vector>

namespace festina {
namespace {

// Gives the parts in order, then the end or an error.
class Parts final : public ByteSource {
 public:
  explicit Parts(std::vector<std::string> parts, std::optional<Error> error = {})
      : parts_(std::move(parts)), error_(std::move(error)) {}

  Awaitable<Result<Bytes>> read() override {
    if (next_ < parts_.size()) co_return Bytes::from(parts_[next_++]);
    if (error_) co_return *error_;
    co_return Bytes();
  }

 private:
  std::vector<std::string> parts_;
  std::optional<Error> error_;
  std::size_t next_ = 0;
};

Awaitable<> collect_into(std::optional<Result<std::string>>& out, Body body, std::size_t limit) {
  out = co_await collect(std::move(body), limit, Side::origin);
}

Result<std::string> collected(Body body, std::size_t limit) {
  asio::io_context context;
  std::optional<Result<std::string>> result;
  TaskGroup tasks;
  tasks.spawn(context.get_executor(), collect_into(result, std::move(body), limit));
  context.run();
  return result.value_or(Error{ErrorCode::io, Side::self, "collect() did not return"});
}

Body streamed(std::vector<std::string> parts, std::optional<std::uint64_t> length = {}) {
  return Body::streamed(std::make_unique<Parts>(std::move(parts)), length);
}

TEST(Bytes, AreEmptyByDefault) {
  EXPECT_TRUE(Bytes().empty());
  EXPECT_EQ(Bytes().view(), "");
  EXPECT_TRUE(Bytes::copy_of("").empty());
  EXPECT_TRUE(Bytes::from("").empty());
}

TEST(Bytes, CopyOfDoesNotReferToItsSource) {
  std::string text = "hello";
  const Bytes bytes = Bytes::copy_of(text);
  text = "other";
  EXPECT_EQ(bytes.view(), "hello");
}

TEST(Bytes, FromTakesOverTheMemoryOfALongString) {
  std::string text(1000, 'x');
  const char* memory = text.data();
  const Bytes bytes = Bytes::from(std::move(text));
  EXPECT_EQ(bytes.view().data(), memory);
  EXPECT_EQ(bytes.size(), 1000U);
}

TEST(Bytes, ShareTheirMemoryAndOutliveTheFirstOwner) {
  Bytes slice;
  {
    const Bytes whole = Bytes::from("short");
    slice = whole.slice(1, 3);
    EXPECT_EQ(slice.view().data(), whole.view().data() + 1);
  }
  EXPECT_EQ(slice.view(), "hor");
}

TEST(Bytes, SliceReachesTheVeryEnd) {
  const Bytes bytes = Bytes::from("abc");
  EXPECT_EQ(bytes.slice(0, 3).view(), "abc");
  EXPECT_EQ(bytes.slice(3, 0).view(), "");
}

TEST(BytesDeathTest, SliceBeyondTheEndIsABug) {
  EXPECT_DEATH(Bytes::from("abc").slice(2, 2), "within its bytes");
  EXPECT_DEATH(Bytes::from("abc").slice(4, 0), "within its bytes");
}

TEST(Body, KnowsItsSizeWhenWhole) {
  const Body body = Body::of("hello");
  EXPECT_TRUE(body.is_whole());
  EXPECT_EQ(body.size(), 5U);
  EXPECT_EQ(Body().size(), 0U);
}

TEST(Body, KnowsTheSizeOfAStreamOnlyWhenTold) {
  EXPECT_FALSE(streamed({"a"}).is_whole());
  EXPECT_EQ(streamed({"a"}, 1).size(), 1U);
  EXPECT_EQ(streamed({"a"}).size(), std::nullopt);
}

TEST(InSequence, GivesOneBodyAfterTheOther) {
  std::vector<Body> bodies;
  bodies.push_back(Body::of("he"));
  bodies.push_back(streamed({"l", "l"}, 2));
  bodies.push_back(Body::of(""));
  bodies.push_back(Body::of("o"));
  Body all = in_sequence(std::move(bodies));
  EXPECT_EQ(all.size(), 5U);
  EXPECT_EQ(*collected(std::move(all), 5), "hello");
}

TEST(InSequence, HasALengthWhenEachHasOne) {
  std::vector<Body> bodies;
  bodies.push_back(Body::of("he"));
  bodies.push_back(streamed({"llo"}));
  EXPECT_EQ(in_sequence(std::move(bodies)).size(), std::nullopt);
}

TEST(InSequence, EndsWithTheErrorOfOne) {
  const Error truncated{ErrorCode::truncated, Side::origin, "closed"};
  std::vector<Body> bodies;
  bodies.push_back(Body::of("he"));
  bodies.push_back(
      Body::streamed(std::make_unique<Parts>(std::vector<std::string>{"l"}, truncated), 3)
  );
  EXPECT_EQ(collected(in_sequence(std::move(bodies)), 9).error(), truncated);
}

TEST(Collect, JoinsTheParts) {
  EXPECT_EQ(*collected(Body::of("hello"), 5), "hello");
  EXPECT_EQ(*collected(streamed({"he", "l", "lo"}), 5), "hello");
  EXPECT_EQ(*collected(streamed({}), 0), "");
}

TEST(Collect, RefusesOneBytePastTheLimit) {
  const Error too_large{ErrorCode::too_large, Side::origin, "body exceeds 4 bytes"};
  EXPECT_EQ(collected(Body::of("hello"), 4).error(), too_large);
  EXPECT_EQ(collected(streamed({"he", "l", "lo"}), 4).error(), too_large);
  EXPECT_EQ(collected(streamed({}, 5), 4).error(), too_large);
}

TEST(Collect, PassesTheErrorOfTheSource) {
  const Error truncated{ErrorCode::truncated, Side::origin, "closed"};
  auto source = std::make_unique<Parts>(std::vector<std::string>{"he"}, truncated);
  EXPECT_EQ(collected(Body::streamed(std::move(source), 5), 9).error(), truncated);
}

}  // namespace
}  // namespace festina
