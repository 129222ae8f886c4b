// The examples that keep copies by the Cache API, each run from its own files in the real workerd.
#include <gmock/gmock.h>

#include "harness/example.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

Reaction broken() {
  Reaction reaction = ok("broken");
  reaction.status = 500;
  return reaction;
}

// --- cache-first ---

class CacheFirstExample : public ExampleScenario {
 protected:
  CacheFirstExample() : ExampleScenario("cache-first") {}
};

TEST_F(CacheFirstExample, AsksTheOriginOnceInFiveMinutes) {
  origin.answers(at("/menu"), ok("teas", "max-age=1"));

  EXPECT_EQ(get("/menu").field("X-Cache-Api"), "MISS");
  await_puts(1);
  const Answer second = get("/menu");
  EXPECT_EQ(second.field("X-Cache-Api"), "HIT");
  EXPECT_EQ(second.field("Cache-Control"), "public, max-age=300");
  EXPECT_EQ(second.body, "teas");
  EXPECT_EQ(origin.requests(at("/menu")), 1U);

  edge.advance(seconds(300));
  EXPECT_EQ(get("/menu").field("X-Cache-Api"), "MISS");
  EXPECT_EQ(origin.requests(at("/menu")), 2U);
}

TEST_F(CacheFirstExample, AsksForEverybodyWhateverOneVisitorSends) {
  origin.answers(at("/menu"), ok("teas"));
  const Fields own = {{"Cookie", "session=1"}, {"Range", "bytes=0-0"}, {"If-None-Match", "*"}};
  EXPECT_EQ(get("/menu", own).body, "teas");
  for (const auto& [name, value] : own) EXPECT_EQ(origin.asked(at("/menu"), name), "") << name;
  await_puts(1);
  EXPECT_EQ(get("/menu").body, "teas");
  EXPECT_EQ(origin.requests(at("/menu")), 1U);
}

TEST_F(CacheFirstExample, KeepsNoFailure) {
  origin.answers(at("/menu"), broken());
  EXPECT_EQ(get("/menu").status, 500);
  origin.answers(at("/menu"), ok("teas"));
  EXPECT_EQ(get("/menu").body, "teas");
}

// --- network-first ---

class NetworkFirstExample : public ExampleScenario {
 protected:
  NetworkFirstExample() : ExampleScenario("network-first") {}
  void expect_news(const std::string& source, const std::string& body) const {
    const Answer answer = get("/news");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("X-Served-From"), source);
    EXPECT_EQ(answer.body, body);
  }
};

TEST_F(NetworkFirstExample, FallsBackToTheLastGoodAnswer) {
  origin.answers(at("/news"), ok("one"));
  expect_news("network", "one");
  await_puts(1);
  origin.answers(at("/news"), ok("two"));
  expect_news("network", "two");
  await_puts(2);

  origin.answers(at("/news"), broken());
  expect_news("cache", "two");
  origin.answers(at("/news"), failing(Reaction::Fault::close_before_answer));
  expect_news("cache", "two");
  origin.holds(at("/news"));
  expect_news("cache", "two");
  origin.releases(at("/news"));
}

TEST_F(NetworkFirstExample, TakesAMissingPageForAnAnswer) {
  origin.answers(at("/news"), ok("one"));
  get("/news");
  await_puts(1);
  Reaction gone = ok("gone");
  gone.status = 404;
  origin.answers(at("/news"), gone);
  EXPECT_EQ(get("/news").status, 404);
}

TEST_F(NetworkFirstExample, PassesAFailureOnWhenNothingIsKept) {
  origin.answers(at("/news"), broken());
  EXPECT_EQ(get("/news").status, 500);
  origin.holds(at("/slow"));
  EXPECT_EQ(get("/slow").status, 504);
  origin.releases(at("/slow"));
}

// --- stale-while-revalidate ---

class StaleWhileRevalidateExample : public ExampleScenario {
 protected:
  StaleWhileRevalidateExample() : ExampleScenario("stale-while-revalidate") {}
  void expect_weather(const std::string& state, const std::string& body) const {
    const Answer answer = get("/weather");
    EXPECT_EQ(answer.field("X-Cache-State"), state);
    EXPECT_EQ(answer.body, body);
  }
};

TEST_F(StaleWhileRevalidateExample, HasThreeStates) {
  origin.answers(at("/weather"), ok("rain"));
  expect_weather("MISS", "rain");
  await_puts(1);
  origin.answers(at("/weather"), ok("sun"));
  edge.advance(seconds(30));
  expect_weather("FRESH", "rain");
  EXPECT_EQ(origin.requests(at("/weather")), 1U);

  edge.advance(seconds(31));
  expect_weather("STALE", "rain");
  await_puts(2);
  expect_weather("FRESH", "sun");
  EXPECT_EQ(origin.requests(at("/weather")), 2U);

  edge.advance(seconds(600));
  expect_weather("MISS", "sun");
  EXPECT_EQ(origin.requests(at("/weather")), 3U);
}

TEST_F(StaleWhileRevalidateExample, ShowsTheOldWhileTheOriginFails) {
  origin.answers(at("/weather"), ok("rain"));
  expect_weather("MISS", "rain");
  await_puts(1);
  origin.answers(at("/weather"), broken());
  edge.advance(seconds(61));
  expect_weather("STALE", "rain");
  origin.await_requests(at("/weather"), 2);
  expect_weather("STALE", "rain");
}

// --- language-and-version ---

class LanguageAndVersionExample : public ExampleScenario {
 protected:
  LanguageAndVersionExample() : ExampleScenario("language-and-version") {}
  std::string greeting(
      const std::string& languages, const std::string& version, const std::string& query = {}
  ) const {
    const Answer answer =
        get("/greeting" + query, {{"Accept-Language", languages}, {"X-API-Version", version}});
    return answer.field("X-Cache-Api") + " " + answer.field("Content-Language") + " " + answer.body;
  }
};

TEST_F(LanguageAndVersionExample, KeepsOneEntryForEach) {
  origin.answers(at("/greeting"), ok("Guten Tag"));
  EXPECT_EQ(greeting("de-AT, en;q=0.8", "1"), "MISS de Guten Tag");
  await_puts(1);
  EXPECT_EQ(origin.asked(at("/greeting"), "Accept-Language"), "de");
  EXPECT_EQ(origin.asked(at("/greeting"), "X-API-Version"), "1");
  origin.answers(at("/greeting"), ok("Hello"));
  EXPECT_EQ(greeting("xx", "1"), "MISS en Hello") << "the first language is for all others";
  await_puts(2);
  origin.answers(at("/greeting"), ok("Hallo"));
  EXPECT_EQ(greeting("de", "2"), "MISS de Hallo");
  await_puts(3);

  EXPECT_EQ(greeting("de", "1"), "HIT de Guten Tag");
  EXPECT_EQ(greeting("en;q=0.2, de;q=0.9", "1", "?utm_source=letter"), "HIT de Guten Tag");
  EXPECT_EQ(greeting("en-GB", "1"), "HIT en Hello");
  EXPECT_EQ(greeting("de-CH", "2"), "HIT de Hallo");
  EXPECT_EQ(origin.requests(at("/greeting")), 3U);
}

TEST_F(LanguageAndVersionExample, RefusesAVersionThatThereIsNot) {
  EXPECT_EQ(get("/greeting", {{"X-API-Version", "3"}}).status, 400);
  EXPECT_EQ(origin.requests(), 0U);
}

// --- circuit-breaker ---

class CircuitBreakerExample : public ExampleScenario {
 protected:
  CircuitBreakerExample() : ExampleScenario("circuit-breaker") {
    origin.answers(at("/stock"), ok("one"));
    expect_stock("origin", "one");
    await_puts(1);
  }
  void expect_stock(const std::string& source, const std::string& body) const {
    const Answer answer = get("/stock");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("X-Served-From"), source);
    EXPECT_EQ(answer.body, body);
  }
  // The origin fails three times with a copy past its time.
  void break_it() const {
    edge.advance(seconds(61));
    for (int i = 0; i < 3; ++i) expect_stock("grace", "one");
    EXPECT_EQ(origin.requests(at("/stock")), 4U);
  }
};

TEST_F(CircuitBreakerExample, CoversAFailingOriginAndLeavesItAlone) {
  expect_stock("cache", "one");
  origin.answers(at("/stock"), broken());
  break_it();

  expect_stock("grace", "one");
  EXPECT_EQ(origin.requests(at("/stock")), 4U) << "it rests";
  const Answer other = get("/other");
  EXPECT_EQ(other.status, 503);
  EXPECT_EQ(other.field("Retry-After"), "30");
  EXPECT_EQ(origin.requests(at("/other")), 0U);

  origin.answers(at("/stock"), ok("two"));
  edge.advance(seconds(31));
  expect_stock("origin", "two");
  await_puts(2);
  expect_stock("cache", "two");
}

TEST_F(CircuitBreakerExample, LetsOneRequestTryAfterTheRest) {
  origin.answers(at("/stock"), broken());
  break_it();
  edge.advance(seconds(31));
  origin.holds(at("/stock"));
  auto trial = edge.get_async("http://workers.localhost" + at("/stock"));
  origin.await_requests(at("/stock"), 5);

  expect_stock("grace", "one");
  origin.releases(at("/stock"));
  EXPECT_EQ(trial.get().field("X-Served-From"), "grace");
  expect_stock("grace", "one");
  EXPECT_EQ(origin.requests(at("/stock")), 5U) << "it rests again";
}

TEST_F(CircuitBreakerExample, EndsItsGrace) {
  origin.answers(at("/stock"), broken());
  edge.advance(seconds(3660));
  EXPECT_EQ(get("/stock").status, 503);
}

// --- made-here ---

class MadeHereExample : public ExampleScenario {
 protected:
  MadeHereExample() : ExampleScenario("made-here") {}
};

TEST_F(MadeHereExample, IsStoredNowhereAndExplainNamesTheRemedies) {
  EXPECT_EQ(get("/").body, "answer 1\n");
  const Answer second = get("/");
  EXPECT_EQ(second.body, "answer 2\n");
  EXPECT_FALSE(second.has("CF-Cache-Status"));

  const std::string told = edge.api("GET", "/festina/v1/explain/" + second.field("CF-Ray")).body;
  EXPECT_THAT(
      told,
      AllOf(
          HasSubstr("Cache-Tag of the Worker's answer has no effect"),
          HasSubstr("Cache-Control of the Worker's answer reaches browsers alone"),
          HasSubstr("caches.default.put"),
          HasSubstr("cf.cacheTtl"),
          HasSubstr("Workers Caching")
      )
  );
}

}  // namespace
}  // namespace festina::harness
