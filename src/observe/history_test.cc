#include "observe/history.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace festina::observe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Record record_of(std::uint64_t ray, std::uint64_t parent = 0, std::uint32_t place = 0) {
  Record record;
  record.ray = ray;
  record.parent_ray = parent;
  record.place = place;
  record.host = "example.com";
  record.path = "/a";
  return record;
}

std::vector<std::uint64_t> rays_of(const std::vector<Remembered>& found) {
  std::vector<std::uint64_t> rays;
  rays.reserve(found.size());
  for (const Remembered& each : found) rays.push_back(each.record().ray);
  return rays;
}

bool remembers(const History& history, std::uint64_t ray) { return !history.find(ray).empty(); }

TEST(History, GivesBackWhatItWasTold) {
  History history;
  {
    const std::string path = "/a-path-that-is-no-literal";
    const policy::Step steps[] = {
        {.aspect = policy::Aspect::eligible,
         .value = 1,
         .setter = policy::Setter::product_default,
         .reason = policy::Reason::default_extension,
         .name = "css"},
        {.aspect = policy::Aspect::edge_ttl,
         .value = 3600,
         .setter = policy::Setter::worker,
         .reason = policy::Reason::worker_sets_ttl,
         .name = "a-script-with-a-name-that-is-long"}
    };
    const policy::Step asides[] = {
        {.aspect = policy::Aspect::vary,
         .value = 0,
         .setter = policy::Setter::origin,
         .reason = policy::Reason::vary_ignored,
         .name = "accept-language, and more of that kind"}
    };
    Record record = record_of(7);
    record.path = path;
    record.steps = steps;
    record.asides = asides;
    record.key = "http://example.com/a";
    record.status = 404;
    record.reuse = {.age = std::chrono::seconds(5), .found = true};
    record.outcome = policy::FillOutcome::freshened;
    history.keep(record);
  }
  const std::vector<Remembered> found = history.find(7);
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_THAT(found[0].record().asides, SizeIs(1));
  EXPECT_EQ(found[0].record().asides[0].reason, policy::Reason::vary_ignored);
  EXPECT_EQ(found[0].record().asides[0].name, "accept-language, and more of that kind");
  const Record& record = found.front().record();
  EXPECT_EQ(record.host, "example.com");
  EXPECT_EQ(record.path, "/a-path-that-is-no-literal");
  EXPECT_EQ(record.key, "http://example.com/a");
  EXPECT_EQ(record.status, 404);
  EXPECT_EQ(record.reuse.age, std::chrono::seconds(5));
  EXPECT_EQ(record.outcome, policy::FillOutcome::freshened);
  ASSERT_THAT(record.steps, SizeIs(2));
  EXPECT_EQ(record.steps[0].name, "css");
  EXPECT_EQ(record.steps[1].name, "a-script-with-a-name-that-is-long");
  EXPECT_EQ(record.steps[1].value, 3600);
  EXPECT_EQ(record.steps[1].reason, policy::Reason::worker_sets_ttl);
}

TEST(History, KnowsNothingOfOtherRays) {
  History history;
  history.keep(record_of(7));
  EXPECT_THAT(history.find(8), IsEmpty());
}

TEST(History, FindsWhatARequestMadeInItsOrder) {
  History history;
  history.keep(record_of(30, 1, 3));
  history.keep(record_of(10, 1, 1));
  history.keep(record_of(11, 10, 1));
  history.keep(record_of(20, 1, 2));
  history.keep(record_of(99, 2, 1));  // another request's
  history.keep(record_of(1));         // parents end last
  EXPECT_THAT(rays_of(history.find(1)), ElementsAre(1, 10, 20, 30, 11));
  EXPECT_THAT(rays_of(history.find(10)), ElementsAre(10, 11));
}

TEST(History, FindsWhatOtherThreadsServed) {
  History history;
  history.keep(record_of(1));
  std::jthread([&] { history.keep(record_of(2, 1, 1)); }).join();
  EXPECT_THAT(rays_of(history.find(1)), ElementsAre(1, 2));
}

TEST(History, KeepsSoManyRecordsAndForgetsTheOldest) {
  History history({.records = 3});
  for (std::uint64_t ray = 1; ray <= 3; ++ray) history.keep(record_of(ray));
  EXPECT_TRUE(remembers(history, 1));
  history.keep(record_of(4));
  EXPECT_FALSE(remembers(history, 1));
  EXPECT_TRUE(remembers(history, 2));
  EXPECT_TRUE(remembers(history, 4));
  EXPECT_EQ(history.extent().records, 3U);
}

// All records here are of one size.
TEST(History, KeepsSoManyBytesAndForgetsTheOldest) {
  Record one = record_of(1);
  const std::size_t size = sizeof(Record) + one.host.size() + one.path.size();
  History fits({.bytes = 3 * size});
  History falls_short({.bytes = 3 * size - 1});
  for (std::uint64_t ray = 1; ray <= 3; ++ray) {
    fits.keep(record_of(ray));
    falls_short.keep(record_of(ray));
  }
  EXPECT_TRUE(remembers(fits, 1));
  EXPECT_FALSE(remembers(falls_short, 1));
  EXPECT_TRUE(remembers(falls_short, 2));
  EXPECT_TRUE(remembers(falls_short, 3));
}

TEST(History, NeverKeepsARecordThatHasNoRoomAtAll) {
  const Record one = record_of(1);
  const std::size_t size = sizeof(Record) + one.host.size() + one.path.size();
  History fits({.bytes = size});
  History falls_short({.bytes = size - 1});
  fits.keep(one);
  falls_short.keep(one);
  EXPECT_TRUE(remembers(fits, 1));
  EXPECT_FALSE(remembers(falls_short, 1));
}

// Whatever the sizes: what is remembered is the latest, whole, and without gaps.
TEST(History, RemembersTheLatestWhateverTheirSizes) {
  History history({.records = 50, .bytes = 20 * sizeof(Record)});
  std::vector<std::string> paths{""};
  std::uint64_t random = 1;
  for (std::uint64_t ray = 1; ray <= 2000; ++ray) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    paths.emplace_back(random >> 55, static_cast<char>('a' + ray % 26));
    Record record = record_of(ray);
    record.path = paths.back();
    history.keep(record);

    const auto kept = history.extent().records;
    ASSERT_GE(kept, std::min<std::size_t>(ray, 2));
    const std::uint64_t oldest = ray + 1 - kept;
    for (const std::uint64_t each : {oldest, ray}) {
      const auto found = history.find(each);
      ASSERT_THAT(found, SizeIs(1)) << each;
      EXPECT_EQ(found.front().record().path, paths[each]);
    }
    ASSERT_FALSE(remembers(history, oldest - 1));
  }
}

TEST(History, CutsALongText) {
  History history;
  for (const std::size_t size : {kMaxRememberedText, kMaxRememberedText + 1}) {
    const std::string path(size, 'a');
    Record record = record_of(size);
    record.path = path;
    history.keep(record);
    EXPECT_EQ(history.find(size).front().record().path, path.substr(0, kMaxRememberedText));
  }
}

TEST(History, LeavesOutWhatExplainDoesNotTell) {
  History history;
  Record record = record_of(1);
  record.user_agent = "Mozilla/5.0";
  history.keep(record);
  EXPECT_EQ(history.find(1).front().record().user_agent, "");
}

Thrown thrown_in_ray(std::uint64_t ray) {
  return {
      .ray = ray,
      .script = "api",
      .colo = "FRA",
      .name = "TypeError",
      .message = "no",
      .stack = "",
      .at = {}
  };
}

TEST(History, TellsWhatWasThrownInARequestAndBelowIt) {
  History history;
  history.keep(record_of(1));
  history.keep(record_of(2, 1, 1));
  for (const std::uint64_t ray : {1U, 2U, 3U}) history.keep(thrown_in_ray(ray));
  const auto thrown = history.thrown_in(history.find(1));
  ASSERT_THAT(thrown, SizeIs(2));
  EXPECT_EQ(thrown[0].ray, 1U);
  EXPECT_EQ(thrown[1].ray, 2U);
  EXPECT_EQ(thrown[1].name, "TypeError");
}

TEST(History, KeepsSoManyExceptionsAndForgetsTheOldest) {
  History history({.exceptions = 2});
  for (const std::uint64_t ray : {1U, 2U, 3U}) {
    history.keep(record_of(ray));
    history.keep(thrown_in_ray(ray));
    EXPECT_THAT(history.thrown_in(history.find(ray)), SizeIs(1));
  }
  EXPECT_THAT(history.thrown_in(history.find(1)), IsEmpty());
  EXPECT_THAT(history.thrown_in(history.find(2)), SizeIs(1));
}

TEST(History, SaysHowFarItReaches) {
  History history;
  EXPECT_EQ(history.extent().records, 0U);
  EXPECT_FALSE(history.extent().oldest);
  for (const int at : {5, 3}) {
    Record record = record_of(1);
    record.start = TimePoint(std::chrono::milliseconds(at));
    std::jthread([&] { history.keep(record); }).join();
  }
  EXPECT_EQ(history.extent().records, 2U);
  EXPECT_EQ(history.extent().oldest, TimePoint(std::chrono::milliseconds(3)));
}

}  // namespace
}  // namespace festina::observe
