#include "cache/stored_body.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace festina::cache {
namespace {

Error truncated() { return {ErrorCode::truncated, Side::origin, "closed early"}; }

struct ReadBody {
  std::string text;
  std::size_t reads = 0;
  std::optional<Error> error;
  bool ended = false;
};

Awaitable<> read_all(Body body, ReadBody& out) {
  if (body.is_whole()) {
    out = {
        .text = std::string(body.whole.view()), .reads = 1, .error = std::nullopt, .ended = true
    };
    co_return;
  }
  for (;;) {
    const Result<Bytes> part = co_await body.source->read();
    if (!part) {
      out.error = part.error();
      co_return;
    }
    if (part->empty()) break;
    out.text += part->view();
    ++out.reads;
  }
  out.ended = true;
}

ReadBody read(Body body) {
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(std::move(body), out));
  context.run();
  return out;
}

TEST(StoredBody, GivesASmallBodyInOnePiece) {
  StoredBody body;
  for (int i = 0; i < 100; ++i) body.append(Bytes::copy_of(std::to_string(i) + ","));
  EXPECT_EQ(body.whole(), std::nullopt) << "while it grows";
  body.complete();
  const Bytes whole = body.whole().value_or(Bytes());
  EXPECT_EQ(whole.size(), body.size());
  EXPECT_TRUE(whole.view().starts_with("0,1,2,"));
  EXPECT_TRUE(whole.view().ends_with("98,99,"));
}

TEST(StoredBody, OfNothingIsWhole) {
  StoredBody body;
  body.append(Bytes());
  body.complete();
  EXPECT_TRUE(body.whole());
  EXPECT_EQ(body.whole().value_or(Bytes::copy_of("none")).size(), 0u);
}

TEST(StoredBody, JoinsUpToItsLimit) {
  StoredBody at_limit;
  at_limit.append(Bytes::from(std::string(kMaxJoinedBody - 20'000, 'a')));
  at_limit.append(Bytes::from(std::string(20'000, 'b')));
  at_limit.complete();
  EXPECT_TRUE(at_limit.whole());

  StoredBody past_it;
  past_it.append(Bytes::from(std::string(kMaxJoinedBody - 20'000, 'a')));
  past_it.append(Bytes::from(std::string(20'001, 'b')));
  past_it.complete();
  EXPECT_FALSE(past_it.whole());
}

TEST(StoredBody, CostsLittleMoreThanItsBytesWhenItDripsIn) {
  constexpr std::uint64_t bytes = 50'000;
  StoredBody body;
  for (std::uint64_t i = 0; i < bytes; ++i) body.append(Bytes::copy_of("x"));
  body.complete();
  EXPECT_EQ(body.size(), bytes);
  EXPECT_LT(body.footprint(), bytes + bytes / 20);
}

TEST(StoredBodyReader, FollowsABodyThatGrows) {
  const auto body = std::make_shared<StoredBody>();
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(open_body(body, std::nullopt), out));
  body->append(Bytes::copy_of("abc"));
  context.poll();
  EXPECT_EQ(out.text, "abc");
  EXPECT_EQ(body->waiting(), 1u);
  body->append(Bytes::copy_of("def"));
  body->complete();
  context.run();
  EXPECT_EQ(out.text, "abcdef");
  EXPECT_TRUE(out.ended);
  EXPECT_EQ(body->waiting(), 0u);
}

TEST(StoredBodyReader, KeepsItsPlaceWhenPiecesAreJoined) {
  const auto body = std::make_shared<StoredBody>();
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(open_body(body, std::nullopt), out));
  std::string sent;
  for (int i = 0; i < 500; ++i) {
    const std::string piece = std::to_string(i) + ";";
    sent += piece;
    body->append(Bytes::copy_of(piece));
    if (i % 3 == 0) context.poll();
  }
  body->complete();
  context.run();
  EXPECT_EQ(out.text, sent);
}

TEST(StoredBodyReader, IsGivenTheErrorBehindWhatArrived) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("abc"));
  body->fail(truncated());
  const ReadBody out = read(open_body(body, std::nullopt));
  EXPECT_EQ(out.text, "abc");
  EXPECT_EQ(out.error, truncated());
  EXPECT_FALSE(out.ended);
}

TEST(StoredBodyReader, ReadsACompleteBodyOfManyPieces) {
  const auto body = std::make_shared<StoredBody>();
  for (const char letter : {'a', 'b', 'c'}) body->append(Bytes::from(std::string(40'000, letter)));
  body->complete();
  const ReadBody out = read(open_body(body, std::nullopt));
  EXPECT_EQ(
      out.text, std::string(40'000, 'a') + std::string(40'000, 'b') + std::string(40'000, 'c')
  );
  EXPECT_EQ(out.reads, 3u);
}

TEST(StoredBodySlice, IsAPartOfABodyInOnePiece) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("0123456789"));
  body->complete();
  const Body slice = open_slice(body, 2, 3);
  EXPECT_TRUE(slice.is_whole());
  EXPECT_EQ(slice.whole.view(), "234");
}

TEST(StoredBodySlice, IsAPartOfABodyOfManyPieces) {
  const auto body = std::make_shared<StoredBody>();
  for (const char letter : {'a', 'b', 'c'}) body->append(Bytes::from(std::string(40'000, letter)));
  body->complete();
  const Body slice = open_slice(body, 39'999, 40'002);
  EXPECT_EQ(slice.size(), 40'002u);
  EXPECT_EQ(read(open_slice(body, 39'999, 40'002)).text, "a" + std::string(40'000, 'b') + "c");
  EXPECT_EQ(read(open_slice(body, 119'999, 1)).text, "c");
}

TEST(StoredBodySlice, WaitsForItsOwnBytesOnly) {
  const auto body = std::make_shared<StoredBody>();
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(open_slice(body, 4, 3), out));
  body->append(Bytes::copy_of("01234"));
  context.poll();
  EXPECT_EQ(out.text, "4");
  EXPECT_FALSE(out.ended);
  body->append(Bytes::copy_of("56789"));
  context.run();
  EXPECT_EQ(out.text, "456");
  EXPECT_TRUE(out.ended) << "though the body goes on";
}

TEST(StoredBodySlice, IsGivenTheErrorOfABodyThatEndsBeforeIt) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("01234"));
  body->fail(truncated());
  EXPECT_EQ(read(open_slice(body, 1, 3)).text, "123") << "what is there is there";
  EXPECT_EQ(read(open_slice(body, 3, 3)).error, truncated());
}

// What a source has at hand, up to so many parts; "|" stands between them.
std::string at_hand(ByteSource& source, std::size_t limit) {
  std::vector<Bytes> parts(limit);
  const std::size_t count = source.take_at_hand(parts);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += '|';
    text += parts[i].view().substr(0, 1);
    text += std::to_string(parts[i].size());
  }
  return text;
}

std::shared_ptr<StoredBody> three_pieces() {
  const auto body = std::make_shared<StoredBody>();
  for (const char letter : {'a', 'b', 'c'}) body->append(Bytes::from(std::string(40'000, letter)));
  return body;
}

TEST(StoredBodyAtHand, IsWhatIsLeftOfACompleteBody) {
  const auto body = three_pieces();
  body->complete();
  const Body whole = open_body(body, std::nullopt);
  EXPECT_EQ(at_hand(*whole.source, 2), "a40000|b40000");
  EXPECT_EQ(at_hand(*whole.source, 2), "c40000");
  EXPECT_EQ(at_hand(*whole.source, 2), "");
}

TEST(StoredBodyAtHand, EndsWithTheSlice) {
  const auto body = three_pieces();
  body->complete();
  EXPECT_EQ(at_hand(*open_slice(body, 39'999, 40'002).source, 9), "a1|b40000|c1");
  EXPECT_EQ(at_hand(*open_slice(body, 40'000, 80'000).source, 9), "b40000|c40000");
  EXPECT_EQ(at_hand(*open_slice(body, 50'000, 7).source, 9), "b7");
}

TEST(StoredBodyAtHand, IsNothingOfABodyThatGrowsOrOfAWindow) {
  const auto body = three_pieces();
  const Body growing = open_body(body, std::nullopt);
  EXPECT_EQ(at_hand(*growing.source, 9), "");
  body->become_window();
  EXPECT_EQ(at_hand(*growing.source, 9), "");
  body->complete();
  EXPECT_EQ(at_hand(*growing.source, 9), "");
  EXPECT_EQ(at_hand(*open_body(body, std::nullopt).source, 9), "");
}

constexpr std::size_t kPiece = std::size_t{64} * 1024;
constexpr std::uint64_t kAhead = kMaxFillWindow / 2;

// Byte i of the body is a function of i alone.
std::string content(std::uint64_t from, std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>((from + i) * 31 % 251);
  return text;
}

void append(StoredBody& body, std::uint64_t bytes) {
  const std::uint64_t end = body.size() + bytes;
  while (body.size() < end) {
    const std::size_t count = std::min<std::uint64_t>(kPiece, end - body.size());
    body.append(Bytes::from(content(body.size(), count)));
  }
}

Awaitable<> await_room(StoredBody& body, std::optional<bool>& out) { out = co_await body.room(); }

// A reader that reads when it is told to.
struct Follower {
  explicit Follower(const std::shared_ptr<StoredBody>& body)
      : source(open_body(body, std::nullopt).source) {}

  // False when an error came, or the end.
  bool read_to(std::uint64_t offset) {
    while (at < offset) {
      std::optional<Result<Bytes>> part;
      asio::io_context context;
      TaskGroup group;
      group.spawn(context.get_executor(), read_once(part));
      context.run();
      if (!part || !*part || (*part)->empty()) return false;
      is_right = is_right && (*part)->view() == content(at, (*part)->size());
      at += (*part)->size();
    }
    return true;
  }
  // As read_to(); and asks for what comes then, as a reader does that has sent all it got.
  bool pass(std::uint64_t offset) { return read_to(offset + 1); }
  Awaitable<> read_once(std::optional<Result<Bytes>>& part) { part = co_await source->read(); }

  std::unique_ptr<ByteSource> source;
  std::uint64_t at = 0;
  bool is_right = true;
};

TEST(StoredBodyWindow, IsCountedAndKeepsNoMoreThanItsSize) {
  FillMemory memory(1'000'000'000);
  const auto body = std::make_shared<StoredBody>(FillMemory::Part(memory));
  Follower fast(body);
  append(*body, kAhead);
  ASSERT_TRUE(body->memory().try_hold(body->size()));
  body->become_window();
  for (std::uint64_t at = kPiece; at <= 4 * kMaxFillWindow; at += kPiece) {
    append(*body, kPiece);
    ASSERT_TRUE(fast.pass(at));
    EXPECT_LE(memory.bytes(), kMaxFillWindow + kPiece);
  }
  EXPECT_GT(memory.bytes(), kMaxFillWindow - 2 * kPiece);
  EXPECT_TRUE(fast.is_right);
}

TEST(StoredBodyWindow, KeepsAllThatItsFastestReaderHasNotRead) {
  const auto body = std::make_shared<StoredBody>();
  Follower only(body);
  append(*body, 3 * kMaxFillWindow);
  body->become_window();
  body->complete();
  EXPECT_EQ(body->whole(), std::nullopt);
  EXPECT_TRUE(only.read_to(3 * kMaxFillWindow));
  EXPECT_FALSE(only.pass(3 * kMaxFillWindow)) << "its end";
  EXPECT_TRUE(only.is_right);
}

TEST(StoredBodyWindow, WaitsForItsFastestReaderAndForNoOther) {
  const auto body = std::make_shared<StoredBody>();
  Follower fast(body);
  const Follower slow(body);
  append(*body, kAhead - 1);
  body->become_window();
  asio::io_context context;
  TaskGroup group;
  std::optional<bool> room;
  group.spawn(context.get_executor(), await_room(*body, room));
  context.poll();
  EXPECT_EQ(room, true) << "one byte short of its share ahead";

  append(*body, 1);
  room.reset();
  context.restart();
  group.spawn(context.get_executor(), await_room(*body, room));
  context.poll();
  EXPECT_EQ(room, std::nullopt);
  ASSERT_TRUE(fast.pass(kPiece));
  context.run();
  EXPECT_EQ(room, true);
}

TEST(StoredBodyWindow, BreaksOffAReaderThatItLeavesBehind) {
  FillMemory memory(1'000'000'000);
  const auto body = std::make_shared<StoredBody>(FillMemory::Part(memory));
  Follower fast(body);
  Follower near(body);
  Follower slow(body);
  append(*body, kMaxFillWindow);
  body->become_window();
  ASSERT_TRUE(near.pass(kAhead));
  ASSERT_TRUE(slow.pass(0));
  ASSERT_TRUE(fast.pass(kMaxFillWindow - kPiece));
  append(*body, kPiece);
  EXPECT_TRUE(near.pass(kAhead + kPiece)) << "half a window behind";
  EXPECT_FALSE(slow.pass(kPiece));
  EXPECT_EQ(memory.outrun(), 1u);
  EXPECT_TRUE(fast.is_right && near.is_right && slow.is_right);
}

TEST(StoredBodyWindow, TellsItsWriterThatNobodyReads) {
  const auto body = std::make_shared<StoredBody>();
  auto only = std::make_optional<Follower>(body);
  append(*body, kMaxFillWindow);
  body->become_window();
  asio::io_context context;
  TaskGroup group;
  std::optional<bool> room;
  group.spawn(context.get_executor(), await_room(*body, room));
  context.poll();
  EXPECT_EQ(room, std::nullopt);
  EXPECT_EQ(body->readers(), 1u);
  only.reset();
  context.run();
  EXPECT_EQ(room, false);
}

Awaitable<> write_window(StoredBody& body, std::uint64_t bytes) {
  while (body.size() < bytes && co_await body.room()) append(body, kPiece);
  body.complete();
}

TEST(StoredBodyWindow, LosesNoWakeUpBetweenItsWriterAndAReader) {
  const auto body = std::make_shared<StoredBody>();
  Body reader = open_body(body, std::nullopt);
  body->become_window();
  std::thread writer([&] {
    asio::io_context context;
    TaskGroup group;
    group.spawn(context.get_executor(), write_window(*body, 3 * kMaxFillWindow));
    context.run();
  });
  const ReadBody out = read(std::move(reader));
  writer.join();
  EXPECT_TRUE(out.ended);
  EXPECT_EQ(out.text, content(0, 3 * kMaxFillWindow));
}

TEST(StoredBodyReader, ReadsOnAnyThreadWhileAnotherWrites) {
  for (int round = 0; round < 50; ++round) {
    const auto body = std::make_shared<StoredBody>();
    std::string sent;
    for (int i = 0; i < 200; ++i) sent += std::to_string(i * round);
    ReadBody first;
    ReadBody second;
    std::thread one([&] { first = read(open_body(body, std::nullopt)); });
    std::thread two([&] { second = read(open_body(body, std::nullopt)); });
    for (std::size_t at = 0; at < sent.size(); at += 7) {
      body->append(Bytes::copy_of(std::string_view(sent).substr(at, 7)));
    }
    body->complete();
    one.join();
    two.join();
    EXPECT_EQ(first.text, sent);
    EXPECT_EQ(second.text, sent);
  }
}

}  // namespace
}  // namespace festina::cache
