#include "workers/outbound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kIdentity = "site-api@5f0c21d7/FRA";

TEST(ParseIdentity, TakesScriptVersionAndColo) {
  EXPECT_EQ(parse_identity(kIdentity), (Identity{"site-api", "5f0c21d7", "FRA"}));
  for (const char* text :
       {"", "site-api", "site-api@5f0c21d7", "site-api/FRA", "@1/FRA", "a@/FRA", "a@1/"}) {
    EXPECT_FALSE(parse_identity(text)) << text;
  }
}

policy::WorkerOptions options(std::string_view blob) { return parse_blob(blob, "api").options; }

TEST(ParseBlob, ReadsTheTag) {
  const Blob blob = parse_blob(R"({"$f":{"ray":"89abcdef01234567","op":"put"}})", "api");
  EXPECT_EQ(blob.ray, 0x89abcdef01234567);
  EXPECT_EQ(blob.operation, "put");
}

TEST(ParseBlob, TreatsAnythingElseAsUntagged) {
  for (const char* text :
       {"",
        "{}",
        "[]",
        "null",
        "{",
        R"({"$f":null})",
        R"({"$f":{"ray":null}})",
        R"({"$f":{"ray":7,"op":7}})"}) {
    const Blob blob = parse_blob(text, "api");
    EXPECT_FALSE(blob.ray) << text;
    EXPECT_EQ(blob.operation, "") << text;
  }
  EXPECT_TRUE(parse_blob({}, "api").options.present);
  EXPECT_EQ(parse_blob({}, "api").options.script, "api");
}

TEST(ParseBlob, ReadsHowTheScriptWantsToCache) {
  EXPECT_TRUE(options(R"({"cacheEverything":true})").cache_everything);
  EXPECT_EQ(options(R"({"cacheTtl":60,"cacheControl":"max-age=60"})").cache_ttl, seconds(60));
  EXPECT_EQ(options(R"({"cacheTtl":0})").cache_ttl, seconds(0));
  EXPECT_EQ(options(R"({"cacheTtl":-1})").cache_ttl, seconds(-1));
  const std::vector<policy::StatusTtl> ttls{{404, 404, seconds(1)}, {200, 299, seconds(86400)}};
  EXPECT_EQ(options(R"({"cacheTtlByStatus":{"404":1,"200-299":86400}})").cache_ttl_by_status, ttls);
}

TEST(ParseBlob, ReadsWhatTheScriptWantsOfStoring) {
  EXPECT_TRUE(options(R"({"cacheDeceptionArmor":true})").deception_armor);
  EXPECT_TRUE(options(R"({"stripEtags":true})").strip_etags);
  EXPECT_TRUE(options(R"({"stripLastModified":true})").strip_last_modified);
  const auto nothing =
      options(R"({"cacheDeceptionArmor":"on","stripEtags":1,"stripLastModified":false})");
  EXPECT_FALSE(nothing.deception_armor || nothing.strip_etags || nothing.strip_last_modified);
  EXPECT_THAT(nothing.unknown, ElementsAre());
}

TEST(ParseBlob, MapsTheCacheOptionOfFetch) {
  const auto no_store =
      options(R"({"cacheTtl":-1,"cacheLevel":"bypass","cacheControl":"no-store"})");
  EXPECT_TRUE(no_store.bypass);
  EXPECT_FALSE(no_store.force_revalidate);
  const auto no_cache = options(R"({"cacheForceRevalidate":true,"cacheControl":"no-cache"})");
  EXPECT_TRUE(no_cache.force_revalidate);
  EXPECT_FALSE(no_cache.bypass);
  EXPECT_TRUE(options(R"({"cacheLevel":"bypass"})").bypass) << "reload";
}

TEST(ParseBlob, IgnoresMembersOfAnotherType) {
  const auto read = options(
      R"({"cacheEverything":"yes","cacheTtl":"60","cacheTtlByStatus":[1],"cacheLevel":1,"cacheForceRevalidate":null})"
  );
  EXPECT_FALSE(read.cache_everything);
  EXPECT_FALSE(read.cache_ttl);
  EXPECT_TRUE(read.cache_ttl_by_status.empty());
  EXPECT_FALSE(read.bypass);
  EXPECT_FALSE(read.force_revalidate);
  EXPECT_TRUE(options(R"({"cacheTtlByStatus":{"99":1,"600":1,"299-200":1,"x":1,"200":"1"}})")
                  .cache_ttl_by_status.empty());
}

TEST(ParseBlob, NamesTheMembersNobodyKnows) {
  const auto read = options(
      R"({"cacheEveryting":true,"colo":"FRA","country":"DE","cacheKey":"k","cacheTags":["a"],"$f":{},"myOwn":1})"
  );
  EXPECT_THAT(read.unknown, ElementsAre("cacheEveryting", "myOwn"));
}

TEST(ParseBlob, NamesOnlySoManyOfThem) {
  std::string text = "{\"a\":1";
  for (std::size_t i = 0; i < kMaxUnknownKeys; ++i) text += ",\"b" + std::to_string(i) + "\":1";
  EXPECT_EQ(options(text + "}").unknown.size(), kMaxUnknownKeys);
}

http::Request request_from(
    std::string_view source, std::string_view url = "https://site.example/a"
) {
  http::Request request;
  request.url = *http::parse_url(url);
  if (!source.empty()) request.headers.add("X-Festina-Src", source);
  return request;
}

RayInfo served_ray() {
  return {
      .ray = 0x89abcdef01234567,
      .script = "site-api",
      .colo = "FRA",
      .zone = "z",
      .client_address = "203.0.113.7"
  };
}

// Ray 0: unlinked.
RayInfo parent_of(const http::Request& request, const Rays& rays) {
  return caller_of(request, rays).value_or(Caller()).parent.value_or(RayInfo());
}

TEST(CallerOf, LinksARequestToTheOneItIsPartOf) {
  Rays rays;
  const auto live = rays.open(served_ray());
  auto request = request_from(kIdentity);
  request.headers.add("CF-Blob", R"({"$f":{"ray":"89abcdef01234567","op":"fetch"}})");
  EXPECT_EQ(parent_of(request, rays).client_address, "203.0.113.7");
}

TEST(CallerOf, LeavesARayOfAnotherScriptUnlinked) {
  Rays rays;
  const auto live = rays.open(served_ray());
  auto request = request_from("other@5f0c21d7/FRA");
  request.headers.add("CF-Blob", R"({"$f":{"ray":"89abcdef01234567","op":"fetch"}})");
  EXPECT_EQ(parent_of(request, rays).ray, 0U);
}

TEST(CallerOf, KnowsARequestThatPassesThroughOnAnException) {
  Rays rays;
  const auto live = rays.open(served_ray());
  auto request = request_from(kIdentity);
  request.headers.add("CF-Ray", "89abcdef01234567");
  request.headers.add("CF-Blob", R"({"colo":"FRA"})");
  EXPECT_EQ(parent_of(request, rays).ray, served_ray().ray);
  request.headers.set("CF-Blob", R"({"$f":{"ray":null,"op":"fetch"}})");
  EXPECT_EQ(parent_of(request, rays).ray, 0U) << "a tagged request says itself what it is part of";
}

// Keeps what it was asked.
class Recorder final : public Subrequests {
 public:
  Awaitable<http::Reply> subrequest(Caller by, http::Incoming incoming) override {
    callers.push_back(std::move(by));
    asked = std::move(incoming.request);
    co_return http::text_reply(200, "text/plain", "origin");
  }
  std::vector<Caller> callers;
  http::Request asked;
};

class OutboundTest : public testing::Test {
 protected:
  http::Reply handle(http::Request request, std::string body = {}) {
    asio::io_context io;
    http::Incoming incoming;
    incoming.request = std::move(request);
    incoming.body = Body::of(std::move(body));
    http::Reply answer;
    asio::co_spawn(
        io,
        outbound_.handle(std::move(incoming)),
        [&](const std::exception_ptr&, http::Reply reply) { answer = std::move(reply); }
    );
    io.run();
    return answer;
  }
  http::Status report(std::string body, const std::string& operation = "exception") {
    auto request = request_from(kIdentity, "https://festina.invalid/" + operation);
    request.headers.add(
        "CF-Blob", R"({"$f":{"ray":"89abcdef01234567","op":")" + operation + "\"}}"
    );
    return handle(std::move(request), std::move(body)).response.status;
  }

  Rays rays_;
  Rays::Live live_ = rays_.open(served_ray());
  Recorder recorder_;
  observe::Journal journal_;
  ManualClock clock_{TimePoint(std::chrono::milliseconds(1'700'000'000'000))};
  Outbound outbound_{recorder_, rays_, journal_, clock_};
};

TEST_F(OutboundTest, HandsAFetchOnWithoutWhatOnlyTheEdgeMaySay) {
  auto request = request_from(kIdentity);
  for (const char* name :
       {"Host",
        "CF-Blob",
        "CF-Ray",
        "CF-Connecting-IP",
        "CF-Worker",
        "CF-Cache-Namespace",
        "X-Real-IP",
        "CDN-Loop",
        "X-Festina-Clock",
        "Connection",
        "Content-Length"}) {
    request.headers.add(name, "1");
  }
  request.headers.add("Accept", "*/*");
  EXPECT_EQ(handle(std::move(request)).response.status, 200);
  ASSERT_EQ(recorder_.callers.size(), 1U);
  EXPECT_EQ(recorder_.callers[0].identity.colo, "FRA");
  ASSERT_EQ(recorder_.asked.headers.size(), 1U);
  EXPECT_EQ(recorder_.asked.headers.get("Accept"), "*/*");
  EXPECT_EQ(recorder_.asked.url.text(), "https://site.example/a");
}

TEST_F(OutboundTest, RefusesARequestOfNobody) {
  EXPECT_EQ(handle(request_from("")).response.status, 400);
  EXPECT_TRUE(recorder_.callers.empty());
}

TEST_F(OutboundTest, KeepsItsOwnHostToItself) {
  EXPECT_EQ(
      handle(request_from(kIdentity, "https://festina.invalid/exception")).response.status, 404
  );
  EXPECT_TRUE(recorder_.callers.empty());
}

TEST_F(OutboundTest, LogsTheReportOfAnException) {
  testing::internal::CaptureStderr();
  const http::Status status = report(
      R"({"name":"TypeError","message":"x is not a function","stack":"TypeError: x\n    at src/index.js:3:9"})"
  );
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(status, 204);
  EXPECT_THAT(
      log,
      HasSubstr("worker.exception script=site-api colo=FRA ray=89abcdef01234567 name=TypeError")
  );
  EXPECT_THAT(log, HasSubstr("at src/index.js:3:9"));
}

TEST_F(OutboundTest, LimitsTheReportOfAnException) {
  EXPECT_EQ(report(R"({"stack":")" + std::string(kMaxReportBytes - 12, 'x') + "\"}"), 204);
  EXPECT_EQ(report(R"({"stack":")" + std::string(kMaxReportBytes - 11, 'x') + "\"}"), 413);
  EXPECT_EQ(report("no JSON"), 400);
}

TEST_F(OutboundTest, TellsTheJournalOfAnException) {
  report(R"({"name":"TypeError","message":"m","stack":"s"})");
  observe::Record request;
  request.ray = 0x89abcdef01234567;
  journal_.tell(request);
  const auto found = journal_.history.find(request.ray);
  const auto thrown = journal_.history.thrown_in(found);
  ASSERT_EQ(thrown.size(), 1U);
  EXPECT_EQ(thrown[0].script, "site-api");
  EXPECT_EQ(thrown[0].name, "TypeError");
  EXPECT_EQ(thrown[0].message, "m");
  EXPECT_EQ(thrown[0].stack, "s");
}

TEST_F(OutboundTest, LimitsWhatIsPrintedInOneReport) {
  const auto printed = [this](std::size_t size) {
    const std::string_view frame = R"({"lines":[{"message":""}]})";
    return report(
        R"({"lines":[{"message":")" + std::string(size - frame.size(), 'x') + R"("}]})", "console"
    );
  };
  EXPECT_EQ(printed(kMaxConsoleBytes), 204);
  EXPECT_EQ(printed(kMaxConsoleBytes + 1), 413);
  EXPECT_EQ(report("no JSON", "console"), 400);
}

}  // namespace
}  // namespace festina::workers
