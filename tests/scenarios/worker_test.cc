// A Worker in the real workerd: its fetch() through the CDN cache, its Cache API, its ray, its failures.
#include <map>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kWrangler = R"(
name = "site-worker"
main = "index.js"
compatibility_date = "2026-11-17"
compatibility_flags = ["nodejs_als"]
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
[vars]
GREETING = "hello"
LIMITS = { items = 3 }
)";

constexpr std::string_view kScript = R"js(
const text = (body, headers) => new Response(body, { headers });

async function fetched(url, cf) {
  const response = await fetch(url, { cf });
  const body = await response.text();
  return text(body, { "X-Upstream-Cache": response.headers.get("CF-Cache-Status") ?? "none" });
}

const key = "http://example.com/kept";

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/w/hello": return text(`${env.GREETING} ${env.LIMITS.items} ${request.cf.colo} ${request.method}`);
      case "/w/plain": return fetched("http://example.com/page");
      case "/w/everything": return fetched("http://example.com/page", { cacheEverything: true });
      case "/w/ttl": return fetched("http://example.com/private", { cacheTtl: 60 });
      case "/w/own-route": return fetched("http://example.com/w/hello");
      case "/w/put":
        ctx.waitUntil(caches.default.put(key, text("kept", { "Cache-Control": "max-age=60" })));
        return text("putting");
      case "/w/put-and-wait":
        await caches.default.put(key, text("kept", { "Cache-Control": "max-age=60" }));
        return text("put");
      case "/w/match": return (await caches.default.match(key)) ?? new Response("nothing", { status: 404 });
      case "/w/delete": return text(String(await caches.default.delete(key)));
      case "/w/echo": return text(await request.text());
      case "/w/ray": return text(request.headers.get("CF-Ray"));
      case "/w/fetch": return fetch(new URL(request.url).searchParams.get("url"));
      case "/w/boom": throw new TypeError("no such thing");
      default: return new Response("?", { status: 404 });
    }
  },
};
)js";

EdgeOptions with_worker() {
  EdgeOptions options;
  options.zones = "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n";
  options.colos =
      "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n"
      "[[colos]]\nname = \"LHR\"\ncountry = \"GB\"\nlisten = [\"http://127.0.0.1:0\"]\n";
  return options;
}

class WorkerScenario : public SiteScenario {
 protected:
  WorkerScenario()
      : SiteScenario(
            with_worker(), {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", kScript}}
        ) {}
};

TEST_F(WorkerScenario, AnswersOnItsRouteWithItsVariables) {
  const Answer answer = edge.get(kSite + "/w/hello");

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello 3 FRA GET");
  EXPECT_FALSE(answer.has("CF-Cache-Status"));  // no cache in front of it (reference §2.1)
  EXPECT_EQ(edge.get(kSite + "/w/hello", {}, "LHR").body, "hello 3 LHR GET");
}

TEST_F(WorkerScenario, OtherPathsGoToTheOrigin) {
  origin.answers("/page", ok("<p>"));
  expect_answer(edge.get(kSite + "/page"), 200, "DYNAMIC", "<p>");
}

TEST_F(WorkerScenario, FetchMeetsTheDefaultsOfTheCache) {
  origin.answers("/page", ok("<p>"));
  EXPECT_EQ(edge.get(kSite + "/w/plain").field("X-Upstream-Cache"), "DYNAMIC");
  EXPECT_EQ(edge.get(kSite + "/w/plain").field("X-Upstream-Cache"), "DYNAMIC");
}

TEST_F(WorkerScenario, CacheEverythingStoresHtml) {
  origin.answers("/page", ok("<p>"));

  EXPECT_EQ(edge.get(kSite + "/w/everything").field("X-Upstream-Cache"), "MISS");
  const Answer second = edge.get(kSite + "/w/everything");

  EXPECT_EQ(second.field("X-Upstream-Cache"), "HIT");
  EXPECT_EQ(second.body, "<p>");
  EXPECT_EQ(origin.requests("/page"), 1U);
}

TEST_F(WorkerScenario, CacheTtlWinsOverTheOrigin) {
  origin.answers("/private", ok("mine", "no-store"));

  EXPECT_EQ(edge.get(kSite + "/w/ttl").field("X-Upstream-Cache"), "MISS");
  EXPECT_EQ(edge.get(kSite + "/w/ttl").field("X-Upstream-Cache"), "HIT");
  edge.advance(std::chrono::seconds(61));
  EXPECT_EQ(edge.get(kSite + "/w/ttl").field("X-Upstream-Cache"), "EXPIRED");
}

TEST_F(WorkerScenario, FetchOfItsOwnRouteReachesTheOriginNotItself) {
  origin.answers("/w/hello", ok("from the origin"));
  EXPECT_EQ(edge.get(kSite + "/w/own-route").body, "from the origin");
}

TEST_F(WorkerScenario, CacheApiKeepsAndForgets) {
  EXPECT_EQ(edge.get(kSite + "/w/match").status, 404);
  EXPECT_EQ(edge.get(kSite + "/w/put-and-wait").status, 200);

  const Answer found = edge.get(kSite + "/w/match");
  EXPECT_EQ(found.body, "kept");
  EXPECT_EQ(found.cache_status(), "HIT");
  EXPECT_EQ(edge.get(kSite + "/w/delete").body, "true");
  EXPECT_EQ(edge.get(kSite + "/w/delete").body, "false");
  EXPECT_EQ(edge.get(kSite + "/w/match").status, 404);
}

TEST_F(WorkerScenario, PutInOneColoIsAMissInTheOther) {
  edge.get(kSite + "/w/put-and-wait", {}, "FRA");

  EXPECT_EQ(edge.get(kSite + "/w/match", {}, "FRA").status, 200);
  EXPECT_EQ(edge.get(kSite + "/w/match", {}, "LHR").status, 404);
}

TEST_F(WorkerScenario, WaitUntilWorkEndsAfterTheAnswer) {
  EXPECT_EQ(edge.get(kSite + "/w/put").body, "putting");
  while (edge.get(kSite + "/w/match").status != 200) {
  }
  EXPECT_EQ(edge.get(kSite + "/w/match").body, "kept");
}

TEST_F(WorkerScenario, PutEntriesExpire) {
  edge.get(kSite + "/w/put-and-wait");
  edge.advance(std::chrono::seconds(60));
  EXPECT_EQ(edge.get(kSite + "/w/match").status, 404);
}

TEST_F(WorkerScenario, ReachesNoPrivateAddressButTheOriginsOfZones) {
  const Origin stranger;
  origin.answers("/page", ok("<p>"));

  const Answer denied = edge.get(kSite + "/w/fetch?url=" + stranger.url() + "/page");
  const Answer allowed = edge.get(kSite + "/w/fetch?url=" + origin.url() + "/page");

  EXPECT_EQ(denied.status, 403);
  EXPECT_NE(denied.body.find("private_network"), std::string::npos) << denied.body;
  EXPECT_EQ(stranger.requests(), 0U);
  EXPECT_EQ(allowed.body, "<p>");
}

TEST_F(WorkerScenario, ReachesNoPrivateAddressWithTlsEither) {
  const Origin stranger;
  const std::string url = "https" + stranger.url().substr(4) + "/page";
  EXPECT_EQ(edge.get(kSite + "/w/fetch?url=" + url).status, 403);
  EXPECT_EQ(stranger.requests(), 0U);
}

TEST_F(WorkerScenario, RequestBodiesReachIt) {
  const Ask post{.method = "POST", .fields = {}, .body = std::string(300'000, 'x')};
  EXPECT_EQ(edge.get(kSite + "/w/echo", post).body, post.body);
}

TEST_F(WorkerScenario, RayLinksRequestSubrequestAndCacheOperation) {
  origin.answers("/page", ok("<p>"));
  const std::string ray = edge.get(kSite + "/w/ray").body.substr(0, 16);
  EXPECT_EQ(ray.size(), 16U);
  edge.get(kSite + "/w/everything");
  edge.get(kSite + "/w/match");

  std::map<std::string, json::Value> by_source;
  for (const std::string& line : edge.await_records(5)) {
    const json::Value record = json::parse(line).value();
    by_source[record.at("ClientRequestSource").as_string().c_str()] = record;
  }
  ASSERT_TRUE(by_source.contains("edgeWorkerFetch"));
  ASSERT_TRUE(by_source.contains("edgeWorkerCacheAPI"));
  const auto is_ray_of_a_client = [&](const json::Value& parent) {
    for (const std::string& line : edge.await_records(5)) {
      const json::Value record = json::parse(line).value();
      if (record.at("RayID") == parent) return record.at("ClientRequestSource") == "eyeball";
    }
    return false;
  };
  EXPECT_TRUE(is_ray_of_a_client(by_source["edgeWorkerFetch"].at("ParentRayID")));
  EXPECT_TRUE(is_ray_of_a_client(by_source["edgeWorkerCacheAPI"].at("ParentRayID")));
  EXPECT_EQ(by_source["edgeWorkerFetch"].at("CacheCacheStatus"), "miss");
}

TEST_F(WorkerScenario, ThatThrowsIsA1101PageAndALogLineWithItsStack) {
  const Answer answer = edge.get(kSite + "/w/boom");

  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("1101"), std::string::npos);
  EXPECT_NE(answer.body.find(answer.field("CF-Ray")), std::string::npos);
  const std::string log = edge.await_log("worker.exception");
  EXPECT_NE(log.find("no such thing"), std::string::npos);
  EXPECT_NE(log.find("index.js:"), std::string::npos) << log;
}

TEST_F(WorkerScenario, JsonClientsGetErrorsAsJson) {
  const Ask ask{.method = "GET", .fields = {{"Accept", "application/json"}}, .body = {}};
  const Answer answer = edge.get(kSite + "/w/boom", ask);

  const json::Value error = json::parse(answer.body).value();
  EXPECT_EQ(error.at("error").at("code"), 1101);
  EXPECT_EQ(error.at("ray").as_string(), answer.field("CF-Ray"));
}

}  // namespace
}  // namespace festina::harness
