#include "cache/entry.h"

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <thread>

namespace festina::cache {
namespace {

Error truncated() { return {ErrorCode::truncated, Side::origin, "closed early"}; }

EntryHead head_of(http::Response response, std::optional<std::uint64_t> length = std::nullopt) {
  EntryHead head;
  head.key = {.text = "https://example.com/a.css", .zone = "z"};
  head.response = std::move(response);
  head.length = length;
  return head;
}

http::Response response_with(std::initializer_list<std::pair<const char*, const char*>> fields) {
  http::Response response;
  for (const auto& [name, value] : fields) response.headers.add(std::string_view(name), value);
  return response;
}

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

std::string prepared_of(std::initializer_list<std::pair<const char*, const char*>> fields) {
  const EntryRef entry =
      Entry::make(head_of(response_with(fields)), std::make_shared<StoredBody>());
  return std::string(entry->prepared().view());
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
  const EntryRef entry = Entry::make(head_of({}, 6), body);
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(entry->open(), out));
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
  const EntryRef entry = Entry::make(head_of({}), body);
  ReadBody out;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), read_all(entry->open(), out));
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
  const EntryRef entry = Entry::make(head_of({}), body);
  body->append(Bytes::copy_of("abc"));
  body->fail(truncated());
  const ReadBody out = read(entry->open());
  EXPECT_EQ(out.text, "abc");
  EXPECT_EQ(out.error, truncated());
  EXPECT_FALSE(out.ended);
}

TEST(StoredBodyReader, ReadsACompleteBodyOfManyPieces) {
  const auto body = std::make_shared<StoredBody>();
  for (const char letter : {'a', 'b', 'c'}) body->append(Bytes::from(std::string(40'000, letter)));
  body->complete();
  const ReadBody out = read(Entry::make(head_of({}), body)->open());
  EXPECT_EQ(
      out.text, std::string(40'000, 'a') + std::string(40'000, 'b') + std::string(40'000, 'c')
  );
  EXPECT_EQ(out.reads, 3u);
}

TEST(StoredBodyReader, ReadsOnAnyThreadWhileAnotherWrites) {
  for (int round = 0; round < 50; ++round) {
    const auto body = std::make_shared<StoredBody>();
    const EntryRef entry = Entry::make(head_of({}), body);
    std::string sent;
    for (int i = 0; i < 200; ++i) sent += std::to_string(i * round);
    ReadBody first;
    ReadBody second;
    std::thread one([&] { first = read(entry->open()); });
    std::thread two([&] { second = read(entry->open()); });
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

TEST(EntryOpen, GivesASmallCompleteBodyAsBytes) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("hello"));
  body->complete();
  const Body opened = Entry::make(head_of({}), body)->open();
  ASSERT_TRUE(opened.is_whole());
  EXPECT_EQ(opened.whole.view(), "hello");
}

TEST(EntryOpen, KnowsTheLengthOnceTheBodyIsCompleteOrTheHeadSaidIt) {
  const auto body = std::make_shared<StoredBody>();
  EXPECT_EQ(Entry::make(head_of({}), body)->open().size(), std::nullopt);
  EXPECT_EQ(Entry::make(head_of({}, 80'000), body)->open().size(), 80'000u);
  body->append(Bytes::from(std::string(40'000, 'a')));
  body->append(Bytes::from(std::string(40'000, 'b')));
  body->complete();
  EXPECT_EQ(Entry::make(head_of({}), body)->open().size(), 80'000u);
}

TEST(EntryPrepared, KeepsWhatEveryClientIsSent) {
  EXPECT_EQ(
      prepared_of({
          {"Content-Type", "text/css"},
          {"ETag", "\"1\""},
          {"Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"},
          {"Vary", "Accept-Encoding"},
          {"CDN-Cache-Control", "max-age=600"},
          {"x-custom", "Kept As It Is"},
      }),
      "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nETag: \"1\"\r\n"
      "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nVary: Accept-Encoding\r\n"
      "CDN-Cache-Control: max-age=600\r\nx-custom: Kept As It Is\r\n"
  );
}

TEST(EntryPrepared, LeavesOutWhatDiffersPerReplyOrIsShownToNobody) {
  EXPECT_EQ(
      prepared_of({
          {"Age", "5"},
          {"Date", "Tue, 14 Nov 2023 22:13:20 GMT"},
          {"Server", "origin/1"},
          {"Cache-Control", "max-age=60"},
          {"Expires", "0"},
          {"Cache-Status", "origin; hit"},
          {"Cache-Tag", "shoes"},
          {"Cloudflare-CDN-Cache-Control", "max-age=60"},
          {"cf-cache-status", "HIT"},
          {"CF-Ray", "1"},
          {"CF-Anything", "1"},
          {"Connection", "close, x-hop"},
          {"X-Hop", "1"},
          {"Keep-Alive", "timeout=5"},
          {"Content-Length", "5"},
          {"Transfer-Encoding", "chunked"},
      }),
      "HTTP/1.1 200 OK\r\n"
  );
}

TEST(EntryHeadOf, StaysAsItWasStored) {
  const EntryRef entry = Entry::make(
      head_of(response_with({{"Cache-Tag", "shoes"}, {"Age", "5"}})), std::make_shared<StoredBody>()
  );
  EXPECT_EQ(entry->stored().headers->get(http::Name::cache_tag), "shoes");
  EXPECT_EQ(entry->stored().headers->get(http::Name::age), "5");
}

TEST(EntryCharge, CountsHeadKeyAndBody) {
  const auto charge = [](std::size_t body_size, const std::string& field) {
    const auto body = std::make_shared<StoredBody>();
    body->append(Bytes::from(std::string(body_size, 'b')));
    body->complete();
    http::Response response;
    response.headers.add("X-Field", field);
    return Entry::make(head_of(response), body)->charge();
  };
  const std::uint64_t least = charge(1, "");
  EXPECT_GT(least, sizeof(Entry) + sizeof(StoredBody));
  EXPECT_EQ(charge(1001, ""), least + 1000);
  EXPECT_EQ(charge(1, std::string(100, 'f')), least + 200) << "as a field and ready to send";
}

TEST(EntryWithHead, SharesTheBody) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("hello"));
  body->complete();
  const EntryRef old = Entry::make(head_of(response_with({{"ETag", "\"1\""}})), body);
  const EntryRef fresh = old->with_head(head_of(response_with({{"ETag", "\"2\""}})));
  EXPECT_EQ(fresh->stored().headers->get(http::Name::etag), "\"2\"");
  EXPECT_EQ(fresh->open().whole.view().data(), old->open().whole.view().data());
}

}  // namespace
}  // namespace festina::cache
