#include "observe/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace festina::observe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Record record_of(std::string_view path, std::string_view script = {}) {
  Record record;
  record.ray = 1;
  record.colo = "FRA";
  record.zone = "example.com";
  record.host = "www.example.com";
  record.path = path;
  record.script = script;
  record.status = 404;
  return record;
}

Awaitable<> read_into(ByteSource& source, Result<Bytes>& got) { got = co_await source.read(); }

// Who listens, without sockets.
class FeedTest : public testing::Test {
 protected:
  std::unique_ptr<ByteSource> listen(FeedFilter filter = {}, FeedKind kind = FeedKind::requests) {
    auto listening = feed_.listen(std::move(filter), kind);
    if (!listening) return nullptr;
    EXPECT_EQ(read(**listening), "\n");  // it has begun
    return std::move(*listening);
  }
  // What has come; empty at the end. Requires: something has, or it has ended.
  static std::string read(ByteSource& source) {
    asio::io_context context;
    TaskGroup tasks;
    Result<Bytes> got = Bytes();
    tasks.spawn(context.get_executor(), read_into(source, got));
    while (tasks.running() > 0) context.run_one();
    return std::string(got.value().view());
  }
  static std::vector<json::Value> events(ByteSource& source) {
    std::vector<json::Value> events;
    const std::string text = read(source);
    for (const std::string_view line : split(text, '\n')) {
      if (!line.empty()) events.push_back(json::parse(line).value());
    }
    return events;
  }
  static std::vector<std::string> paths(ByteSource& source) {
    std::vector<std::string> paths;
    for (const json::Value& event : events(source))
      paths.emplace_back(event.at("ClientRequestPath").as_string());
    return paths;
  }

  Feed feed_;
};

TEST_F(FeedTest, GivesEveryListenerEveryRequest) {
  const auto one = listen();
  const auto two = listen();
  feed_.tell(record_of("/a"));
  feed_.tell(record_of("/b"));
  EXPECT_THAT(paths(*one), ElementsAre("/a", "/b"));
  EXPECT_THAT(paths(*two), ElementsAre("/a", "/b"));
  feed_.tell(record_of("/c"));
  EXPECT_THAT(paths(*two), ElementsAre("/c"));
}

TEST_F(FeedTest, ForgetsAListenerThatHasGone) {
  auto listener = listen({}, FeedKind::workers);
  EXPECT_EQ(feed_.listeners(), 1U);
  EXPECT_TRUE(feed_.wants_console("api"));
  listener.reset();
  EXPECT_EQ(feed_.listeners(), 0U);
  EXPECT_FALSE(feed_.wants_console("api"));
}

TEST_F(FeedTest, EndsForEverybodyAfterWhatWasStillToBeSaid) {
  const auto listener = listen();
  feed_.tell(record_of("/last"));
  feed_.end();
  EXPECT_THAT(paths(*listener), ElementsAre("/last"));
  EXPECT_EQ(read(*listener), "");
  EXPECT_EQ(feed_.listen({}, FeedKind::requests).error().code, ErrorCode::exhausted);
}

TEST_F(FeedTest, HasRoomForSoManyListeners) {
  std::vector<std::unique_ptr<ByteSource>> listeners;
  for (std::size_t i = 0; i < kMaxListeners; ++i) {
    listeners.push_back(listen());
    ASSERT_NE(listeners.back(), nullptr);
  }
  const auto refused = feed_.listen({}, FeedKind::requests);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
  EXPECT_THAT(refused.error().detail, HasSubstr(std::to_string(kMaxListeners)));
  listeners.pop_back();
  EXPECT_NE(listen(), nullptr);
}

// One line more than what may wait.
TEST_F(FeedTest, SaysHowManyWereLostToOneWhoDoesNotRead) {
  const auto listener = listen();
  const auto quick = listen();
  const Record record = record_of("/a");
  const std::size_t fits = kMaxWaitingBytes / json_line(record).size();
  for (std::size_t i = 0; i < fits; ++i) feed_.tell(record);
  EXPECT_EQ(paths(*quick).size(), fits);
  feed_.tell(record);
  feed_.tell(record);

  const std::vector<json::Value> got = events(*listener);
  ASSERT_EQ(got.size(), fits + 1);
  EXPECT_EQ(got.back().at("lost"), 2);
  EXPECT_EQ(paths(*quick).size(), 2U);
  feed_.tell(record);
  EXPECT_THAT(paths(*listener), ElementsAre("/a"));
}

TEST_F(FeedTest, TellsWorkersListenersWhatIsPrintedAndThrown) {
  const auto requests = listen();
  const auto workers = listen({}, FeedKind::workers);
  feed_.tell(
      Printed{.ray = 1, .script = "api", .colo = "FRA", .level = "warn", .message = "hm", .at = {}}
  );
  feed_.tell(Thrown{
      .ray = 1,
      .script = "api",
      .colo = "FRA",
      .name = "TypeError",
      .message = "no",
      .stack = "s",
      .at = {}
  });
  feed_.tell(record_of("/a", "api"));

  const std::vector<json::Value> got = events(*workers);
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].at("event"), "console");
  EXPECT_EQ(got[0].at("level"), "warn");
  EXPECT_EQ(got[0].at("message"), "hm");
  EXPECT_EQ(got[1].at("event"), "exception");
  EXPECT_EQ(got[1].at("RayID"), "0000000000000001");
  EXPECT_EQ(got[1].at("stack"), "s");
  EXPECT_EQ(got[2].at("event"), "request");
  EXPECT_EQ(events(*requests).size(), 1U);
}

TEST_F(FeedTest, WantsOnlyWhatTheScriptsNamedPrint) {
  const auto listener = listen({.scripts = {"api"}}, FeedKind::workers);
  EXPECT_TRUE(feed_.wants_console("api"));
  EXPECT_FALSE(feed_.wants_console("shop"));
  feed_.tell(
      Printed{.ray = 1, .script = "shop", .colo = "FRA", .level = "log", .message = "", .at = {}}
  );
  feed_.tell(record_of("/a", "api"));
  EXPECT_EQ(events(*listener).size(), 1U);
}

TEST(FeedWants, WhatEveryFilterLetsThrough) {
  struct Case {
    FeedFilter filter;
    bool wants;
    const char* why;
  };
  const Record record = record_of("/a", "api");
  const Case cases[] = {
      {{}, true, "no filter"},
      {{.zones = {"EXAMPLE.com"}}, true, "without case"},
      {{.zones = {"other.example"}}, false, "another zone"},
      {{.zones = {"other.example", "example.com"}}, true, "one of several"},
      {{.hosts = {"www.example.com"}}, true, "its host"},
      {{.hosts = {"example.com"}}, false, "another host"},
      {{.colos = {"FRA"}}, true, "its colo"},
      {{.colos = {"LHR"}}, false, "another colo"},
      {{.scripts = {"api"}}, true, "its script"},
      {{.scripts = {"shop"}}, false, "another script"},
      {{.statuses = {{404, 404}}}, true, "its status"},
      {{.statuses = {{400, 403}}}, false, "one past the range"},
      {{.statuses = {{405, 499}}}, false, "one before the range"},
      {{.statuses = {{500, 599}, {400, 499}}}, true, "one of several ranges"},
      {{.zones = {"example.com"}, .colos = {"LHR"}}, false, "all filters must let it through"},
  };
  for (const Case& each : cases) EXPECT_EQ(wants(each.filter, record), each.wants) << each.why;
}

}  // namespace
}  // namespace festina::observe
