// Fills: read while they are written, by readers of any speed, within a bounded memory (storage-and-cluster.md §1).
#include <optional>

#include "harness/download.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

constexpr const char* kFillBytes = "festina_cache_fill_bytes";
constexpr const char* kFillsInFlight = "festina_cache_fills";
constexpr const char* kOutrun = "festina_cache_readers_outrun";
constexpr const char* kCollapsed = "festina_collapsed_requests_total";

EdgeOptions with_memory(const std::string& memory) {
  EdgeOptions options;
  options.more = "[cache]\nmemory = \"" + memory + "\"\n";
  return options;
}

std::string head_of(
    std::uint64_t length, const std::string& more = "Cache-Control: max-age=60\r\n"
) {
  return "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}
constexpr std::string_view kHeadWithoutLength =
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n";

// A site whose origin the test plays.
class Fills : public testing::Test {
 protected:
  explicit Fills(const std::string& memory = "256MiB") : edge(files, prepared(memory)) {}

  EdgeOptions prepared(const std::string& memory) const {
    EdgeOptions options = with_memory(memory);
    options.zones = zone_toml("example.com", origin.url(), "plan = \"enterprise\"");  // 5 GB
    return options;
  }
  std::future<Answer> ask(const std::string& path) const { return edge.get_async(kSite + path); }
  std::unique_ptr<Download> download(const std::string& path) const {
    return std::make_unique<Download>(edge.listener(), path);
  }
  // The connection on which the edge asked for something.
  std::unique_ptr<HandConnection> asked() const {
    auto connection = origin.accept();
    connection->read_request();
    return connection;
  }

  HandOrigin origin;
  TempDir files;
  Edge edge;
};

TEST_F(Fills, AreReadWhileTheyAreWritten) {
  constexpr std::uint64_t size = 2 * kMiB;
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(head_of(size));
  upstream->send(pattern(0, 100));
  const auto starter = starting.get();
  EXPECT_TRUE(starter->read_to(100));

  const auto joined = download("/a.zip");
  EXPECT_TRUE(joined->read_to(100));
  EXPECT_NE(joined->head().find("CF-Cache-Status: HIT"), std::string::npos);
  EXPECT_TRUE(send_pattern(*upstream, 100, size - 100));

  EXPECT_TRUE(starter->is_whole(size));
  EXPECT_TRUE(joined->is_whole(size));
  EXPECT_FALSE(origin.is_awaited());
}

class LargeFill : public Fills {
 protected:
  LargeFill() : Fills(soaking_or("4GiB", "256MiB")) {}

  // The time of the fast ones.
  double run(const std::string& path, bool has_slow_one) {
    auto starting = std::async(std::launch::async, [&] { return download(path); });
    const auto upstream = asked();
    upstream->send(head_of(size));
    auto starter = starting.get();
    if (!has_slow_one) starter.reset();
    const std::uint64_t joined_before = metric(edge, kCollapsed);
    std::vector<std::future<bool>> fast;  // and the origin
    fast.reserve(count + 1);
    for (std::size_t i = 0; i < count; ++i) {
      fast.push_back(std::async(std::launch::async, [&] { return download(path)->is_whole(size); })
      );
    }
    await_metric(edge, kCollapsed, joined_before + count);

    const auto begin = std::chrono::steady_clock::now();
    fast.push_back(std::async(std::launch::async, [&] { return send_pattern(*upstream, 0, size); })
    );
    for (auto& reader : fast) {
      // Slow, but not so slow that its connection is given up.
      while (reader.wait_for(std::chrono::seconds(1)) == std::future_status::timeout) {
        if (starter) starter->read_to(starter->bytes() + kMiB);
      }
      EXPECT_TRUE(reader.get());
    }
    EXPECT_LE(metric(edge, kFillBytes), size + kMiB);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (starter) EXPECT_TRUE(starter->is_whole(size)) << "at its own pace, out of memory";
    await_metric_down(edge, kFillBytes, 0);
    return taken.count();
  }

  const std::uint64_t size = soaking_or(1024 * kMiB, 48 * kMiB);
  const std::size_t count = soaking_or<std::size_t>(100, 8);
};

// Promise 15 of storage-and-cluster.md §7, for a body that the cache can hold. How much time the fast ones lose is a figure
// of the soak, where a run is long enough to tell.
TEST_F(LargeFill, ASlowReaderHarmsNobody) {
  const double alone = run("/alone.zip", false);
  const double beside = run("/beside.zip", true);
  EXPECT_FALSE(origin.is_awaited());
  if (soaking()) EXPECT_LE(beside, 1.1 * alone);
}

TEST_F(Fills, WhatWasNotAdmittedCountsWhileSomebodyReadsIt) {
  constexpr std::uint64_t size = 32 * kMiB;  // large, and asked for once
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(head_of(size));
  auto slow = starting.get();
  EXPECT_TRUE(send_pattern(*upstream, 0, size));
  await_metric_down(edge, kFillsInFlight, 0);

  EXPECT_GE(metric(edge, kFillBytes), size);
  EXPECT_TRUE(slow->is_whole(size));
  await_metric_down(edge, kFillBytes, 0);
}

class SmallMemory : public Fills {
 protected:
  SmallMemory() : Fills("32MiB") {}
  static constexpr std::uint64_t kLargestEntry = 16 * kMiB;
  static constexpr std::uint64_t kWindow = 4 * kMiB;
  static constexpr std::uint64_t kShare = 8 * kMiB;
};

TEST_F(SmallMemory, ABodyThatOutgrowsTheCacheReachesWhoHasBegunToReadIt) {
  const std::uint64_t size = soaking_or(2048 * kMiB, 96 * kMiB);
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(kHeadWithoutLength);
  const auto reader = starting.get();
  auto sent = std::async(std::launch::async, [&] {
    const bool all = send_pattern(*upstream, 0, size);
    upstream->close();
    return all;
  });
  EXPECT_TRUE(reader->read_to(size / 2));
  EXPECT_LE(metric(edge, kFillBytes), kWindow + kMiB) << "no more than a window is held";
  EXPECT_TRUE(reader->is_whole(size));
  EXPECT_TRUE(sent.get());
  EXPECT_EQ(metric(edge, kOutrun), 0U);
}

TEST_F(SmallMemory, ABodyThatOutgrewTheCacheIsRememberedAndExplained) {
  constexpr std::uint64_t size = 24 * kMiB;
  auto first = std::async(std::launch::async, [&] { return download("/a.zip")->is_whole(size); });
  auto upstream = asked();
  upstream->send(kHeadWithoutLength);
  EXPECT_TRUE(send_pattern(*upstream, 0, size));
  upstream->close();
  EXPECT_TRUE(first.get());

  const Answer explained = edge.api("GET", "/festina/v1/explain?url=http://example.com/a.zip");
  EXPECT_NE(explained.body.find("larger_than_cache"), std::string::npos) << explained.body;
  EXPECT_NE(explained.body.find("remembered as uncacheable"), std::string::npos) << explained.body;

  // Two at once: neither waits for the other, and neither makes the key forgotten.
  for (int round = 0; round < 2; ++round) {
    auto one = std::async(std::launch::async, [&] { return download("/a.zip"); });
    auto two = std::async(std::launch::async, [&] { return download("/a.zip"); });
    const auto for_one = asked();
    const auto for_two = asked();
    for (HandConnection* each : {for_one.get(), for_two.get()}) {
      each->send(kHeadWithoutLength);
      each->close();
    }
    EXPECT_NE(one.get()->head().find("CF-Cache-Status: BYPASS"), std::string::npos);
    EXPECT_NE(two.get()->head().find("CF-Cache-Status: BYPASS"), std::string::npos);
  }
}

TEST_F(SmallMemory, WhoFallsBehindAWindowIsBrokenOffAndCounted) {
  constexpr std::uint64_t size = 96 * kMiB;
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(kHeadWithoutLength);
  const auto slow = starting.get();
  const auto fast = download("/a.zip");
  auto sent = std::async(std::launch::async, [&] {
    const bool all = send_pattern(*upstream, 0, size);
    upstream->close();
    return all;
  });

  EXPECT_TRUE(fast->is_whole(size)) << "the slow one does not hold it up";
  EXPECT_TRUE(sent.get());
  EXPECT_FALSE(slow->is_whole(size));
  EXPECT_TRUE(slow->is_right());
  EXPECT_EQ(metric(edge, kOutrun), 1U);
}

TEST_F(SmallMemory, AWindowGoesAtThePaceOfItsFastestReader) {
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(kHeadWithoutLength);
  auto reader = starting.get();
  // It does not read: what is sent fills its connection, the window and ours, and then no byte moves.
  auto sent =
      std::async(std::launch::async, [&] { return send_pattern(*upstream, 0, 512 * kMiB); });
  edge.await_log("fill.outgrown");
  EXPECT_LE(metric(edge, kFillBytes), kLargestEntry + kMiB);
  EXPECT_EQ(sent.wait_for(std::chrono::seconds(0)), std::future_status::timeout);

  reader.reset();
  EXPECT_FALSE(sent.get()) << "nobody reads: the origin is let go";
  await_metric_down(edge, kFillBytes, 0);
}

TEST_F(SmallMemory, ABodyKnownToBeTooLargeIsPassedToEach) {
  constexpr std::uint64_t size = kLargestEntry + 1;
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto for_starter = asked();
  auto joining = std::async(std::launch::async, [&] { return download("/a.zip"); });
  await_metric(edge, kCollapsed, 1);
  for_starter->send(head_of(size));
  const auto for_joined = asked();
  for_joined->send(head_of(size));
  const auto starter = starting.get();
  const auto joined = joining.get();
  EXPECT_NE(starter->head().find("CF-Cache-Status: BYPASS"), std::string::npos);
  EXPECT_NE(joined->head().find("CF-Cache-Status: BYPASS"), std::string::npos);

  auto to_starter =
      std::async(std::launch::async, [&] { return send_pattern(*for_starter, 0, size); });
  auto to_joined =
      std::async(std::launch::async, [&] { return send_pattern(*for_joined, 0, size); });
  EXPECT_TRUE(starter->is_whole(size));
  EXPECT_TRUE(joined->is_whole(size));
  EXPECT_TRUE(to_starter.get() && to_joined.get());
  EXPECT_EQ(metric(edge, kFillBytes), 0U);
}

TEST_F(SmallMemory, BeyondTheirShareFillsArePassed) {
  const auto begin = [this](const std::string& path, std::uint64_t size) {
    auto starting = std::async(std::launch::async, [&] { return download(path); });
    auto upstream = asked();
    upstream->send(head_of(size));
    return std::pair(starting.get(), std::move(upstream));
  };
  const auto [first, first_upstream] = begin("/1.zip", kShare - kMiB);
  const auto [second, second_upstream] = begin("/2.zip", kMiB + 1);
  EXPECT_NE(second->head().find("CF-Cache-Status: BYPASS"), std::string::npos);
  const auto [third, third_upstream] = begin("/3.zip", kMiB);
  EXPECT_NE(third->head().find("CF-Cache-Status: MISS"), std::string::npos);
  EXPECT_EQ(metric(edge, kFillBytes), kShare);

  // That there was no room then says nothing of the next answer.
  first_upstream->close();
  EXPECT_FALSE(first->is_whole(kShare - kMiB));
  await_metric_down(edge, kFillBytes, kMiB);
  const auto [again, again_upstream] = begin("/2.zip", kMiB + 1);
  EXPECT_NE(again->head().find("CF-Cache-Status: MISS"), std::string::npos);
}

TEST_F(Fills, AreGivenUpWhenAllHaveLeftBeforeTheHead) {
  auto first = std::make_optional<Connection>(edge.listener());
  first->send("GET /a.css HTTP/1.1\r\nHost: example.com\r\n\r\n");
  const auto upstream = asked();
  auto second = std::make_optional<Connection>(edge.listener());
  second->send("GET /a.css HTTP/1.1\r\nHost: example.com\r\n\r\n");
  await_metric(edge, kCollapsed, 1);
  first.reset();
  edge.await_records(1);  // noticed
  EXPECT_EQ(metric(edge, kFillsInFlight), 1U) << "one is still waiting";
  second.reset();
  upstream->await_close();

  await_metric_down(edge, kFillsInFlight, 0);
  EXPECT_NE(edge.await_log("fill.abandoned").find("a.css"), std::string::npos);
  for (const std::string& record : edge.await_records(2)) {
    EXPECT_NE(record.find("\"EdgeResponseStatus\":499"), std::string::npos) << record;
  }
  auto next = ask("/a.css");
  const auto again = asked();
  again->send(head_of(2) + "ok");
  EXPECT_EQ(next.get().body, "ok");
}

TEST_F(Fills, GoOnWhenAllHaveLeftAndLittleIsMissing) {
  constexpr std::uint64_t size = 200'000;
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(head_of(size));
  upstream->send(pattern(0, 1));
  starting.get().reset();
  EXPECT_TRUE(send_pattern(*upstream, 1, size - 1));
  await_metric_down(edge, kFillsInFlight, 0);

  const auto hit = download("/a.zip");
  EXPECT_NE(hit->head().find("CF-Cache-Status: HIT"), std::string::npos);
  EXPECT_TRUE(hit->is_whole(size));
}

TEST_F(Fills, AreGivenUpWhenAllHaveLeftAndMuchIsMissing) {
  constexpr std::uint64_t size = 120 * kMiB;
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(head_of(size));
  starting.get().reset();

  // Byte by byte, so that its leaving is noticed before so little is missing that the rest is worth having.
  std::uint64_t sent = 0;
  while (sent < 56 * kMiB && upstream->send(pattern(sent, 1))) ++sent;
  EXPECT_LT(sent, 56 * kMiB);
  await_metric_down(edge, kFillBytes, 0);
}

TEST_F(Fills, ARangeThatIsNearIsWaitedForAndOneFarAheadIsFetched) {
  constexpr std::uint64_t size = 8 * kMiB;
  const auto range = [this](std::uint64_t first, std::uint64_t last) {
    const std::string value = "bytes=" + std::to_string(first) + "-" + std::to_string(last);
    return edge.get_async(
        kSite + "/a.zip", {.method = "GET", .fields = {{"Range", value}}, .body = {}}
    );
  };
  auto starting = std::async(std::launch::async, [&] { return download("/a.zip"); });
  const auto upstream = asked();
  upstream->send(head_of(size));
  upstream->send(pattern(0, 1000));
  const auto reader = starting.get();
  EXPECT_TRUE(reader->read_to(1000));

  auto far = range(size - 10, size - 1);
  const auto for_range = origin.accept();
  EXPECT_NE(for_range->read_request().find("Range: bytes=8388598-8388607"), std::string::npos);
  for_range->send(
      "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 8388598-8388607/8388608\r\n"
      "Content-Length: 10\r\n\r\n" +
      std::string(pattern(size - 10, 10))
  );
  expect_answer(far.get(), 206, "BYPASS", std::string(pattern(size - 10, 10)));

  auto near = range(kMiB, kMiB + 9);
  await_metric(edge, kCollapsed, 2);
  EXPECT_TRUE(send_pattern(*upstream, 1000, size - 1000));
  expect_answer(near.get(), 206, "HIT", std::string(pattern(kMiB, 10)));
  EXPECT_FALSE(origin.is_awaited());
  EXPECT_TRUE(reader->is_whole(size)) << "the fill goes on";
}

TEST_F(Fills, ThatNobodyWaitsForAreRefreshesAndEnd) {
  auto first = ask("/a.css");
  auto upstream = asked();
  upstream->send(head_of(3, "Cache-Control: max-age=60, stale-while-revalidate=600\r\n") + "old");
  EXPECT_EQ(first.get().body, "old");
  upstream->close();
  edge.advance(std::chrono::seconds(61));

  expect_answer(ask("/a.css").get(), 200, "UPDATING", "old");
  asked()->reset();  // the refresh fails
  await_metric_down(edge, kFillsInFlight, 0);
  expect_answer(ask("/a.css").get(), 200, "UPDATING", "old");
  upstream = asked();  // and is tried again
  upstream->send(head_of(3) + "new");
  await_metric_down(edge, kFillsInFlight, 0);
  expect_answer(ask("/a.css").get(), 200, "HIT", "new");
}

}  // namespace
}  // namespace festina::harness
