// The examples whose fetch() tells the CDN cache what to store, each run from its own files in the real workerd.
#include "harness/example.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

// --- by-route ---

class ByRouteExample : public ExampleScenario {
 protected:
  ByRouteExample() : ExampleScenario("by-route") {}
};

TEST_F(ByRouteExample, TellsEdgeAndBrowsersWhatItsTableSays) {
  const struct {
    const char* path;
    const char* first;
    const char* second;
    int edge_seconds;
    const char* third;  // when these have passed
    const char* browser;
  } cases[] = {
      {"/assets/app.0123abcd.js",
       "MISS",
       "HIT",
       2'592'000,
       "EXPIRED",
       "public, max-age=31536000, immutable"},
      {"/assets/app.js", "MISS", "HIT", 300, "EXPIRED", "public, max-age=60"},
      {"/api/stock", "MISS", "HIT", 10, "EXPIRED", "no-cache"},
      {"/account/me", "BYPASS", "BYPASS", 10, "BYPASS", "private, no-store"},
      {"/page", "MISS", "HIT", 300, "EXPIRED", "public, max-age=60"},
  };
  for (const auto& c : cases) {
    origin.answers(at(c.path), ok("x", "max-age=5"));
    EXPECT_EQ(get(c.path).cache_status(), c.first) << c.path;
    edge.advance(seconds(c.edge_seconds - 5));
    const Answer second = get(c.path);
    EXPECT_EQ(second.cache_status(), c.second) << c.path;
    EXPECT_EQ(second.field("Cache-Control"), c.browser) << c.path;
    EXPECT_FALSE(second.has("Age")) << c.path;
    edge.advance(seconds(6));
    EXPECT_EQ(get(c.path).cache_status(), c.third) << c.path;
  }
}

// --- cache-everything ---

class CacheEverythingExample : public ExampleScenario {
 protected:
  CacheEverythingExample() : ExampleScenario("cache-everything") {}
};

TEST_F(CacheEverythingExample, StoresPagesForAnHourWhateverTheOriginSays) {
  origin.answers(at("/page"), ok("<p>", "no-store"));
  EXPECT_EQ(get("/page").cache_status(), "MISS");
  EXPECT_EQ(get("/page").cache_status(), "HIT");
  edge.advance(seconds(3601));
  EXPECT_EQ(get("/page").cache_status(), "EXPIRED");
}

TEST_F(CacheEverythingExample, StoresNewsForAsLongAsTheOriginSays) {
  origin.answers(at("/news/today"), ok("<p>", "max-age=10"));
  origin.answers(at("/news/draft"), ok("<p>", "no-store"));
  EXPECT_EQ(get("/news/today").cache_status(), "MISS");
  EXPECT_EQ(get("/news/today").cache_status(), "HIT");
  edge.advance(seconds(11));
  EXPECT_EQ(get("/news/today").cache_status(), "EXPIRED");
  EXPECT_EQ(get("/news/draft").cache_status(), "BYPASS");
}

TEST_F(CacheEverythingExample, AsksTheOriginForWhoIsLoggedIn) {
  origin.answers(at("/page"), ok("everybody's"));
  EXPECT_EQ(get("/page").cache_status(), "MISS");
  origin.answers(at("/page"), ok("yours"));
  const Answer yours = get("/page", {{"Cookie", "theme=dark; session=1"}});
  EXPECT_EQ(yours.cache_status(), "DYNAMIC");
  EXPECT_EQ(yours.body, "yours");
  EXPECT_EQ(get("/page", {{"Cookie", "lastsession=1"}}).body, "everybody's");
}

// --- shared-key ---

class SharedKeyExample : public ExampleScenario {
 protected:
  SharedKeyExample() : ExampleScenario("shared-key") {}
};

TEST_F(SharedKeyExample, AsksOneOfTwoOriginsForEachPath) {
  for (const char* path : {"/data", "/data?page=2"}) {
    mirror_a.answers(at(path), ok("from a"));
    mirror_b.answers(at(path), ok("from b"));
    const Answer first = get(path);
    EXPECT_EQ(first.field("X-Mirror"), "a.workers.localhost");
    EXPECT_EQ(first.cache_status(), "MISS");
    const Answer second = get(path);
    EXPECT_EQ(second.field("X-Mirror"), "b.workers.localhost");
    EXPECT_EQ(second.cache_status(), "HIT");
    EXPECT_EQ(second.body, "from a");
  }
  EXPECT_EQ(mirror_a.requests(), 2U);
  EXPECT_EQ(mirror_b.requests(), 0U);
}

// --- browser-ttl ---

class BrowserTtlExample : public ExampleScenario {
 protected:
  BrowserTtlExample() : ExampleScenario("browser-ttl") {}
};

TEST_F(BrowserTtlExample, IsTheWorkersWhileTheEdgeKeepsItsOwn) {
  Reaction page = ok("<p>", "max-age=31536000");
  page.fields.emplace_back("Expires", "Thu, 01 Jan 2099 00:00:00 GMT");
  origin.answers(at("/page"), page);
  const auto expect_status = [this](const std::string& status) {
    const Answer answer = get("/page");
    EXPECT_EQ(answer.cache_status(), status);
    EXPECT_EQ(answer.field("Cache-Control"), "public, max-age=120");
    EXPECT_FALSE(answer.has("Expires"));
    EXPECT_FALSE(answer.has("Age"));
  };
  expect_status("MISS");
  edge.advance(seconds(80'000));
  expect_status("HIT");
  edge.advance(seconds(6'401));
  expect_status("EXPIRED");
}

// --- service-worker ---

class ServiceWorkerExample : public ExampleScenario {
 protected:
  ServiceWorkerExample() : ExampleScenario("service-worker") {}
};

TEST_F(ServiceWorkerExample, StoresPagesUnderTheirCleanUrl) {
  origin.answers(at("/page"), ok("<p>"));
  origin.answers(at("/page?b=1"), ok("<b>"));
  const Answer first = get("/page?utm_source=letter&b=1");
  EXPECT_EQ(first.body, "<b>");
  EXPECT_EQ(first.cache_status(), "MISS");
  EXPECT_EQ(first.field("X-Frame-Options"), "DENY");
  EXPECT_EQ(first.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(get("/page?b=1&gclid=2").cache_status(), "HIT");

  EXPECT_EQ(get("/page?utm_medium=x").body, "<p>");
  EXPECT_EQ(get("/page").cache_status(), "HIT");
  EXPECT_EQ(origin.requests(), 2U);
}

// --- security-headers ---

class SecurityHeadersExample : public ExampleScenario {
 protected:
  SecurityHeadersExample() : ExampleScenario("security-headers", "snippet = true\n") {}
};

TEST_F(SecurityHeadersExample, AddsToWhatStandsBehindItAndToNothingStored) {
  origin.answers(at("/a.css"), ok("a", "max-age=60"));
  for (const char* status : {"MISS", "HIT"}) {
    const Answer answer = get("/a.css");
    EXPECT_EQ(answer.cache_status(), status);
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  }
  EXPECT_EQ(origin.requests(at("/a.css")), 1U);
}

TEST_F(SecurityHeadersExample, SendsOnFromAPageThatHasMoved) {
  const Answer answer = get("/old.html");
  EXPECT_EQ(answer.status, 301);
  EXPECT_EQ(answer.field("Location"), "http://workers.localhost/security-headers/page.html");
  EXPECT_EQ(origin.requests(), 0U);
}

}  // namespace
}  // namespace festina::harness
