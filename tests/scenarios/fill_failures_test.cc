// Fills that fail: never stored, never a clean end, never a stampede (storage-and-cluster.md §7, promises 16 and 17;
// reference §3.6).
#include "base/json.h"
#include "harness/download.h"
#include "harness/hand_origin.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

constexpr const char* kCollapsed = "festina_collapsed_requests_total";
constexpr const char* kFillsInFlight = "festina_cache_fills";

constexpr std::string_view kSized =
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\n0123456789";
constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n";

std::string answer_of(const std::string& status, const std::string& more, const std::string& body) {
  return "HTTP/1.1 " + status + " Test\r\n" + more +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class FillFailures : public testing::Test {
 protected:
  EdgeOptions options() const {
    EdgeOptions options;
    options.zones =
        zone_toml("example.com", origin.url(), "timeouts = { connect = \"1s\", read = \"2s\" }\n");
    return options;
  }
  std::future<Answer> ask() const { return edge.get_async(kSite + "/a.css"); }
  std::unique_ptr<HandConnection> asked() const {
    auto connection = origin.accept();
    connection->read_request();
    return connection;
  }
  std::string zone_id() const {
    const json::Value zones = json::parse(edge.api("GET", "/client/v4/zones").body).value();
    return zones.at("result").at(0).at("id").as_string().c_str();
  }
  // What a client gets while the origin answers so.
  Answer get(std::string_view answer) const {
    auto client = ask();
    const auto upstream = asked();
    upstream->send(answer);
    upstream->close();
    return client.get();
  }

  HandOrigin origin;
  TempDir files;
  Edge edge{files, options()};
};

enum class End { reset, close };

class CutAnswers : public FillFailures,
                   public testing::WithParamInterface<std::pair<std::string_view, End>> {};

// That the next request reaches the origin again shows that nothing was stored.
TEST_P(CutAnswers, AreNeverStoredAndNeverEndCleanly) {
  const auto& [whole, end] = GetParam();
  for (std::size_t sent = 0; sent < whole.size(); ++sent) {
    auto client = ask();
    const auto upstream = asked();
    upstream->send(whole.substr(0, sent));
    end == End::reset ? upstream->reset() : upstream->close();
    const Answer answer = client.get();
    EXPECT_TRUE(answer.status == 520 || (answer.status == 200 && !answer.complete))
        << sent << " bytes: status " << answer.status;
  }
  expect_answer(get(whole), 200, "MISS", "0123456789");
  expect_answer(ask().get(), 200, "HIT", "0123456789");
}

INSTANTIATE_TEST_SUITE_P(
    AtEveryByte, CutAnswers,
    testing::Values(
        std::pair(kSized, End::reset), std::pair(kSized, End::close),
        std::pair(kChunked, End::reset), std::pair(kChunked, End::close)
    )
);

// Nobody can say what more bytes than were promised are: a length that is wrong, or an answer to nobody (RFC 9112 §6.3).
// Those that were promised are given, and none is kept.
TEST_F(FillFailures, ABodyLongerThanItsLengthIsNeverStored) {
  for (const std::size_t at_once : {kSized.size() + 3, kSized.size() - 1, kSized.size() - 10}) {
    const std::string sent = std::string(kSized) + "abc";
    auto client = ask();
    const auto upstream = asked();
    upstream->send(sent.substr(0, at_once));
    if (at_once < sent.size()) upstream->send(sent.substr(at_once));
    EXPECT_EQ(client.get().body, "0123456789") << at_once;
    upstream->await_close();
    await_metric_down(edge, kFillsInFlight, 0);
  }
  edge.await_log("more bytes than Content-Length promised");
  expect_answer(get(kSized), 200, "MISS", "0123456789");
  expect_answer(ask().get(), 200, "HIT", "0123456789");
}

TEST_F(FillFailures, AnAnswerByteByByteIsAnAnswer) {
  auto client = ask();
  const auto upstream = asked();
  for (const char byte : kChunked) upstream->send({&byte, 1});
  expect_answer(client.get(), 200, "MISS", "0123456789");
  expect_answer(ask().get(), 200, "HIT", "0123456789");
}

TEST_F(FillFailures, AHeadWithoutEndIsGivenUp) {
  auto client = ask();
  const auto upstream = asked();
  upstream->send("HTTP/1.1 200 OK\r\n");
  while (upstream->send("X-More: and more\r\n")) {
  }
  EXPECT_EQ(client.get().status, 520);
  expect_answer(get(kSized), 200, "MISS", "0123456789");
}

TEST_F(FillFailures, ABodyThatStallsIsCut) {
  auto client = ask();
  const auto upstream = asked();
  upstream->send(kSized.substr(0, kSized.size() - 1));
  EXPECT_FALSE(client.get().complete);
  upstream->await_close();
  expect_answer(get(kSized), 200, "MISS", "0123456789");
}

TEST_F(FillFailures, AllWhoReadACutBodyAreCut) {
  constexpr std::uint64_t size = 100'000;
  const auto begin = [this] { return std::make_unique<Download>(edge.listener(), "/a.css"); };
  auto starting = std::async(std::launch::async, begin);
  const auto upstream = asked();
  upstream->send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  EXPECT_TRUE(send_pattern(*upstream, 0, size / 2));
  std::vector<std::unique_ptr<Download>> readers;
  readers.push_back(starting.get());
  while (readers.size() < 10) readers.push_back(begin());
  for (const auto& reader : readers) EXPECT_TRUE(reader->read_to(size / 2));

  upstream->reset();
  for (const auto& reader : readers) {
    EXPECT_FALSE(reader->is_whole(size));
    EXPECT_TRUE(reader->is_right());
  }
  expect_answer(get(kSized), 200, "MISS", "0123456789");
}

// Promise 16. A second request would wait in the listener's queue and be seen there.
TEST_F(FillFailures, AfterAFailureThoseWhoWaitedAskOneAtATime) {
  const std::size_t count = soaking_or<std::size_t>(1000, 30);
  std::vector<std::future<Answer>> clients;
  clients.reserve(count);
  for (std::size_t i = 0; i < count; ++i) clients.push_back(ask());
  auto upstream = asked();
  await_metric(edge, kCollapsed, count - 1);
  for (std::size_t failures = 0; failures < 10; ++failures) {
    EXPECT_FALSE(origin.is_awaited());
    EXPECT_EQ(metric(edge, kFillsInFlight), 1U);
    if (failures % 2 == 0) {
      upstream->reset();
    } else {
      upstream->send(answer_of("503", "Cache-Control: no-store\r\n", "busy"));
    }
    upstream = asked();
  }
  EXPECT_FALSE(origin.is_awaited());
  upstream->send(kSized);

  std::size_t served = 0;
  for (auto& client : clients) served += client.get().body == "0123456789" ? 1U : 0U;
  EXPECT_EQ(served, count - 10) << "each failure reached the one that had asked";
}

TEST_F(FillFailures, AFailureIsNotRememberedAsUncacheable) {
  EXPECT_EQ(get(answer_of("500", "Cache-Control: no-store\r\n", "oops")).body, "oops");
  expect_answer(get(kSized), 200, "MISS", "0123456789");
}

TEST_F(FillFailures, A304NobodyAskedForIsPassedAndNotRemembered) {
  EXPECT_EQ(
      get("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n").status, 304
  );
  expect_answer(get(kSized), 200, "MISS", "0123456789");
}

TEST_F(FillFailures, AStaleCopyStandsInForAnOriginThatBreaksOffAndOnlyInItsTime) {
  EXPECT_EQ(
      get(answer_of("200", "Cache-Control: max-age=60, stale-if-error=60\r\n", "kept")).body, "kept"
  );
  edge.advance(std::chrono::seconds(61));
  auto in_time = ask();
  asked()->reset();
  expect_answer(in_time.get(), 200, "STALE", "kept");

  edge.advance(std::chrono::seconds(60));
  auto too_late = ask();
  asked()->reset();
  EXPECT_EQ(too_late.get().status, 520);
}

TEST_F(FillFailures, AllWhoWaitedWithAStaleCopyGetItAtTheFirstFailure) {
  EXPECT_EQ(get(answer_of("200", "Cache-Control: max-age=60\r\n", "kept")).body, "kept");
  edge.advance(std::chrono::seconds(61));
  std::vector<std::future<Answer>> clients;
  clients.reserve(10);
  for (int i = 0; i < 10; ++i) clients.push_back(ask());
  const auto upstream = asked();
  await_metric(edge, kCollapsed, 9);
  upstream->send(answer_of("502", "", "bad"));
  for (auto& client : clients) expect_answer(client.get(), 200, "STALE", "kept");
  EXPECT_FALSE(origin.is_awaited());
}

// Promise 5, for a validation that is tried again after a purge.
TEST_F(FillFailures, WhatWasPurgedMeanwhileIsNotValidatedAtTheNextTry) {
  const std::string fields = "Cache-Control: max-age=60, stale-if-error=0\r\nETag: \"v1\"\r\n";
  EXPECT_EQ(get(answer_of("200", fields, "old")).body, "old");
  edge.advance(std::chrono::seconds(61));
  auto first = ask();
  auto upstream = origin.accept();
  EXPECT_NE(upstream->read_request().find("If-None-Match: \"v1\""), std::string::npos);
  auto second = ask();
  await_metric(edge, kCollapsed, 1);
  EXPECT_EQ(
      edge.api(
              "POST",
              "/client/v4/zones/" + zone_id() + "/purge_cache",
              R"({"purge_everything":true})"
      )
          .status,
      200
  );
  upstream->reset();
  EXPECT_EQ(first.get().status, 520);

  upstream = origin.accept();
  EXPECT_EQ(upstream->read_request().find("If-None-Match"), std::string::npos);
  upstream->send(answer_of("200", fields, "new"));
  EXPECT_EQ(second.get().body, "new");
}

TEST_F(FillFailures, AStaleCopyStandsInWhereNobodyQueues) {
  EXPECT_EQ(
      get(answer_of("200", "Cache-Control: max-age=60\r\nETag: \"v1\"\r\n", "kept")).body, "kept"
  );
  edge.advance(std::chrono::seconds(61));
  // A 304 after which it may not be stored any more: served this once, and remembered (reference §1.11).
  expect_answer(
      get("HTTP/1.1 304 Not Modified\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"),
      200,
      "REVALIDATED",
      "kept"
  );
  expect_answer(get(answer_of("503", "", "busy")), 200, "STALE", "kept");
  auto client = ask();
  asked()->reset();
  expect_answer(client.get(), 200, "STALE", "kept");
}

}  // namespace
}  // namespace festina::harness
