#include "cache/entry.h"

#include <gtest/gtest.h>
#include <optional>
#include <string>

namespace festina::cache {
namespace {

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

std::string prepared_of(std::initializer_list<std::pair<const char*, const char*>> fields) {
  const EntryRef entry =
      Entry::make(head_of(response_with(fields)), std::make_shared<StoredBody>());
  return std::string(entry->prepared().view());
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

TEST(EntryOpen, GivesAPart) {
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("0123456789"));
  body->complete();
  EXPECT_EQ(Entry::make(head_of({}), body)->open({2, 4}).whole.view(), "234");
}

TEST(EntryRepresentation, IsWhatSelectingNeeds) {
  const auto body = std::make_shared<StoredBody>();
  const EntryRef growing =
      Entry::make(head_of(response_with({{"ETag", "\"1\""}, {"Content-Encoding", "br"}})), body);
  EXPECT_EQ(growing->representation().validators.etag, "\"1\"");
  EXPECT_TRUE(growing->representation().is_coded);
  EXPECT_EQ(growing->representation().length, std::nullopt) << "nobody said it";
  EXPECT_EQ(Entry::make(head_of({}, 5), body)->representation().length, 5u) << "the head said it";
  body->append(Bytes::copy_of("hello"));
  body->complete();
  EXPECT_EQ(growing->representation().length, 5u) << "it has come to its end";
  EXPECT_FALSE(Entry::make(head_of({}), body)->representation().is_coded);
}

TEST(EntryShownHeaders, HasTheFieldsOfThePreparedHead) {
  const EntryRef entry = Entry::make(
      head_of(response_with({{"Content-Type", "text/css"}, {"Cache-Tag", "a"}, {"Age", "1"}})),
      std::make_shared<StoredBody>()
  );
  EXPECT_EQ(entry->shown_headers().size(), 1u);
  EXPECT_EQ(entry->shown_headers().get("Content-Type"), "text/css");
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

TEST(EntryWithHead, KeepsTheAnnouncedLength) {
  const auto body = std::make_shared<StoredBody>();
  const EntryRef old = Entry::make(head_of({}, 5), body);
  EXPECT_EQ(old->announced_length(), 5u);
  EXPECT_EQ(old->with_head(head_of({}))->announced_length(), 5u) << "a 304 says none of a body";
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
