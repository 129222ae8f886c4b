#include "cache/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "cache/drafts.h"
#include "http/encoder.h"
#include "http/h1_writer.h"

namespace festina::cache {
namespace {

using namespace std::chrono_literals;

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

TEST(EntryPart, IsReadByTheNumbersOfTheWhole) {
  http::Response response = response_with({{"Content-Range", "bytes 4-8/20"}});
  response.status = 206;
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of("45678"));
  body->complete();
  const EntryRef part = Entry::make(head_of(response), body);
  EXPECT_EQ(part->part(), (policy::Part{{4, 8}, 20}));
  EXPECT_EQ(part->representation().status, 200);
  EXPECT_EQ(part->representation().length, 20U);
  EXPECT_EQ(part->open({5, 7}).whole.view(), "567");
  EXPECT_EQ(part->open().whole.view(), "45678");
}

TEST(EntryPart, IsNothingOfAWholeResponse) {
  const auto body = std::make_shared<StoredBody>();
  body->complete();
  EXPECT_EQ(Entry::make(head_of({}), body)->part(), std::nullopt);
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

TEST(EntryHeaders, StayAsTheyWereStored) {
  const EntryRef entry = Entry::make(
      head_of(response_with({
          {"Content-Type", "text/css"},
          {"Cache-Tag", "shoes"},
          {"x-empty", ""},
          {"X-Twice", "a: b"},
          {"CF-Own", "1"},
          {"X-Twice", "c"},
          {"Connection", "X-Hop"},
          {"X-Hop", "1"},
          {"Content-Length", "5"},
      })),
      std::make_shared<StoredBody>()
  );
  std::string lines;
  http::append_field_lines(lines, entry->headers());
  EXPECT_EQ(
      lines,
      "Content-Type: text/css\r\nx-empty: \r\nX-Twice: a: b\r\nX-Twice: c\r\n"
      "Cache-Tag: shoes\r\nCF-Own: 1\r\n"
  ) << "all but those of the connection; what clients are shown first";
}

TEST(EntryHeaders, AreFoundByName) {
  const EntryRef entry = Entry::make(
      head_of(response_with({{"ETag", "\"1\""}, {"Expires", "0"}, {"Vary", "a"}, {"vary", "b"}})),
      std::make_shared<StoredBody>()
  );
  EXPECT_EQ(entry->field(http::Name::etag), "\"1\"");
  EXPECT_EQ(entry->field(http::Name::expires), "0") << "among the hidden ones";
  EXPECT_EQ(entry->field(http::Name::vary), "a") << "the first line's value";
  EXPECT_EQ(entry->field(http::Name::location), std::nullopt);
  const http::Headers two = entry->headers({http::Name::expires, http::Name::vary});
  EXPECT_EQ(two.size(), 3u);
  EXPECT_EQ(two.joined(http::Name::vary), "a, b");
}

TEST(EntryStored, SaysWhatJudgingNeeds) {
  EntryHead head = head_of(response_with({{"Cache-Control", "max-age=60"}}));
  head.response.status = 404;
  head.facts = policy::facts_of(head.response, TimePoint(5s), policy::Profile::cloudflare);
  head.request_time = TimePoint(4s);
  head.response_time = TimePoint(5s);
  head.explicit_ttl = 10s;
  const EntryRef entry = Entry::make(head, std::make_shared<StoredBody>());
  const policy::StoredResponse stored = entry->stored();
  EXPECT_EQ(stored.status, 404);
  EXPECT_EQ(stored.facts, head.facts);
  EXPECT_EQ(stored.request_time, head.request_time);
  EXPECT_EQ(stored.response_time, head.response_time);
  EXPECT_EQ(stored.explicit_ttl, 10s);
  EXPECT_EQ(entry->status(), 404);
}

TEST(EntryTarget, IsHostAndPathOfItsUrl) {
  const struct {
    const char* url;
    const char* key;
    const char* target;
    const char* why;
  } cases[] = {
      {"https://h/a/b?q", "http://h/a/b?q Origin=x", "h/a/b", "as in the key"},
      {"https://h:8443/a", "https://h:8443/a", "h/a", "without the port"},
      {"https://[::1]:80/a", "https://h/a", "[::1]/a", "a colon of an address is no port's"},
      {"https://[::1]/a", "https://h/a", "[::1]/a", "nor is its last"},
      {"https://h", "https://h", "h", "no path"},
      {"https://h?a/b", "https://h?a/b", "h", "no path but a query"},
      {"https://h/a#b/c", "https://h/a", "h/a", "no fragment"},
      {"https://h/real", "own-key", "h/real", "a key of one's own"},
  };
  for (const auto& at : cases) {
    EntryHead head = head_of({});
    head.url = at.url;
    head.key.text = at.key;
    const EntryRef draft = Entry::make(head, std::make_shared<StoredBody>());
    EXPECT_EQ(draft->target(), at.target) << at.why;
    EXPECT_EQ(draft->key_text(), at.key) << at.why;
    EXPECT_EQ(draft->prepared().view(), "HTTP/1.1 200 OK\r\n") << at.why;
  }
}

EntryRef complete_draft(std::size_t size, http::Response response = {}) {
  const auto body = std::make_shared<StoredBody>();
  if (size > 0) body->append(Bytes::from(std::string(size, 'b')));
  body->complete();
  EntryHead head = head_of(std::move(response));
  head.born.sequence = 7;
  return Entry::make(std::move(head), body);
}

TEST(EntrySettled, IsTheDraftInItsZone) {
  const ZonePurges zone("z");
  const EntryRef draft = complete_draft(5, response_with({{"X-A", "1"}, {"Age", "3"}}));
  const EntryRef settled = draft->settled(zone, KeyedHash(1));
  EXPECT_EQ(&settled->zone(), &zone);
  EXPECT_TRUE(settled->is_under({.text = "https://example.com/a.css", .zone = "z"}));
  EXPECT_FALSE(settled->is_under({.text = "https://example.com/a.css", .zone = "y"}));
  EXPECT_FALSE(settled->is_under({.text = "https://example.com/b.css", .zone = "z"}));
  EXPECT_EQ(settled->prepared().view(), draft->prepared().view());
  EXPECT_EQ(settled->headers().size(), 2u);
  EXPECT_EQ(settled->passed(), 7u);
}

TEST(EntrySettled, HasASmallBodyInIt) {
  const ZonePurges zone("z");
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxBodyInside}) {
    const EntryRef draft = complete_draft(size);
    const EntryRef settled = draft->settled(zone, KeyedHash(1));
    const Body body = settled->open();
    ASSERT_TRUE(body.is_whole());
    EXPECT_EQ(body.whole.view(), std::string(size, 'b'));
    EXPECT_EQ(settled->body_size(), size);
    EXPECT_TRUE(size == 0 || body.whole.view().data() != draft->open().whole.view().data());
  }
  const EntryRef larger = complete_draft(kMaxBodyInside + 1);
  EXPECT_EQ(
      larger->settled(zone, KeyedHash(1))->open().whole.view().data(),
      larger->open().whole.view().data()
  );
}

TEST(EntrySettled, GoesWithTheLastOfItsBytes) {
  const ZonePurges zone("z");
  Bytes body;
  Bytes head;
  {
    const EntryRef settled = complete_draft(5)->settled(zone, KeyedHash(1));
    body = settled->open().whole;
    head = settled->prepared();
  }
  EXPECT_EQ(body.view(), "bbbbb");
  EXPECT_EQ(head.view(), "HTTP/1.1 200 OK\r\n");
}

TEST(EntrySettled, KnowsItsTagsByHash) {
  const ZonePurges zone("z");
  const KeyedHash hash(1);
  const EntryRef settled =
      complete_draft(5, response_with({{"Cache-Tag", "A, b,,a"}, {"cache-tag", "c"}}))
          ->settled(zone, hash);
  std::vector<std::uint64_t> expected{
      tag_hash(hash, "a"), tag_hash(hash, "b"), tag_hash(hash, "c")
  };
  EXPECT_THAT(settled->tags(), testing::UnorderedElementsAreArray(expected));
}

TEST(EntrySettledDeathTest, WaitsForItsBody) {
  const EntryRef draft = Entry::make(head_of({}), std::make_shared<StoredBody>());
  EXPECT_DEATH(draft->settled(ZonePurges("z"), KeyedHash(1)), "a complete draft");
  EXPECT_DEATH(complete_draft(1)->settled(ZonePurges("y"), KeyedHash(1)), "its own zone");
}

TEST(EntryCharge, CountsHeadKeyAndBodyInWholeUnits) {
  const ZonePurges zone("z");
  const auto charge = [&](std::size_t body_size, const std::string& field) {
    http::Response response;
    response.headers.add("X-Field", field);
    return complete_draft(body_size, response)->settled(zone, KeyedHash(1))->charge();
  };
  const std::uint64_t least = charge(1, "");
  EXPECT_EQ(least % kChargeUnit, 0u);
  EXPECT_GT(least, sizeof(Entry));
  EXPECT_EQ(charge(1 + 1024, ""), least + 1024);
  EXPECT_EQ(charge(1, std::string(64, 'f')), least + 64);
  EXPECT_GT(charge(kMaxBodyInside + 1, ""), least + kMaxBodyInside + sizeof(StoredBody));
}

TEST(EntryWithHead, KeepsTheAnnouncedLength) {
  const auto body = std::make_shared<StoredBody>();
  const EntryRef old = Entry::make(head_of({}, 5), body);
  EXPECT_EQ(old->announced_length(), 5u);
  EXPECT_EQ(old->with_head(head_of({}))->announced_length(), 5u) << "a 304 says none of a body";
}

TEST(EntryWithHead, SharesALargeBody) {
  const ZonePurges zone("z");
  const EntryRef old = complete_draft(kMaxBodyInside + 1)->settled(zone, KeyedHash(1));
  const EntryRef fresh = old->with_head(head_of(response_with({{"ETag", "\"2\""}})));
  EXPECT_EQ(fresh->field(http::Name::etag), "\"2\"");
  EXPECT_EQ(fresh->open().whole.view().data(), old->open().whole.view().data());
}

TEST(EntryWithHead, KeepsASmallBody) {
  const ZonePurges zone("z");
  EntryRef old = complete_draft(5)->settled(zone, KeyedHash(1));
  const EntryRef fresh =
      old->with_head(head_of(response_with({{"ETag", "\"2\""}})))->settled(zone, KeyedHash(1));
  old = nullptr;
  EXPECT_EQ(fresh->field(http::Name::etag), "\"2\"");
  EXPECT_EQ(fresh->open().whole.view(), "bbbbb");
}

// Lines that are alike, of a size that is kept inside of an entry, coded or not, or outside.
std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + " of a sheet\n";
  return text;
}

std::string gzipped(const std::string& text) {
  return http::encoded(text, http::Coding::gzip, http::Effort::thorough);
}

// A settled entry of that text, with its validators and some more.
EntryRef settled_with(Ground& ground, std::string text) {
  return ground.settle(draft_of(
      {.text = "https://example.com/a.css", .zone = "z"},
      std::move(text),
      response_with(
          {{"ETag", "\"1\""}, {"Content-Type", "text/css"}, {"Age", "3"}, {"Cache-Tag", "t"}}
      )
  ));
}

TEST(EntryCodedAnew, IsTheSameResponse) {
  Ground ground;
  for (const int count : {100, 20'000, 200'000}) {
    const std::string text = lines(count);
    const EntryRef plain = settled_with(ground, text);
    plain->pass(7);
    const std::string coded = gzipped(text);
    const EntryRef kept = plain->coded_anew(http::Coding::gzip, Bytes::copy_of(coded));

    EXPECT_EQ(text_of(kept->open()), text);
    EXPECT_EQ(kept->open().size(), text.size());
    EXPECT_EQ(text_of(kept->open({5, 90})), text.substr(5, 86));
    EXPECT_EQ(kept->body_size(), text.size());
    EXPECT_EQ(kept->representation().length, text.size());
    EXPECT_EQ(kept->representation().validators.etag, "\"1\"");
    EXPECT_FALSE(kept->representation().is_coded);
    EXPECT_EQ(kept->key_text(), plain->key_text());
    EXPECT_EQ(kept->stored().facts, plain->stored().facts);
    EXPECT_EQ(kept->passed(), 7U);
    EXPECT_TRUE(std::ranges::equal(kept->tags(), plain->tags()));
    EXPECT_EQ(kept->headers().size(), plain->headers().size());
    EXPECT_EQ(kept->shown_headers().get(http::Name::etag), "\"1\"");
    EXPECT_LT(kept->charge(), plain->charge());
  }
}

TEST(EntryCodedAnew, SaysHowItIsKept) {
  Ground ground;
  const std::string text = lines(100);
  const EntryRef plain = settled_with(ground, text);
  EXPECT_FALSE(plain->coded());
  const EntryRef kept = plain->coded_anew(http::Coding::gzip, Bytes::copy_of(gzipped(text)));
  const auto coded = kept->coded();
  if (!coded) FAIL() << "it was coded";
  EXPECT_EQ(coded->coding, http::Coding::gzip);
  EXPECT_EQ(coded->plain_size, text.size());
  EXPECT_EQ(text_of(kept->open_as_kept()), gzipped(text));
  EXPECT_EQ(kept->prepared().view().find("ETag"), std::string_view::npos) << "it differs by coding";
}

TEST(EntryCodedAnew, StaysSoUnderAFreshenedHead) {
  Ground ground;
  for (const int count : {100, 200'000}) {
    const std::string text = lines(count);
    const EntryRef kept =
        settled_with(ground, text)->coded_anew(http::Coding::gzip, Bytes::copy_of(gzipped(text)));
    const EntryRef draft = kept->with_head(head_of(response_with({{"ETag", "\"2\""}})));
    const EntryRef freshened = ground.settle(draft);
    for (const EntryRef& entry : {draft, freshened}) {
      EXPECT_EQ(text_of(entry->open()), text);
      EXPECT_EQ(text_of(entry->open_as_kept()), gzipped(text));
      EXPECT_EQ(entry->field(http::Name::etag), "\"2\"");
      const auto coded = entry->coded();
      EXPECT_EQ(coded ? coded->plain_size : 0, text.size());
    }
  }
}

}  // namespace
}  // namespace festina::cache
