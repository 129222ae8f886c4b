// A Worker as an origin of its zone (worker_cache = "zone"), and one that runs before the cache: product.md §3.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

constexpr std::string_view kWrangler = R"(
name = "maker"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [
  { pattern = "cached.example/*", zone_name = "cached.example" },
  { pattern = "plain.example/*", zone_name = "plain.example" },
]
)";

// Answers with what the URL asks for. /own/* passes on what the origin has under the same URL; /gate/* waits for it.
constexpr std::string_view kScript = R"js(
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const asked = url.searchParams;
    if (url.pathname.startsWith("/own/")) {
      const response = await fetch(request);
      return new Response(`${await response.text()} by the Worker`, response);
    }
    if (url.pathname.startsWith("/gate/")) await fetch(`http://${url.hostname}/open`, { method: "POST" });
    if (url.pathname.startsWith("/frail/")) {
      const mode = await fetch(`http://${url.hostname}/mode`, { method: "POST" });
      if ((await mode.text()) === "broken") throw new Error("broken");
    }
    if (url.pathname === "/call") return fetch(asked.get("url"));
    const headers = {};
    for (const name of ["Cache-Control", "Cache-Tag", "Set-Cookie", "ETag"]) {
      if (asked.has(name)) headers[name] = asked.get(name);
    }
    return new Response(`made for ${request.method}`, { headers });
  },
};
)js";

constexpr const char* kWorkerRequests = "festina_worker_requests_total";
constexpr const char* kCollapsed = "festina_collapsed_requests_total";
constexpr const char* kMinute = "?Cache-Control=max-age=60";

class WorkerCache : public testing::Test {
 protected:
  EdgeOptions prepared() const {
    files.write("maker/wrangler.toml", kWrangler);
    files.write("maker/index.js", kScript);
    const std::string rule =
        "[[zones.cache_rules]]\n"
        "expression = 'starts_with(http.request.uri.path, \"/pages/\")'\n"
        "action_parameters = { cache = true }\n"
        "[[zones.response_rules]]\n"
        "expression = 'starts_with(http.request.uri.path, \"/tagged/\")'\n"
        "action = \"set_cache_tags\"\n"
        "action_parameters = { operation = \"set\", values = [\"by-rule\"] }\n";
    EdgeOptions options;
    options.zones =
        zone_toml("cached.example", origin.url(), "compat = { worker_cache = \"zone\" }\n" + rule) +
        zone_toml("plain.example", origin.url(), rule) +
        "[[scripts]]\nwrangler = \"maker/wrangler.toml\"\n";
    return options;
  }
  Answer get(const std::string& path, const Ask& ask = {}) const {
    return edge.get("http://cached.example" + path, ask);
  }
  std::string status(const std::string& path) const { return get(path).cache_status(); }
  std::uint64_t runs() const { return metric(edge, kWorkerRequests); }
  void purge(const std::string& body) const {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=cached.example").body).value();
    const std::string id = zones.at("result").at(0).at("id").as_string().c_str();
    EXPECT_EQ(edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", body).status, 200);
  }

  Origin origin;
  TempDir files;
  Edge edge{files, prepared()};
};

TEST_F(WorkerCache, StoresWhatAWorkerAnswersByTheZonesRules) {
  const struct {
    std::string path;
    const char* first;
    const char* second;
    const char* why;
  } cases[] = {
      {std::string("/a.css") + kMinute, "MISS", "HIT", "a default extension"},
      {"/b.css", "MISS", "HIT", "two hours, as of an origin that says nothing"},
      {std::string("/page") + kMinute, "DYNAMIC", "DYNAMIC", "no default extension"},
      {std::string("/pages/1") + kMinute, "MISS", "HIT", "by a Cache Rule"},
      {"/c.css?Cache-Control=private", "BYPASS", "BYPASS", "the Worker forbids it"},
      {"/d.css?Cache-Control=max-age=60&Set-Cookie=a=1", "BYPASS", "BYPASS", "it sets a cookie"},
  };
  for (const auto& c : cases) {
    const Answer first = get(c.path);
    EXPECT_EQ(first.body, "made for GET") << c.why;
    EXPECT_EQ(first.cache_status(), c.first) << c.why;
    EXPECT_EQ(status(c.path), c.second) << c.why;
  }
  EXPECT_EQ(runs(), 9U) << "of twelve requests three were hits";
}

TEST_F(WorkerCache, LeavesAWorkerAloneWithoutTheSwitch) {
  for (const char* path : {"/a.css?Cache-Control=max-age=60", "/pages/1"}) {
    for (int i = 0; i < 2; ++i) {
      const Answer answer = edge.get(std::string("http://plain.example") + path);
      EXPECT_EQ(answer.body, "made for GET");
      EXPECT_FALSE(answer.has("CF-Cache-Status"));
    }
  }
  EXPECT_EQ(runs(), 4U);
}

TEST_F(WorkerCache, AsksTheWorkerForWhatIsNoMatterOfACache) {
  const Ask post{.method = "POST", .fields = {}, .body = "x"};
  expect_answer(get("/a.css", post), 200, "DYNAMIC", "made for POST");
  const Ask head{.method = "HEAD", .fields = {}, .body = {}};
  EXPECT_EQ(get("/a.css", head).cache_status(), "MISS");
  expect_answer(get("/a.css"), 200, "HIT", "made for GET");
}

// The Worker fetches the URL it answers for, while its answer is awaited: neither waits for the other, both are stored.
TEST_F(WorkerCache, KeepsWhatTheWorkerFetchesApart) {
  origin.answers("/own/a.css", ok("stored", "max-age=600"));
  expect_answer(get("/own/a.css"), 200, "MISS", "stored by the Worker");
  expect_answer(get("/own/a.css"), 200, "HIT", "stored by the Worker");
  EXPECT_EQ(metric(edge, kCollapsed), 0U);
  EXPECT_EQ(origin.requests("/own/a.css"), 1U);

  origin.answers("/own/a.css", ok("fresh", "max-age=600"));
  purge(R"({"files":["http://cached.example/own/a.css"]})");
  expect_answer(get("/own/a.css"), 200, "MISS", "fresh by the Worker");
}

TEST_F(WorkerCache, IsReachedByEveryPurgeOfTheZone) {
  const std::string path = "/t.css?Cache-Tag=shoes";
  const char* const purges[] = {
      R"({"tags":["Shoes"]})",
      R"({"hosts":["cached.example"]})",
      R"({"prefixes":["cached.example/t.css"]})",
      R"({"files":["http://cached.example/t.css?Cache-Tag=shoes"]})",
      R"({"purge_everything":true})",
  };
  EXPECT_FALSE(get(path).has("Cache-Tag")) << "it is the edge's alone";
  for (const char* body : purges) {
    EXPECT_EQ(status(path), "HIT") << body;
    purge(body);
    EXPECT_EQ(status(path), "MISS") << body;
  }
}

TEST_F(WorkerCache, ObeysResponseRules) {
  EXPECT_EQ(status("/tagged/a.css"), "MISS");
  EXPECT_EQ(status("/tagged/a.css"), "HIT");
  purge(R"({"tags":["by-rule"]})");
  EXPECT_EQ(status("/tagged/a.css"), "MISS");
}

TEST_F(WorkerCache, RunsOnceForManyWhoWait) {
  origin.answers("/open", ok("open"));
  origin.holds("/open");
  std::vector<std::future<Answer>> clients;
  clients.reserve(5);
  for (int i = 0; i < 5; ++i) clients.push_back(edge.get_async("http://cached.example/gate/a.css"));
  await_metric(edge, kCollapsed, 4);
  origin.releases("/open");
  for (auto& client : clients) EXPECT_EQ(client.get().body, "made for GET");
  EXPECT_EQ(runs(), 1U);
}

TEST_F(WorkerCache, ServesAStaleCopyForAWorkerThatFails) {
  const std::string path = std::string("/frail/a.css") + kMinute;
  origin.answers("/mode", ok("sound"));
  EXPECT_EQ(status(path), "MISS");
  edge.advance(seconds(61));
  origin.answers("/mode", ok("broken"));
  expect_answer(get(path), 200, "STALE", "made for GET");
  const std::string stale = edge.await_records(4).back();  // each after what its Worker fetched
  EXPECT_NE(stale.find(R"("WorkerStatus":"exception")"), std::string::npos) << stale;
  origin.answers("/mode", ok("sound"));
  EXPECT_EQ(status(path), "EXPIRED");
}

TEST_F(WorkerCache, RefreshesBehindAStaleCopy) {
  const std::string path = "/gate/b.css?Cache-Control=max-age=60,stale-while-revalidate=60";
  origin.answers("/open", ok("open"));
  EXPECT_EQ(status(path), "MISS");
  edge.advance(seconds(61));
  origin.holds("/open");
  EXPECT_EQ(status(path), "UPDATING");
  origin.releases("/open");
  std::string after;
  do {
    after = status(path);
  } while (after == "UPDATING");
  EXPECT_EQ(after, "HIT");
  EXPECT_EQ(runs(), 2U);
}

TEST_F(WorkerCache, AnswersAnotherZonesWorkerToo) {
  EXPECT_EQ(status("/a.css"), "MISS");
  const Answer asked = edge.get("http://plain.example/call?url=http://cached.example/a.css");
  expect_answer(asked, 200, "HIT", "made for GET");
}

TEST_F(WorkerCache, IsNamedByExplainAndTheLog) {
  const Answer miss = get("/own/a.css");
  const Answer hit = get("/a.css");
  for (const std::string& about :
       {std::string("?url=http://cached.example/a.css"),
        "/" + miss.field("CF-Ray").substr(0, 16),
        "/" + hit.field("CF-Ray").substr(0, 16)}) {
    const std::string told = edge.api("GET", "/festina/v1/explain" + about).body;
    EXPECT_NE(told.find("worker_as_an_origin"), std::string::npos) << told;
    EXPECT_NE(told.find(R"(worker_cache = \"zone\")"), std::string::npos) << told;
    EXPECT_NE(told.find("worker=maker"), std::string::npos) << told;
  }
  const std::string before =
      edge.api("GET", "/festina/v1/explain?url=http://plain.example/a.css").body;
  EXPECT_NE(before.find("worker_in_front"), std::string::npos) << before;

  get("/a.css");
  const auto records = edge.await_records(4);  // a subrequest, its parent, and two of /a.css
  EXPECT_NE(records.at(1).find(R"("WorkerStatus":"ok")"), std::string::npos) << records.at(1);
  EXPECT_NE(records.at(1).find(R"("WorkerSubrequestCount":1)"), std::string::npos);
  EXPECT_NE(records.at(3).find(R"("CacheCacheStatus":"hit")"), std::string::npos);
  EXPECT_NE(records.at(3).find(R"("WorkerStatus":"")"), std::string::npos) << "it did not run";
}

}  // namespace
}  // namespace festina::harness
