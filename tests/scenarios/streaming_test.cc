// Bodies of any size pass in a few MiB of memory, at the pace of whoever takes them.
#include <algorithm>
#include <string>
#include <thread>

#include "harness/download.h"
#include "harness/resident.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

constexpr std::uint64_t kAFewMiB = 16 * kMiB;
constexpr std::uint64_t kLook = 16 * kMiB;  // memory is looked at every so many bytes

// What is not cached, or larger than the cache: so nothing of it may stay.
class Streaming : public testing::Test {
 protected:
  Streaming() : edge(files, options()) {
    largest = resident(edge.pid());
    before = largest;
  }
  EdgeOptions options() const {
    EdgeOptions options = edge_for(zone_toml("example.com", origin.url(), "plan = \"enterprise\""));
    options.more = "[cache]\nmemory = \"64MiB\"\n";
    return options;
  }
  std::unique_ptr<HandConnection> asked(std::string_view start) const {
    auto connection = origin.accept();
    EXPECT_TRUE(connection->read_request().starts_with(start));
    return connection;
  }
  void look() { largest = std::max(largest, resident(edge.pid())); }
  void expect_little() const {
    if (kFreedMemoryGoes) EXPECT_LE(largest, before + kAFewMiB);
  }

  const std::uint64_t size = soaking_or(5120 * kMiB, 192 * kMiB);
  HandOrigin origin;
  TempDir files;
  Edge edge;
  std::uint64_t before = 0;
  std::uint64_t largest = 0;
};

TEST_F(Streaming, ALargeDownloadTakesAFewMiB) {
  std::unique_ptr<HandConnection> upstream;
  std::thread sends([&] {
    upstream = asked("GET /film ");
    upstream->send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    EXPECT_TRUE(send_pattern(*upstream, 0, size));
  });
  Download download(edge.listener(), "/film");
  for (std::uint64_t next = kLook; next < size; next += kLook) {
    ASSERT_TRUE(download.read_to(next));
    look();  // the origin sends all this while: what is not read yet waits at the origin
  }
  EXPECT_TRUE(download.is_whole(size));
  sends.join();
  expect_little();
}

// May be stored by all that its head says: only there is no place for it.
TEST_F(Streaming, WhatExceedsTheMemoryIsPassedInAFewMiBAndExplained) {
  std::unique_ptr<HandConnection> upstream;
  std::thread sends([&] {
    upstream = asked("GET /film.zip ");
    upstream->send(
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: " + std::to_string(size) +
        "\r\n\r\n"
    );
    EXPECT_TRUE(send_pattern(*upstream, 0, size));
  });
  Download download(edge.listener(), "/film.zip");
  for (std::uint64_t next = kLook; next < size; next += kLook) {
    EXPECT_TRUE(download.read_to(next));
    look();
  }
  EXPECT_TRUE(download.is_whole(size));
  sends.join();
  expect_little();
  EXPECT_EQ(metric(edge, "festina_cache_entries"), 0U);

  const std::string& head = download.head();
  EXPECT_NE(head.find("CF-Cache-Status: BYPASS"), std::string::npos) << head;
  const std::size_t ray = head.find("CF-Ray: ") + 8;
  const Answer told =
      edge.api("GET", "/festina/v1/explain/" + head.substr(ray, head.find('\r', ray) - ray));
  EXPECT_NE(told.body.find("larger_than_cache"), std::string::npos) << told.body;
  const Answer next = edge.api("GET", "/festina/v1/explain?url=http://example.com/film.zip");
  EXPECT_NE(next.body.find("remembered as uncacheable"), std::string::npos) << next.body;
}

TEST_F(Streaming, ALargeUploadTakesAFewMiB) {
  std::thread takes([&] {
    const auto upstream = asked("POST /film ");
    for (std::uint64_t at = 0; at < size; at += kLook) {
      EXPECT_TRUE(receives_pattern(*upstream, at, std::min(kLook, size - at)));
      look();
    }
    upstream->send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  });
  Connection client(edge.listener());
  client.send(
      "POST /film HTTP/1.1\r\nHost: example.com\r\nContent-Length: " + std::to_string(size) +
      "\r\n\r\n"
  );
  for (std::uint64_t at = 0; at < size;) {
    const std::string_view part = pattern(at, size - at);
    client.send(part);
    at += part.size();
  }
  EXPECT_EQ(client.read().status, 201);
  takes.join();
  expect_little();
}

}  // namespace
}  // namespace festina::harness
