#include "workers/outbound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using testing::HasSubstr;

constexpr TimePoint kNow{std::chrono::milliseconds(1'700'000'000'000)};
constexpr std::string_view kIdentity = "site-api@5f0c21d7/FRA";

TEST(ParseIdentity, TakesScriptVersionAndColo) {
  EXPECT_EQ(parse_identity(kIdentity), (Identity{"site-api", "5f0c21d7", "FRA"}));
  for (const char* text :
       {"", "site-api", "site-api@5f0c21d7", "site-api/FRA", "@1/FRA", "a@/FRA", "a@1/"}) {
    EXPECT_FALSE(parse_identity(text)) << text;
  }
}

TEST(ParseBlob, ReadsTheTag) {
  const Blob blob = parse_blob(R"({"$f":"put 89abcdef01234567"})", "api");
  EXPECT_EQ(blob.ray, 0x89abcdef01234567);
  EXPECT_EQ(blob.operation, "put");
  const Blob called = parse_blob(R"({"$f":"call 89abcdef01234567 60000"})", "api");
  EXPECT_EQ(called.ray, 0x89abcdef01234567) << "the clock stands behind it";
  EXPECT_EQ(called.operation, "call");
  const Blob unlinked = parse_blob(R"({"$f":"fetch -"})", "api");
  EXPECT_FALSE(unlinked.ray);
  EXPECT_EQ(unlinked.operation, "fetch");
}

TEST(ParseBlob, TreatsAnythingElseAsUntagged) {
  for (const char* text :
       {"",
        "{}",
        "[]",
        "null",
        "{",
        R"({"$f":null})",
        R"({"$f":7})",
        R"({"$f":""})",
        R"({"$f":"89abcdef01234567"})",
        R"({"$f":{"clock":5,"console":true}})"}) {
    const Blob blob = parse_blob(text, "api");
    EXPECT_FALSE(blob.ray) << text;
    EXPECT_EQ(blob.operation, "") << text;
  }
  EXPECT_TRUE(parse_blob({}, "api").options.present);
  EXPECT_EQ(parse_blob({}, "api").options.script, "api");
}

TEST(ParseBlob, ReadsHowTheScriptWantsToCache) {
  const Blob blob = parse_blob(R"({"cacheTtl":60,"cacheControl":"max-age=60","$f":{}})", "api");
  EXPECT_EQ(blob.options.cache_ttl, std::chrono::seconds(60));
  EXPECT_TRUE(blob.options.asks);
  EXPECT_FALSE(parse_blob(R"({"colo":"FRA"})", "api").options.asks);
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
  const ManualClock clock{kNow};
  Rays rays(clock);
  const auto live = rays.open(served_ray());
  auto request = request_from(kIdentity);
  request.headers.add("CF-Blob", R"({"$f":"fetch 89abcdef01234567"})");
  EXPECT_EQ(parent_of(request, rays).client_address, "203.0.113.7");
}

TEST(CallerOf, LeavesARayOfAnotherScriptUnlinked) {
  const ManualClock clock{kNow};
  Rays rays(clock);
  const auto live = rays.open(served_ray());
  auto request = request_from("other@5f0c21d7/FRA");
  request.headers.add("CF-Blob", R"({"$f":"fetch 89abcdef01234567"})");
  EXPECT_EQ(parent_of(request, rays).ray, 0U);
}

TEST(CallerOf, KnowsARequestThatPassesThroughOnAnException) {
  const ManualClock clock{kNow};
  Rays rays(clock);
  const auto live = rays.open(served_ray());
  auto request = request_from(kIdentity);
  request.headers.add("CF-Ray", "89abcdef01234567");
  request.headers.add("CF-Blob", R"({"colo":"FRA"})");
  EXPECT_EQ(parent_of(request, rays).ray, served_ray().ray);
  request.headers.set("CF-Blob", R"({"colo":"FRA","$f":{"clock":5,"console":true}})");
  EXPECT_EQ(parent_of(request, rays).ray, served_ray().ray) << "the tag is the host's own";
  request.headers.set("CF-Blob", R"({"$f":"fetch -"})");
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
  // What the edge is given of a fetch() that the script makes for the request.
  Caller fetched() {
    auto request = request_from(kIdentity);
    request.headers.add("CF-Blob", R"({"$f":"fetch 89abcdef01234567"})");
    handle(std::move(request));
    return recorder_.callers.back();
  }
  http::Status report(std::string body, const std::string& operation = "exception") {
    auto request = request_from(kIdentity, "https://festina.invalid/" + operation);
    request.headers.add("CF-Blob", R"({"$f":")" + operation + R"( 89abcdef01234567"})");
    return handle(std::move(request), std::move(body)).response.status;
  }

  ManualClock clock_{kNow};
  Rays rays_{clock_};
  std::optional<Rays::Live> live_{rays_.open(served_ray())};
  Recorder recorder_;
  observe::Journal journal_;
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
        "X-Festina-Other",
        "Connection",
        "Content-Length"}) {
    request.headers.add(name, "1");
  }
  request.headers.add("Accept", "*/*");
  request.headers.add("X-Real-IP", "192.0.2.1");
  request.headers.add("CDN-Loop", "festina");
  EXPECT_EQ(handle(std::move(request)).response.status, 200);
  ASSERT_EQ(recorder_.callers.size(), 1U);
  EXPECT_EQ(recorder_.callers[0].identity.colo, "FRA");
  ASSERT_EQ(recorder_.asked.headers.size(), 3U);
  EXPECT_EQ(recorder_.asked.headers.get("CDN-Loop"), "festina") << "the edge knows better, or not";
  EXPECT_EQ(recorder_.asked.headers.get("X-Real-IP"), "192.0.2.1") << "the edge judges it";
  EXPECT_EQ(recorder_.asked.headers.get("Accept"), "*/*");
  EXPECT_EQ(recorder_.asked.url.text(), "https://site.example/a");
}

TEST(Caller, SaysWhatIsPassedThrough) {
  Caller caller;
  caller.parent = served_ray();
  EXPECT_TRUE(caller.is_passed_through()) << "workerd writes no tag";
  caller.operation = "call";
  EXPECT_TRUE(caller.is_passed_through()) << "nor takes one off that another Worker wrote";
  caller.operation = "fetch";
  EXPECT_FALSE(caller.is_passed_through());
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

TEST_F(OutboundTest, RefusesAFetchTooMany) {  // reference §5.5
  live_.reset();
  RayInfo served = served_ray();
  served.quota = std::make_shared<Quota>(2);
  live_.emplace(rays_.open(served));
  for (const std::uint32_t place : {1U, 2U}) {
    const Caller caller = fetched();
    EXPECT_EQ(caller.place, place);
    EXPECT_FALSE(caller.refused) << place;
  }
  const Caller beyond = fetched();
  EXPECT_EQ(beyond.place, 3U);
  EXPECT_EQ(beyond.refused, policy::Reason::too_many_calls);
}

TEST_F(OutboundTest, CountsNothingThatTheScriptDidNotAskFor) {
  auto passed_through = request_from(kIdentity);
  passed_through.headers.add("CF-Ray", "89abcdef01234567");
  handle(std::move(passed_through));
  EXPECT_EQ(recorder_.callers.back().parent_ray, served_ray().ray);
  EXPECT_EQ(recorder_.callers.back().place, 0U);
}

TEST_F(OutboundTest, EndsTheWorkForARequestThatWasAnsweredTooLongAgo) {  // waitUntil()
  live_.reset();
  clock_.advance(kLingers - std::chrono::milliseconds(1));
  EXPECT_FALSE(fetched().refused);
  clock_.advance(std::chrono::milliseconds(1));
  const Caller late = fetched();
  EXPECT_EQ(late.refused, policy::Reason::request_over);
  EXPECT_EQ(late.parent_ray, served_ray().ray) << "explain tells of it";
  EXPECT_FALSE(late.parent);
}

TEST(RefusalWord, TellsTheRuntimeModuleWhatToThrow) {
  EXPECT_EQ(refusal_word(policy::Reason::too_many_calls), "calls");
  EXPECT_EQ(refusal_word(policy::Reason::request_over), "time");
}

}  // namespace
}  // namespace festina::workers
