// Clients that take their time or too much room: whoever behaves is served as if they were not there.
#include <algorithm>
#include <chrono>
#include <memory>
#include <sys/resource.h>

#include "harness/careless_origin.h"
#include "harness/resident.h"
#include "harness/scenario.h"
#include "harness/soak.h"
#include "http/h1_message.h"
#include "net/head_memory.h"

namespace festina::harness {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;
using Connections = std::vector<std::unique_ptr<Connection>>;

constexpr std::size_t kMiB = 1'048'576;

// Room for both ends of all connections; the edge inherits it.
// NOLINTNEXTLINE(cert-err58-cpp): nothing in it throws
const bool kHasDescriptors = [] {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}();

class HostileClients : public SiteScenario {
 protected:
  HostileClients() {
    origin.answers("/a.css", ok("body", "max-age=600"));
    expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "body");
  }

  Connections send_many(std::size_t count, std::string_view bytes) const {
    Connections connections;
    for (std::size_t i = 0; i < count; ++i) {
      connections.push_back(std::make_unique<Connection>(edge.listener()));
      connections.back()->send(bytes);
    }
    return connections;
  }

  // The time within which 99 of 100 healthy clients have their answer: the best of some rounds, for what other programs do
  // to this machine is not judged.
  microseconds healthy_p99() const {
    microseconds best = microseconds::max();
    for (int round = 0; round < soaking_or(5, 1); ++round)
      best = std::min(best, p99_of(soaking_or<std::size_t>(1'000, 100)));
    return best;
  }
  microseconds p99_of(std::size_t clients) const {
    std::vector<microseconds> times;
    for (std::size_t i = 0; i < clients; ++i) {
      const auto start = steady_clock::now();
      expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "body");
      times.push_back(std::chrono::duration_cast<microseconds>(steady_clock::now() - start));
    }
    std::ranges::sort(times);
    return times[clients * 99 / 100];
  }

  // What the edge holds in memory now, in bytes.
  std::size_t resident() const { return harness::resident(edge.pid()); }

  // Healthy clients beside these: all served, in a soak no later than twice as late, and no more memory than that.
  void expect_harmless(microseconds alone, std::size_t memory_before, std::size_t most) const {
    const microseconds beside = healthy_p99();
    if (soaking()) EXPECT_LE(beside, 2 * alone + microseconds(500)) << "alone: " << alone.count();
    EXPECT_LE(resident(), memory_before + most * kBytesPerByte);
  }

  const std::size_t many = soaking_or<std::size_t>(10'000, 500);
};

TEST_F(HostileClients, HalfOpenHeadsHarmNobody) {
  ASSERT_TRUE(kHasDescriptors);
  const microseconds alone = healthy_p99();
  const std::size_t before = resident();

  const Connections slow = send_many(many, "GET /a.css HTTP/1.1\r\nHost: example.com\r\nX:");

  expect_harmless(alone, before, many * 16'384 + 16 * kMiB);
}

// Large half-open heads at two colos: the heads of each alone may be held, not both.
TEST(HostileHeads, HoldNoMoreThanTheLimitOfTheNode) {
  ASSERT_TRUE(kHasDescriptors);
  Origin origin;
  origin.answers("/a.css", ok("body", "max-age=600"));
  EdgeOptions options = edge_for(zone_toml("example.com", origin.url()));
  options.colos += "[[colos]]\nname = \"LHR\"\nlisten = [\"http://127.0.0.1:0\"]\n";
  const TempDir files;
  const Edge edge(files, options);
  std::string head = "GET /a.css HTTP/1.1\r\nHost: example.com\r\n";
  const std::string line = "X-Line: " + std::string(1000, 'x') + "\r\n";
  while (head.size() + line.size() < http::kMaxHeadBytes) head += line;
  const std::size_t held = net::kMaxHeadMemory / head.size();

  Connections slow;
  for (const char* colo : {"FRA", "LHR"}) {
    for (std::size_t i = 0; i < held / 4 * 3; ++i) {
      slow.push_back(std::make_unique<Connection>(edge.listener(colo)));
      slow.back()->send(head);
    }
  }

  EXPECT_EQ(slow.front()->read().status, 0) << "the oldest is closed";
  slow.back()->send("\r\n");
  expect_answer(slow.back()->read(), 200, "MISS", "body");
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "body");
}

TEST_F(HostileClients, BodiesThatStandStillHarmNobody) {
  ASSERT_TRUE(kHasDescriptors);
  const microseconds alone = healthy_p99();
  const std::size_t before = resident();

  // Each holds a connection to the origin too, and there a thread of this test.
  const std::size_t bodies = std::min<std::size_t>(many, 1'000);
  const Connections slow = send_many(
      bodies, "POST /a.css HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1000000\r\n\r\nx"
  );

  expect_harmless(alone, before, bodies * 65'536 + 16 * kMiB);
}

TEST_F(HostileClients, ConnectionsThatSayNothingHarmNobody) {
  ASSERT_TRUE(kHasDescriptors);
  const microseconds alone = healthy_p99();
  const std::size_t before = resident();

  const Connections silent = send_many(many, "");

  expect_harmless(alone, before, many * 16'384 + 16 * kMiB);
}

TEST_F(HostileClients, HeadBombsAreRefusedAndHoldNoMemory) {
  const std::size_t before = resident();
  std::string lines;
  while (lines.size() < kMiB) lines += "X-Line: " + std::string(1000, 'x') + "\r\n";
  const struct {
    std::string head;
    int status;
    std::string_view why;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: example.com\r\nX: " + std::string(kMiB, 'x'), 431, "one line"},
      {"GET / HTTP/1.1\r\nHost: example.com\r\n" + lines, 431, "many lines"},
      {"GET /" + std::string(kMiB, 'x') + " HTTP/1.1\r\n", 414, "the target"},
      {std::string(kMiB, 'X') + " / HTTP/1.1\r\n", 414, "the method"},
  };
  for (int round = 0; round < soaking_or(100, 10); ++round) {
    for (const auto& c : cases) {
      Connection bomb(edge.listener());
      bomb.send(c.head);
      bomb.end_sending();
      const Answer answer = bomb.read();
      EXPECT_EQ(answer.status, c.status) << c.why;
      EXPECT_EQ(answer.field("Connection"), "close") << c.why;
      EXPECT_EQ(bomb.read().status, 0) << c.why;
    }
  }
  // Far less than the bombs; a sanitizer's allocator keeps for a while what was freed, twice a head's limit for each.
  EXPECT_LE(resident(), before + 28 * kMiB);
  EXPECT_EQ(origin.requests(), 1U) << "none was forwarded";
}

class TinyChunks : public testing::Test {
 protected:
  TinyChunks() : edge(files, edge_for(zone_toml("example.com", origin.url()))) {}
  CarelessOrigin origin{CarelessOrigin::Believes::the_length};
  TempDir files;
  Edge edge;
};

TEST_F(TinyChunks, AreABodyLikeAnyOther) {
  const std::size_t count = soaking_or<std::size_t>(1'000'000, 20'000);
  std::string body;
  for (std::size_t i = 0; i < count; ++i) body += "1\r\nx\r\n";
  Connection client(edge.listener());

  client.send("POST /tiny HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(body + "0\r\n\r\n");

  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(origin.requests(), 1U);
  std::size_t data = 0;
  std::size_t received = 0;
  for (const std::string& bytes : origin.take_received()) {
    data += static_cast<std::size_t>(std::ranges::count(bytes, 'x'));
    received += bytes.size();
  }
  EXPECT_GE(data, count);
  EXPECT_LT(received, 2 * count) << "what came together goes on together";
}

TEST_F(TinyChunks, CarryNoMoreExtensionsThanData) {
  std::string body;
  for (int i = 0; i < 1000; ++i) body += "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  Connection client(edge.listener());

  client.send("POST /tiny HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(body + "0\r\n\r\n");
  client.end_sending();

  EXPECT_EQ(client.read().status, 413);
  EXPECT_EQ(client.read().status, 0);
  EXPECT_EQ(origin.requests(), 0U) << "the origin never saw the request's end";
}

}  // namespace
}  // namespace festina::harness
