#include "workers/arrival.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace festina::workers {
namespace {

using policy::Reason;

constexpr std::uint64_t kBudget = std::uint64_t{4} * 1024 * 1024;
constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\n\r\n";

class ArrivalTest : public testing::Test {
 protected:
  static cache::EntryHead blank() {
    cache::EntryHead head;
    head.key = {.text = "https://site.example/k", .zone = "z"};
    head.url = "https://site.example/k";
    return head;
  }
  std::optional<Reason> arrive(
      const std::string& text, ArrivalTerms terms = {.max_size = kBudget}
  ) {
    Arrival arrival(cache_, blank(), std::move(terms));
    arrival.take(Bytes::copy_of(text));
    return arrival.finish();
  }
  bool is_stored() const { return cache_.lookup(blank().key) != nullptr; }

  ManualClock clock_{TimePoint(std::chrono::seconds(1'700'000'000))};
  cache::Cache cache_{kBudget, clock_};
};

TEST_F(ArrivalTest, SaysWhyItIsNotStored) {
  struct Case {
    std::string text;
    std::optional<Reason> reason;
    const char* why;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\n\r\nbody", {}, "default lifetime"},
      {"HTTP/1.1 200 OK\r\nCache-Control: private\r\n\r\n", Reason::is_private, "private"},
      {"HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\n\r\n", Reason::stale_at_once, "stale"},
      {"HTTP/1.1 500 No\r\n\r\n", Reason::no_freshness, "no default lifetime"},
      {"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n", Reason::set_cookie, "a cookie"},
      {"HTTP/1.1 304 Not Modified\r\n\r\n", Reason::status_not_cacheable, "no response of its own"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody", Reason::broken_put, "too short"},
      {"HTTP/1.1 200 OK\r\n", Reason::broken_put, "not all of a head"},
      {"gibberish\r\n\r\n", Reason::broken_put, "no head"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(arrive(c.text), c.reason) << c.why;
    EXPECT_EQ(is_stored(), !c.reason) << c.why;
    cache_.erase(blank().key);
  }
}

TEST_F(ArrivalTest, IsNoLargerThanThePlanAllows) {  // reference §1.6
  const ArrivalTerms terms{.max_size = 10};
  const std::string announced = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n";
  EXPECT_EQ(arrive(std::string(kHead) + "0123456789", terms), std::nullopt);
  EXPECT_EQ(arrive(std::string(kHead) + "0123456789a", terms), Reason::too_large);
  EXPECT_EQ(arrive(announced + "0123456789a", terms), Reason::too_large);
}

TEST_F(ArrivalTest, IsNoLargerThanTheCacheHolds) {
  const std::uint64_t around = 1024;  // what an entry takes beside its body
  const std::uint64_t most = cache_.max_charge() - around;
  EXPECT_EQ(arrive(std::string(kHead) + std::string(most, 'x')), std::nullopt);
  const std::string more(cache_.max_charge() + 1, 'x');
  EXPECT_EQ(arrive(std::string(kHead) + more), Reason::larger_than_cache);
}

TEST_F(ArrivalTest, CountsAmongTheBodiesThatArrive) {
  Arrival arrival(cache_, blank(), {.max_size = kBudget});
  arrival.take(Bytes::copy_of(kHead));
  arrival.take(Bytes::copy_of(std::string(1000, 'x')));
  EXPECT_GE(cache_.statistics().fill_bytes, 1000U);
  EXPECT_EQ(arrival.finish(), std::nullopt);
  EXPECT_EQ(cache_.statistics().fill_bytes, 0U);
}

TEST_F(ArrivalTest, FindsNoRoomBesideOthersThatArrive) {
  cache::FillMemory::Part other = cache_.fill_memory();
  other.hold(kBudget);
  EXPECT_EQ(arrive(std::string(kHead) + "body"), Reason::no_room_now);
  other.hold(0);
  EXPECT_EQ(arrive(std::string(kHead) + "body"), std::nullopt);
}

TEST_F(ArrivalTest, StaysOutWhenItsKeyWasDeletedMeanwhile) {
  cache::EntryHead head = blank();
  head.born = cache_.birth();
  cache_.erase(head.key);
  Arrival arrival(cache_, std::move(head), {.max_size = kBudget});
  arrival.take(Bytes::copy_of(kHead));
  EXPECT_EQ(arrival.finish(), Reason::overtaken);
  EXPECT_FALSE(is_stored());
}

TEST_F(ArrivalTest, TakesWhatItWasRefusedBeforeForNothing) {
  EXPECT_EQ(
      arrive(std::string(kHead), {.max_size = kBudget, .refused = Reason::too_many_calls}),
      Reason::too_many_calls
  );
}

TEST_F(ArrivalTest, HasTheTagsOfTheScriptInPlaceOfItsOwn) {  // reference §4.2
  constexpr std::string_view text = "HTTP/1.1 200 OK\r\nCache-Tag: own\r\n\r\n";
  const auto tags = [&](policy::CacheDecision decision) {
    arrive(std::string(text), {.max_size = kBudget, .decision = std::move(decision)});
    return policy::cache_tags(cache_.lookup(blank().key)->headers());
  };
  policy::CacheDecision decision;
  EXPECT_EQ(tags(decision), std::vector<std::string>{"own"});
  decision.cache_tags = {{"Said", "twice"}};
  EXPECT_EQ(tags(decision), (std::vector<std::string>{"said", "twice"}));
  decision.cache_tags.emplace();
  EXPECT_TRUE(tags(decision).empty());
}

}  // namespace
}  // namespace festina::workers
