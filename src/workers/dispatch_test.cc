#include "workers/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;

using std::chrono::milliseconds;

http::Request request_with(
    std::initializer_list<std::pair<std::string_view, std::string_view>> fields
) {
  http::Request request;
  request.url = *http::parse_url("https://www.example.com/a");
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

Call call() {
  Call call;
  call.ray.ray = 0x89abcdef01234567;
  call.visit.client_address = "203.0.113.7";
  call.visit.colo = "FRA";
  call.visit.country = "DE";
  call.clock_offset = milliseconds(90'000);
  return call;
}

TEST(WorkerHeaders, SaysWhoAsksAndWhere) {
  const auto headers = worker_headers(request_with({{"Accept", "*/*"}}), call(), TestClock::off);
  EXPECT_EQ(headers.get("Host"), "www.example.com");
  EXPECT_EQ(headers.get("CF-Ray"), "89abcdef01234567");
  EXPECT_EQ(headers.get("CF-Connecting-IP"), "203.0.113.7");
  EXPECT_EQ(headers.get("CF-IPCountry"), "DE");
  EXPECT_EQ(headers.get("CF-Visitor"), R"({"scheme":"https"})");
  EXPECT_EQ(headers.get("X-Forwarded-Proto"), "https");
  EXPECT_EQ(headers.get("CF-Blob"), R"({"colo":"FRA","country":"DE"})");
  EXPECT_EQ(headers.get("Accept"), "*/*");
}

TEST(WorkerHeaders, AcceptsWhatTheEdgeTakesWhateverTheClientSaid) {  // reference §13.2
  for (const char* said : {"", "zstd", "gzip;q=0, identity"}) {
    http::Request request = request_with({});
    if (*said) request.headers.add("Accept-Encoding", said);
    Call told = call();
    told.visitor.accept_encoding = said;
    const auto headers = worker_headers(request, told, TestClock::off);
    EXPECT_EQ(headers.joined(http::Name::accept_encoding), "br, gzip") << said;
    const std::string blob(headers.get("CF-Blob").value_or(""));
    EXPECT_THAT(blob, testing::HasSubstr(said));
  }
}

TEST(WorkerHeaders, SaysThatTheRequestPassedHere) {  // RFC 8586
  const auto first = worker_headers(request_with({}), call(), TestClock::off);
  EXPECT_EQ(first.joined(http::Name::cdn_loop), "festina");
  const http::Request passed = request_with({{"CDN-Loop", "other; a=1"}, {"CDN-Loop", "festina"}});
  const auto again = worker_headers(passed, call(), TestClock::off);
  EXPECT_EQ(again.joined(http::Name::cdn_loop), "other; a=1, festina, festina");
}

TEST(WorkerHeaders, TellsTheTrueClientWhereThePlanSaysSo) {  // reference §13.2
  Call enterprise = call();
  enterprise.tells_true_client_ip = true;
  const auto headers = worker_headers(request_with({}), enterprise, TestClock::off);
  EXPECT_EQ(headers.get("True-Client-IP"), "203.0.113.7");
  EXPECT_FALSE(worker_headers(request_with({}), call(), TestClock::off).get("True-Client-IP"));
}

TEST(WorkerHeaders, LeavesOutACountryNobodyKnows) {
  Call unknown = call();
  unknown.visit.country.clear();
  const auto headers = worker_headers(request_with({}), unknown, TestClock::off);
  EXPECT_EQ(headers.get("CF-Blob"), R"({"colo":"FRA"})");
  EXPECT_FALSE(headers.get("CF-IPCountry"));
}

TEST(WorkerHeaders, LetsNoClientSpeakForTheEdge) {
  const auto request = request_with(
      {{"CF-Ray", "0000000000000001"},
       {"cf-connecting-ip", "1.1.1.1"},
       {"CF-Blob", R"({"$f":{"console":true}})"},
       {"CF-Worker", "x"},
       {"X-Festina-Src", "other@1/FRA"},
       {"X-Festina-Other", "1"},
       {"X-Real-IP", "127.0.0.1"},
       {"X-Forwarded-Proto", "ftp"},
       {"Connection", "close, X-Gone"},
       {"X-Gone", "1"},
       {"Host", "other.example"}}
  );
  const auto headers = worker_headers(request, call(), TestClock::off);
  EXPECT_EQ(headers.count(http::Name::cf_ray), 1U);
  EXPECT_EQ(headers.count(http::Name::cf_connecting_ip), 1U);
  EXPECT_EQ(headers.count(http::Name::cf_blob), 1U);
  EXPECT_EQ(headers.get("CF-Blob"), R"({"colo":"FRA","country":"DE"})");
  EXPECT_EQ(headers.count(http::Name::host), 1U);
  EXPECT_EQ(headers.get("X-Forwarded-Proto"), "https");
  for (const char* name :
       {"CF-Worker", "X-Festina-Src", "X-Festina-Other", "X-Real-IP", "Connection", "X-Gone"}) {
    EXPECT_FALSE(headers.get(name)) << name;
  }
}

TEST(WorkerHeaders, TellsTheTestClockOnlyWhenItIsOn) {
  const auto headers = worker_headers(request_with({}), call(), TestClock::on);
  EXPECT_EQ(headers.get("CF-Blob"), R"({"colo":"FRA","country":"DE","$f":{"clock":90000}})");
}

TEST(WorkerHeaders, AskForWhatIsPrintedOnlyWhenSomebodyListens) {
  Call heard = call();
  heard.console = Console::captured;
  const auto headers = worker_headers(request_with({}), heard, TestClock::off);
  EXPECT_EQ(headers.get("CF-Blob"), R"({"colo":"FRA","country":"DE","$f":{"console":true}})");
}

net::UpstreamReply answer(http::Status status, std::string body, bool closes) {
  net::UpstreamReply answer;
  answer.reply.response.status = status;
  answer.reply.body = Body::of(std::move(body));
  answer.closes = closes;
  return answer;
}

TEST(IsException, KnowsTheOneAnswerNoScriptCanMake) {
  EXPECT_TRUE(is_exception(answer(500, "Internal Server Error", true)));
  EXPECT_FALSE(is_exception(answer(500, "Internal Server Error", false))) << "a script's own";
  EXPECT_FALSE(is_exception(answer(503, "Internal Server Error", true)));
  EXPECT_FALSE(is_exception(answer(500, "Something else", true)));
  auto typed = answer(500, "Internal Server Error", true);
  typed.reply.response.headers.add("Content-Type", "text/plain");
  EXPECT_FALSE(is_exception(typed)) << "a script's own, while the process is ending";
}

TEST(WorkerFailure, TellsAnAbsentProcessFromOneThatThrew) {
  struct Case {
    ErrorCode from;
    ErrorCode to;
    const char* why;
  };
  const Case cases[] = {
      {ErrorCode::refused, ErrorCode::worker_unavailable, "nobody listens"},
      {ErrorCode::timed_out, ErrorCode::worker_unavailable, "it never answers"},
      {ErrorCode::exhausted, ErrorCode::worker_unavailable, "too many wait for it"},
      {ErrorCode::disconnected, ErrorCode::worker_exception, "a lost subrequest escaped"},
      {ErrorCode::truncated, ErrorCode::worker_exception, "it broke off in the head"},
      {ErrorCode::too_large, ErrorCode::worker_exception, "no head we take"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(worker_failure({c.from, Side::worker, ""}, {}, 1s).code, c.to) << c.why;
  }
}

TEST(WorkerFailure, SaysWhyTheProcessIsGone) {
  const Error error{ErrorCode::disconnected, Side::worker, "run/0.FRA.sock: closed"};
  const Error expected{ErrorCode::worker_unavailable, Side::worker, "it was killed"};
  EXPECT_EQ(worker_failure(error, "it was killed", 1s), expected);
}

TEST(WorkerFailure, NamesTheLimitThatRanOut) {
  const Error failure = worker_failure({ErrorCode::timed_out, Side::worker, ""}, {}, 1500ms);
  EXPECT_EQ(
      failure.detail, "no byte of an answer within 1500 ms, the limit of [workers] answer_timeout"
  );
}

TEST(WorkerFailure, LeavesAClientsOwnFailureAlone) {
  const Error error{ErrorCode::truncated, Side::client, "left"};
  EXPECT_EQ(worker_failure(error, "its process is gone", 1s), error);
}

}  // namespace
}  // namespace festina::workers
