#include "edge/file_origin.h"

#include <functional>
#include <gmock/gmock.h>
#include <optional>

#include "edge/site_files.h"
#include "http/date.h"

namespace festina::edge {
namespace {

using namespace std::chrono_literals;
using http::Name;
using testing::EndsWith;
using testing::Field;
using testing::HasSubstr;
using testing::Optional;

constexpr std::chrono::seconds kOld = 1'000'000'000s;
constexpr TimePoint kNow{1'700'000'000s};

struct Answer {
  http::Response response;
  std::optional<std::uint64_t> length;
  bool was_whole = false;  // sent in one piece
  std::string body;
  std::optional<Error> error;

  int status() const { return response.status; }
  std::string field(Name name) const {
    return std::string(response.headers.get(name).value_or("none"));
  }
};

Awaitable<Answer> ask(WorkPool& pool, const zone::Origin& origin, http::Request request) {
  const bool is_head = request.method == http::Method::head;
  Result<http::Reply> reply = co_await fetch_file(pool, origin, std::move(request), kNow);
  Answer answer;
  if (!reply) {
    answer.error = reply.error();
    co_return answer;
  }
  answer.response = std::move(reply->response);
  answer.length = reply->body.size();
  answer.was_whole = reply->body.is_whole();
  if (is_head) co_return answer;
  Result<std::string> body = co_await collect(std::move(reply->body), 10'000'000, Side::self);
  if (body) {
    answer.body = std::move(*body);
  } else {
    answer.error = body.error();
  }
  co_return answer;
}

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

class FileOriginTest : public testing::Test {
 protected:
  FileOriginTest() {
    origin_.kind = zone::OriginKind::files;
    origin_.directory = files_.path();
  }
  Answer send(http::Method method, std::string_view target, const Fields& fields = {}) {
    http::Request request;
    request.method = method;
    request.url = http::parse_url("http://files.example" + std::string(target)).value();
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    Answer answer;
    const auto take = [&](const std::exception_ptr&, Answer got) { answer = std::move(got); };
    asio::co_spawn(io_, ask(pool_, origin_, std::move(request)), take);
    io_.restart();
    io_.run();
    return answer;
  }
  Answer get(std::string_view target, const Fields& fields = {}) {
    return send(http::Method::get, target, fields);
  }
  void write_old(std::string_view relative, std::string_view text) const {
    files_.write(relative, text);
    files_.set_modified(relative, kOld);
  }

  SiteFiles files_;
  zone::Origin origin_;
  asio::io_context io_;  // before the pool, whose threads wake it
  WorkPool pool_{2};
};

TEST_F(FileOriginTest, ServesAFileWithItsTypeAndValidators) {
  write_old("a.css", "body{}");
  const Answer answer = get("/a.css");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "body{}");
  EXPECT_TRUE(answer.was_whole);
  EXPECT_EQ(answer.field(Name::content_type), "text/css; charset=utf-8");
  EXPECT_EQ(answer.field(Name::last_modified), "Sun, 09 Sep 2001 01:46:40 GMT");
  EXPECT_EQ(answer.field(Name::etag), "\"3b9aca0000000000-6\"");
  EXPECT_EQ(answer.field(Name::accept_ranges), "bytes");
  EXPECT_EQ(answer.field(Name::vary), "none");
}

TEST_F(FileOriginTest, ServesAnEmptyFile) {
  files_.write("empty.txt", "");
  const Answer answer = get("/empty.txt");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.length, 0U);
  EXPECT_EQ(get("/empty.txt", {{"Range", "bytes=0-"}}).status(), 416);
}

TEST_F(FileOriginTest, NamesNoDateInTheFuture) {  // RFC 9110 §8.8.2.1
  files_.write("a.css", "body{}");
  files_.set_modified("a.css", 1'800'000'000s);
  EXPECT_EQ(get("/a.css").field(Name::last_modified), http::format_date(kNow));
}

TEST_F(FileOriginTest, AnswersHeadWithTheLengthOfAGet) {  // RFC 9110 §9.3.2
  write_old("a.css", "body{}");
  const Answer whole = send(http::Method::head, "/a.css");
  EXPECT_EQ(whole.status(), 200);
  EXPECT_EQ(whole.length, 6U);
  const Answer part = send(http::Method::head, "/a.css", {{"Range", "bytes=1-2"}});
  EXPECT_EQ(part.status(), 206);
  EXPECT_EQ(part.length, 2U);
}

TEST_F(FileOriginTest, ServesTheIndexOfADirectory) {
  files_.write("index.html", "home");
  files_.write("docs/index.html", "docs");
  files_.write("empty/.keep", "");
  std::filesystem::create_directories(files_.path("odd/index.html"));
  EXPECT_EQ(get("/").body, "home");
  EXPECT_EQ(get("/").field(Name::content_type), "text/html; charset=utf-8");
  EXPECT_EQ(get("/docs/").body, "docs");
  EXPECT_EQ(get("/empty/").status(), 404) << "directories are not listed";
  EXPECT_EQ(get("/odd/").status(), 404) << "an index that is a directory";

  const Answer moved = get("/docs?a=1&b");
  EXPECT_EQ(moved.status(), 301);
  EXPECT_EQ(moved.field(Name::location), "/docs/?a=1&b");
}

TEST_F(FileOriginTest, RefusesWhatIsNoRead) {
  files_.write("a.css", "body{}");
  const Answer answer = send(http::Method::post, "/a.css");
  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.response.headers.get("Allow"), "GET, HEAD");
}

TEST_F(FileOriginTest, JudgesConditionsInTheirOrder) {  // RFC 9110 §13.2.2
  write_old("a.css", "0123456789");
  const std::string etag = get("/a.css").field(Name::etag);
  const std::string weak = "W/" + etag;
  constexpr std::string_view date = "Sun, 09 Sep 2001 01:46:40 GMT";
  constexpr std::string_view before = "Sat, 08 Sep 2001 01:46:40 GMT";
  const struct {
    Fields fields;
    int status;
    std::string_view why;
  } cases[] = {
      {{{"If-None-Match", etag}}, 304, "the client's copy holds"},
      {{{"If-None-Match", weak}}, 304, "weak comparison"},
      {{{"If-None-Match", "\"x\""}}, 200, "it does not"},
      {{{"If-Modified-Since", date}}, 304, "by date"},
      {{{"If-Modified-Since", before}}, 200, "modified since"},
      {{{"If-Match", etag}}, 200, "the one that is meant"},
      {{{"If-Match", "\"x\""}}, 412, "another is meant"},
      {{{"If-Match", "\"x\""}, {"If-None-Match", etag}}, 412, "If-Match comes first"},
      {{{"If-Unmodified-Since", before}}, 412, "another is meant"},
      {{{"If-None-Match", etag}, {"Range", "bytes=0-1"}}, 304, "conditions come before ranges"},
      {{{"If-Match", etag}, {"Range", "bytes=0-1"}}, 206, "both hold"},
      {{{"If-Range", etag}, {"Range", "bytes=0-1"}}, 206, "the same representation"},
      {{{"If-Range", "\"x\""}, {"Range", "bytes=0-1"}}, 200, "another: all of it"},
      {{{"If-Range", date}, {"Range", "bytes=0-1"}}, 206, "the same date"},
  };
  for (const auto& c : cases) EXPECT_EQ(get("/a.css", c.fields).status(), c.status) << c.why;
}

TEST_F(FileOriginTest, ServesRanges) {
  write_old("a.css", "0123456789");
  const Answer part = get("/a.css", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status(), 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_TRUE(part.was_whole);
  EXPECT_EQ(part.field(Name::content_range), "bytes 2-4/10");
  const Answer parts = get("/a.css", {{"Range", "bytes=0-0,-1"}});
  EXPECT_EQ(parts.status(), 206);
  EXPECT_THAT(parts.field(Name::content_type), HasSubstr("multipart/byteranges"));
  EXPECT_THAT(parts.body, HasSubstr("Content-Range: bytes 0-0/10\r\n\r\n0\r\n"));
  EXPECT_THAT(parts.body, HasSubstr("Content-Range: bytes 9-9/10\r\n\r\n9\r\n"));
  EXPECT_EQ(parts.length, parts.body.size());
  const Answer none = get("/a.css", {{"Range", "bytes=10-"}});
  EXPECT_EQ(none.status(), 416);
  EXPECT_EQ(none.field(Name::content_range), "bytes */10");
}

TEST_F(FileOriginTest, StreamsWhatIsLarge) {
  const std::string at_limit(kFileReadBytes, 'a');
  const std::string past_it(kFileReadBytes * 2 + 1, 'b');
  files_.write("at", at_limit);
  files_.write("past", past_it);
  EXPECT_TRUE(get("/at").was_whole);
  const Answer streamed = get("/past");
  EXPECT_FALSE(streamed.was_whole);
  EXPECT_EQ(streamed.length, past_it.size());
  EXPECT_EQ(streamed.body, past_it);
  const Answer tail = get("/past", {{"Range", "bytes=10-"}});
  EXPECT_EQ(tail.status(), 206);
  EXPECT_EQ(tail.body.size(), past_it.size() - 10);
}

// Reads the first part, then lets `change` happen, then reads the rest.
Awaitable<Result<std::string>> interrupted(
    WorkPool& pool, const zone::Origin& origin,
    std::function<void()> change  // NOLINT(performance-unnecessary-value-param): spawned, so owned
) {
  http::Request request;
  request.url = http::parse_url("http://files.example/large").value();
  Result<http::Reply> reply = co_await fetch_file(pool, origin, std::move(request), kNow);
  const Result<Bytes> first = co_await reply->body.source->read();
  check(first && !first->empty(), "the file begins as it was");
  change();
  co_return co_await collect(std::move(reply->body), 10'000'000, Side::self);
}

TEST_F(FileOriginTest, BreaksOffWhenTheFileChangesMeanwhile) {
  write_old("large", std::string(kFileReadBytes * 3, 'a'));
  const auto shorten = [this] { std::filesystem::resize_file(files_.path("large"), 10); };
  Result<std::string> body = std::string();
  const auto take = [&](const std::exception_ptr&, Result<std::string> got) {
    body = std::move(got);
  };
  asio::co_spawn(io_, interrupted(pool_, origin_, shorten), take);
  io_.run();
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, ErrorCode::truncated);
  EXPECT_EQ(body.error().side, Side::origin);
}

class Precompressed : public FileOriginTest {
 protected:
  Precompressed() {
    write_old("app.js", "plain");
    write_old("app.js.br", "brotli");
    write_old("app.js.zst", "zstd");
    write_old("app.js.gz", "gzip");
  }
};

TEST_F(Precompressed, StandsInWhereTheClientPrefersIt) {
  const struct {
    std::string_view accepted;
    std::string_view body;
    std::string_view coding;
  } cases[] = {
      {"gzip, deflate, br, zstd", "brotli", "br"},
      {"gzip, zstd", "zstd", "zstd"},
      {"gzip", "gzip", "gzip"},
      {"br;q=0.5, gzip", "gzip", "gzip"},
      {"deflate", "plain", "none"},
      {"br;q=0", "plain", "none"},
      {"identity, *;q=0.1", "plain", "none"},
  };
  for (const auto& c : cases) {
    const Answer answer = get("/app.js", {{"Accept-Encoding", c.accepted}});
    EXPECT_EQ(answer.body, c.body) << c.accepted;
    EXPECT_EQ(answer.field(Name::content_encoding), c.coding) << c.accepted;
    EXPECT_EQ(answer.field(Name::content_type), "text/javascript; charset=utf-8") << c.accepted;
    EXPECT_EQ(answer.field(Name::vary), "Accept-Encoding") << c.accepted;
  }
  const Answer plain = get("/app.js");
  EXPECT_EQ(plain.body, "plain") << "as a fill asks (ADR 8)";
  EXPECT_EQ(plain.field(Name::vary), "Accept-Encoding") << "another client would get another";
}

TEST_F(Precompressed, HasAnETagOfItsOwn) {
  const Answer plain = get("/app.js");
  const Answer coded = get("/app.js", {{"Accept-Encoding", "br"}});
  EXPECT_THAT(coded.field(Name::etag), EndsWith("-br\""));
  EXPECT_NE(coded.field(Name::etag), plain.field(Name::etag));
  const std::string etag = coded.field(Name::etag);
  const Answer held = get("/app.js", {{"Accept-Encoding", "br"}, {"If-None-Match", etag}});
  EXPECT_EQ(held.status(), 304);
  EXPECT_EQ(held.field(Name::vary), "Accept-Encoding");
  EXPECT_EQ(get("/app.js", {{"If-None-Match", etag}}).status(), 200) << "of another representation";
}

TEST_F(Precompressed, IsNotWhatARangeIsOf) {
  const Answer part = get("/app.js", {{"Accept-Encoding", "br"}, {"Range", "bytes=0-1"}});
  EXPECT_EQ(part.status(), 206);
  EXPECT_EQ(part.body, "pl");
  EXPECT_EQ(part.field(Name::content_encoding), "none");
  const std::string etag = get("/app.js", {{"Accept-Encoding", "br"}}).field(Name::etag);
  const Fields resumed = {{"Accept-Encoding", "br"}, {"Range", "bytes=0-1"}, {"If-Range", etag}};
  EXPECT_EQ(get("/app.js", resumed).status(), 200) << "begun coded: all of it again";
}

TEST_F(Precompressed, IsLeftAloneWhenItIsOlderThanItsFile) {
  files_.set_modified("app.js", kOld + 1s);
  files_.set_modified("app.js.gz", kOld + 1s);
  EXPECT_EQ(get("/app.js", {{"Accept-Encoding", "br, gzip"}}).body, "gzip");
}

TEST_F(Precompressed, IsAFileLikeAnyOtherByItsOwnName) {
  const Answer answer = get("/app.js.gz", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(answer.body, "gzip");
  EXPECT_EQ(answer.field(Name::content_type), "application/gzip");
  EXPECT_EQ(answer.field(Name::content_encoding), "none");
}

TEST_F(Precompressed, NeedsItsFile) {
  files_.write("orphan.js.br", "brotli");
  EXPECT_EQ(get("/orphan.js", {{"Accept-Encoding", "br"}}).status(), 404);
}

TEST_F(FileOriginTest, SaysThatSvgzIsCoded) {
  files_.write("a.svgz", "gzip");
  const Answer answer = get("/a.svgz");
  EXPECT_EQ(answer.field(Name::content_type), "image/svg+xml");
  EXPECT_EQ(answer.field(Name::content_encoding), "gzip");
}

TEST_F(FileOriginTest, SaysWhenItsDirectoryIsGone) {
  origin_.directory = files_.path("missing");
  const Answer answer = get("/a.css");
  EXPECT_THAT(answer.error, Optional(Field(&Error::code, ErrorCode::io)));
}

}  // namespace
}  // namespace festina::edge
