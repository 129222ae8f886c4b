// A Worker's fetch() in the real workerd: the options of its cf, the zones and addresses it may reach, as whom it comes
// (reference §4, §9.3, §11.4, §13.2).
#include "base/json.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

// Fetches what the query says, and answers what came.
constexpr std::string_view kScript = R"js(
export default {
  async fetch(request) {
    const asked = new URL(request.url).searchParams;
    const init = { method: asked.get("method") ?? "GET", headers: request.headers };
    if (asked.has("headers")) init.headers = JSON.parse(asked.get("headers"));
    if (asked.has("cf")) init.cf = JSON.parse(asked.get("cf"));
    if (asked.has("cache")) init.cache = asked.get("cache");
    try {
      return await fetch(asked.get("url"), init);
    } catch (error) {
      return new Response(`${error.name}: ${error.message}`, { status: 418 });
    }
  },
};
)js";

// Counts how often it runs within itself.
constexpr std::string_view kRoundScript = R"js(
export default {
  async fetch(request) {
    const inner = await fetch(request.url);
    const runs = Number(inner.headers.get("X-Runs") ?? 0) + 1;
    return new Response(await inner.text(), { status: inner.status, headers: { "X-Runs": runs } });
  },
};
)js";

std::string wrangler(
    const std::string& name, const std::string& date, const std::string& flags,
    const std::vector<std::string>& routes
) {
  std::string patterns;
  for (const std::string& route : routes) patterns += "{ pattern = \"" + route + "\" },";
  return "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"" + date +
         "\"\ncompatibility_flags = [" + flags + "]\nroutes = [" + patterns + "]\n";
}

class WorkerFetch : public testing::Test {
 protected:
  explicit WorkerFetch(const std::string& more = {}) : edge(files, prepared(more)) {}

  // What the Worker gets of the URL. `how`: further parts of its query, such as "&cache=no-store".
  Answer fetched(
      const std::string& url, const std::string& cf = {}, const std::string& how = {},
      const std::string& by = "http://example.com/w/"
  ) const {
    return edge.get(asking(url, cf, how, by));
  }
  static std::string asking(
      const std::string& url, const std::string& cf = {}, const std::string& how = {},
      const std::string& by = "http://example.com/w/"
  ) {
    std::string query = "?url=" + http::percent_encoded(url) + how;
    if (!cf.empty()) query += "&cf=" + http::percent_encoded(cf);
    return by + query;
  }
  static std::string with_headers(const std::string& json) {
    return "&headers=" + http::percent_encoded(json);
  }
  // The statuses of two requests, one after the other.
  std::string twice(const std::string& url, const std::string& cf, const std::string& how = {}) {
    const std::string first = fetched(url, cf, how).cache_status();
    return first + ", " + fetched(url, cf, how).cache_status();
  }
  void purge(const std::string& body) const {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=example.com").body).value();
    const std::string id = zones.at("result").at(0).at("id").as_string().c_str();
    EXPECT_EQ(edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", body).status, 200);
  }

  Origin origin;
  Origin images;
  Origin stranger;  // of no zone
  TempDir files;
  Edge edge;

 private:
  EdgeOptions prepared(const std::string& more) const {
    const auto script = [this](const std::string& name, const std::string& text) {
      files.write(name + "/wrangler.toml", text);
      files.write(name + "/index.js", name == "round" ? kRoundScript : kScript);
      return "[[scripts]]\nwrangler = \"" + name + "/wrangler.toml\"\n";
    };
    EdgeOptions options;
    options.zones =
        zone_toml(
            "example.com",
            origin.url(),
            "origins = { \"img.example.com\" = \"" + images.url() + "\" }\n"
        ) +
        zone_toml("ent.example", origin.url(), "plan = \"enterprise\"\n") +
        zone_toml(
            "zero.example", origin.url(), "compat = { cache_ttl_by_status_zero = \"no_store\" }"
        ) +
        zone_toml("other.example", origin.url()) + zone_toml("round.example", origin.url()) +
        zone_toml("dev.example", origin.url(), "[zones.settings]\ndevelopment_mode = \"on\"\n") +
        script(
            "new",
            wrangler(
                "new",
                "2026-11-17",
                "",
                {"example.com/w/*",
                 "ent.example/w/*",
                 "dev.example/w/*",
                 "zero.example/w/*",
                 "other.example/worker/*"}
            )
        ) +
        script(
            "old", wrangler("old", "2023-01-01", "", {"example.com/old/*", "dev.example/old/*"})
        ) +
        script(
            "round",
            wrangler("round", "2026-11-17", "\"global_fetch_strictly_public\"", {"round.example/*"})
        );
    options.more = more;
    return options;
  }
};

Reaction with_field(Reaction reaction, const std::string& name, const std::string& value) {
  reaction.fields.emplace_back(name, value);
  return reaction;
}

TEST_F(WorkerFetch, ServesTheTableOfTheReference) {  // reference §4.2, §4.6
  const Reaction page = ok("<p>");
  const Reaction with_cookie = with_field(page, "Set-Cookie", "a=1");
  const struct {
    const char* path;
    const char* cf;
    const char* how;
    Reaction reaction;
    const char* statuses;
  } cases[] = {
      {"/plain", "", "", page, "DYNAMIC, DYNAMIC"},
      {"/everything", R"({"cacheEverything":true})", "", page, "MISS, HIT"},
      {"/by-status", R"({"cacheTtlByStatus":{"200-299":60}})", "", page, "DYNAMIC, DYNAMIC"},
      {"/both",
       R"({"cacheTtlByStatus":{"200-299":60},"cacheEverything":true})",
       "",
       page,
       "MISS, HIT"},
      {"/negative-status",
       R"({"cacheTtlByStatus":{"200":-1},"cacheEverything":true})",
       "",
       page,
       "BYPASS, BYPASS"},
      {"/zero-status",
       R"({"cacheTtlByStatus":{"200":0},"cacheEverything":true})",
       "",
       page,
       "MISS, EXPIRED"},
      {"/ttl", R"({"cacheTtl":60})", "", ok("mine", "no-store"), "MISS, HIT"},
      {"/ttl-cookie", R"({"cacheTtl":60})", "", with_cookie, "MISS, HIT"},
      {"/cookie", R"({"cacheEverything":true})", "", with_cookie, "BYPASS, BYPASS"},
      {"/zero", R"({"cacheTtl":0})", "", page, "MISS, EXPIRED"},
      {"/minus-one", R"({"cacheTtl":-1})", "", page, "BYPASS, BYPASS"},
      {"/minus-five", R"({"cacheTtl":-5})", "", page, "BYPASS, BYPASS"},
      {"/post", R"({"cacheTtl":60})", "&method=POST", page, "DYNAMIC, DYNAMIC"},
      {"/no-store.css", "", "&cache=no-store", page, "DYNAMIC, DYNAMIC"},
      {"/no-cache.css", "", "&cache=no-cache", page, "MISS, EXPIRED"},
      {"/directives",
       R"({"cacheEverything":true,"cacheControl":"max-age=60"})",
       "",
       ok("mine", "no-store"),
       "MISS, HIT"},
      {"/never.css", R"({"cacheControl":"no-store"})", "", ok("x", "max-age=60"), "BYPASS, BYPASS"},
      {"/not-eligible", R"({"cacheControl":"max-age=60"})", "", page, "DYNAMIC, DYNAMIC"},
  };
  for (const auto& c : cases) {
    origin.answers(c.path, c.reaction);
    EXPECT_EQ(twice(kSite + c.path, c.cf, c.how), c.statuses) << c.path;
  }
  EXPECT_FALSE(fetched(kSite + "/ttl-cookie", R"({"cacheTtl":60})").has("Set-Cookie"));
  EXPECT_TRUE(fetched(kSite + "/cookie", R"({"cacheEverything":true})").has("Set-Cookie"));
}

TEST_F(WorkerFetch, StoresNothingOnZeroByStatusWhereTheOwnerSaysSo) {  // reference §4.2
  origin.answers("/page", ok("<p>"));
  origin.answers("/other", ok("<p>"));
  const auto status = [&](const std::string& cf, const std::string& path = "/page") {
    return edge.get(asking("http://zero.example" + path, cf, "", "http://zero.example/w/"))
        .cache_status();
  };
  const std::string by_status = R"({"cacheTtlByStatus":{"200":0},"cacheEverything":true})";
  EXPECT_EQ(status(by_status), "BYPASS");
  EXPECT_EQ(status(by_status), "BYPASS");
  EXPECT_EQ(status(R"({"cacheTtl":0})", "/other"), "MISS") << "cacheTtl is another matter";
}

TEST_F(WorkerFetch, ObeysItsTtlAndDirectivesOverTime) {
  origin.answers("/status", ok("x", "max-age=5"));
  origin.answers("/directives", ok("x", "no-store"));
  const std::string by_status = R"({"cacheEverything":true,"cacheTtlByStatus":{"200-299":60}})";
  const std::string directives = R"({"cacheEverything":true,"cacheControl":"s-maxage=60"})";
  EXPECT_EQ(twice(kSite + "/status", by_status), "MISS, HIT");
  EXPECT_EQ(twice(kSite + "/directives", directives), "MISS, HIT");
  EXPECT_EQ(fetched(kSite + "/directives", directives).field("Cache-Control"), "no-store")
      << "the edge's directives are not the response's";

  edge.advance(std::chrono::seconds(59));
  EXPECT_EQ(fetched(kSite + "/status", by_status).cache_status(), "HIT");
  EXPECT_EQ(fetched(kSite + "/directives", directives).cache_status(), "HIT");
  edge.advance(std::chrono::seconds(2));
  EXPECT_EQ(fetched(kSite + "/status", by_status).cache_status(), "EXPIRED");
  EXPECT_EQ(fetched(kSite + "/directives", directives).cache_status(), "EXPIRED");
}

TEST_F(WorkerFetch, HearsFromTheRuntimeWhatContradictsItself) {  // reference §4.3
  const Answer both = fetched(kSite + "/a", R"({"cacheTtl":60,"cacheControl":"no-store"})");
  EXPECT_NE(both.body.find("mutually exclusive"), std::string::npos) << both.body;
  const Answer with_option = fetched(kSite + "/a", R"({"cacheTtl":60})", "&cache=no-store");
  EXPECT_NE(with_option.body.find("not compatible"), std::string::npos) << with_option.body;
}

TEST_F(WorkerFetch, SharesAnEntryUnderItsOwnKey) {  // reference §4.6
  origin.answers("/one.css", ok("one", "max-age=60"));
  origin.answers("/two.css", ok("two", "max-age=60"));
  const std::string key = R"({"cacheKey":"k"})";
  const std::string by = "http://ent.example/w/";

  const Answer one = fetched("http://ent.example/one.css", key, "", by);
  const Answer two = fetched("http://ent.example/two.css", key, "", by);

  EXPECT_EQ(one.cache_status(), "MISS");
  EXPECT_EQ(two.cache_status(), "HIT");
  EXPECT_EQ(two.body, "one");
  EXPECT_EQ(fetched("http://ent.example/one.css", "", "", by).cache_status(), "MISS")
      << "without the key it is another entry";
}

TEST_F(WorkerFetch, IsToldInTheLogWhatDoesNothing) {
  origin.answers("/one.css", ok("one", "max-age=60"));
  origin.answers("/two.css", ok("two", "max-age=60"));
  fetched(kSite + "/one.css", R"({"cacheKey":"k","cacheEveryting":true})");

  EXPECT_EQ(fetched(kSite + "/two.css", R"({"cacheKey":"k"})").body, "two") << "plan pro";

  EXPECT_NE(edge.await_log("plan_has_no_cache_key").find("enterprise"), std::string::npos);
  const std::string log = edge.await_log("cf_member_unknown");
  EXPECT_NE(log.find("worker.cf_ignored script=new"), std::string::npos);
  EXPECT_NE(log.find("did you mean cacheEverything?"), std::string::npos) << log;
}

TEST_F(WorkerFetch, TagsWhatItStoresInPlaceOfTheOrigin) {  // reference §4.2, §10.3
  origin.answers("/a.css", with_field(ok("a", "max-age=60"), "Cache-Tag", "theirs"));
  const std::string tags = R"({"cacheTags":["Mine","ours"]})";
  const Answer stored = fetched(kSite + "/a.css", tags);
  EXPECT_EQ(stored.cache_status(), "MISS");
  EXPECT_FALSE(stored.has("Cache-Tag"));

  purge(R"({"tags":["theirs"]})");
  EXPECT_EQ(fetched(kSite + "/a.css", tags).cache_status(), "HIT");
  purge(R"({"tags":["mine"]})");
  EXPECT_EQ(fetched(kSite + "/a.css", tags).cache_status(), "MISS");
}

constexpr const char* kNormalize =
    R"({"vary":{"default":{"action":"bypass"},"headers":{"accept-language":{"action":"normalize"}}}})";

std::string speaking(const std::string& language) {
  return "&headers=" + http::percent_encoded(R"({"Accept-Language":")" + language + "\"}");
}

TEST_F(WorkerFetch, StoresVariantsByItsVary) {  // reference §11.4, appendix D vector 26
  origin.answers("/a.css", with_field(ok("a", "max-age=60"), "Vary", "Accept-Language"));
  const auto status = [this](const std::string& language) {
    return fetched(kSite + "/a.css", kNormalize, speaking(language)).cache_status();
  };
  EXPECT_EQ(status("en"), "MISS");
  EXPECT_EQ(status("de;q=0.9"), "MISS");
  EXPECT_EQ(origin.asked("/a.css", "Accept-Language"), "de") << "as it is in the key";
  EXPECT_EQ(status("en-US"), "HIT");
  EXPECT_EQ(status("de-AT, de;q=0.5"), "HIT");
  EXPECT_EQ(origin.requests("/a.css"), 2U);

  purge(R"({"files":["http://example.com/a.css"]})");
  EXPECT_EQ(status("en"), "MISS") << "a purge of the URL is one of all variants";
  EXPECT_EQ(status("de"), "MISS");
}

TEST_F(WorkerFetch, StoresNothingThatVariesByAFieldItBypasses) {
  origin.answers("/a.css", with_field(ok("a", "max-age=60"), "Vary", "Cookie"));
  EXPECT_EQ(twice(kSite + "/a.css", kNormalize), "BYPASS, BYPASS");
  EXPECT_EQ(twice(kSite + "/a.css", ""), "BYPASS, MISS")
      << "who does not ask for it stores it, once the key is forgotten as uncacheable";
}

TEST_F(WorkerFetch, GivesNobodyTheVariantOfAnother) {
  origin.answers("/a.css", with_field(ok("a", "max-age=60"), "Vary", "Accept-Language"));
  origin.holds("/a.css");
  auto english = edge.get_async(asking(kSite + "/a.css", kNormalize, speaking("en")));
  origin.await_requests("/a.css", 1);
  auto german = edge.get_async(asking(kSite + "/a.css", kNormalize, speaking("de")));
  await_metric(edge, "festina_collapsed_requests_total", 1);
  origin.releases("/a.css");

  EXPECT_EQ(english.get().cache_status(), "MISS");
  EXPECT_EQ(german.get().cache_status(), "MISS") << "it had waited for an answer in English";
  EXPECT_EQ(origin.requests("/a.css"), 2U);
  EXPECT_EQ(fetched(kSite + "/a.css", kNormalize, speaking("de")).cache_status(), "HIT");
}

TEST_F(WorkerFetch, TakesNothingThatVariesAndWasStoredForAnybody) {
  origin.answers("/a.css", with_field(ok("a", "max-age=60"), "Vary", "Accept-Language"));
  origin.holds("/a.css");
  auto visitor = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);
  auto worker = edge.get_async(asking(kSite + "/a.css", kNormalize, speaking("de")));
  await_metric(edge, "festina_collapsed_requests_total", 1);
  origin.releases("/a.css");

  EXPECT_EQ(visitor.get().cache_status(), "MISS");
  EXPECT_EQ(worker.get().cache_status(), "MISS") << "it had waited for an answer to somebody else";
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "HIT") << "who does not ask for variants";
  EXPECT_EQ(fetched(kSite + "/a.css", kNormalize, speaking("de")).cache_status(), "HIT");
  EXPECT_EQ(fetched(kSite + "/a.css", kNormalize, speaking("fr")).cache_status(), "MISS");
}

TEST_F(WorkerFetch, ResolvesWithinItsOwnZoneOnly) {  // reference §4.2
  origin.answers("/a", ok("origin"));
  images.answers("/a", ok("images"));
  const Answer own = fetched(kSite + "/a", R"({"resolveOverride":"img.example.com"})");
  EXPECT_EQ(own.body, "images");
  EXPECT_EQ(images.asked("/a", "Host"), "example.com");
  const Answer other = fetched(kSite + "/a", R"({"resolveOverride":"other.example"})");
  EXPECT_EQ(other.body, "origin");
  edge.await_log("worker_may_not_resolve");
}

TEST_F(WorkerFetch, EntersAnotherZoneByItsFrontDoor) {  // reference §4.5, §13.2
  origin.answers("/page", ok("<p>"));
  const std::string cf = R"({"cacheEverything":true})";
  EXPECT_EQ(twice("http://other.example/page", cf), "DYNAMIC, DYNAMIC") << "its rules decide";
  EXPECT_EQ(origin.asked("/page", "CF-Worker"), "example.com");
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "2a06:98c0:3600::103");
  edge.await_log("worker_of_another_zone");

  const Answer by_its_worker = fetched(
      "http://other.example/worker/?url=" + http::percent_encoded("http://other.example/page")
  );
  EXPECT_EQ(by_its_worker.body, "<p>") << "that zone's Worker runs";
  EXPECT_EQ(origin.asked("/page", "CF-Worker"), "other.example");
}

TEST_F(WorkerFetch, KeepsWhatIsOfNoZoneInItsOwnCache) {  // reference §4.5
  origin.answers("/page", ok("<p>"));
  EXPECT_EQ(twice(origin.url() + "/page", R"({"cacheEverything":true})"), "MISS, HIT");
  EXPECT_EQ(origin.asked("/page", "CF-Worker"), "example.com");
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "");
  EXPECT_EQ(
      fetched(origin.url() + "/page", R"({"cacheEverything":true})", "", "http://ent.example/w/")
          .cache_status(),
      "MISS"
  ) << "another zone's Worker has another cache";
}

// What a visitor would get of the edge in its place: error_pages_test.cc.
TEST_F(WorkerFetch, GetsTheOriginsOwnErrorPage) {  // reference §6.2
  origin.answers("/bad", {.status = 502, .fields = {}, .body = "the origin's own"});
  expect_answer(fetched("http://example.com/bad"), 502, "DYNAMIC", "the origin's own");
}

TEST_F(WorkerFetch, SaysInItsOwnZoneForWhomItAsks) {  // reference §13.2
  origin.answers("/page", ok("<p>"));
  fetched(kSite + "/page", "", with_headers("{}"));
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "127.0.0.1");
  fetched(kSite + "/page", "", with_headers(R"({"X-Real-IP":"192.0.2.9"})"));
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "192.0.2.9");
  fetched("http://other.example/page", "", with_headers(R"({"X-Real-IP":"192.0.2.9"})"));
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "2a06:98c0:3600::103");
  EXPECT_EQ(origin.asked("/page", "X-Real-IP"), "");
}

TEST_F(WorkerFetch, TellsTheTrueClientOnTheEnterprisePlan) {  // reference §13.2
  origin.answers("/page", ok("<p>"));
  const Ask claiming{.method = "GET", .fields = {{"True-Client-IP", "192.0.2.9"}}, .body = {}};
  edge.get("http://ent.example/page", claiming);
  EXPECT_EQ(origin.asked("/page", "True-Client-IP"), "127.0.0.1");
  const Answer by_worker =
      edge.get(asking("http://ent.example/page", "", "", "http://ent.example/w/"), claiming);
  EXPECT_EQ(by_worker.body, "<p>");
  EXPECT_EQ(origin.asked("/page", "True-Client-IP"), "127.0.0.1");
  edge.get("http://example.com/page", claiming);
  EXPECT_EQ(origin.asked("/page", "True-Client-IP"), "");
}

TEST_F(WorkerFetch, LosesAgainstTheZoneBeforeItsFlag) {  // reference §9.3: fetch
  origin.answers("/a.css", ok("a", "max-age=60"));
  const std::string cf = R"({"cacheEverything":true,"cacheTtl":60})";
  const std::string url = "http://dev.example/a.css";
  EXPECT_EQ(fetched(url, cf, "", "http://dev.example/old/").cache_status(), "DYNAMIC");
  EXPECT_EQ(fetched(url, cf, "", "http://dev.example/w/").cache_status(), "MISS");
  EXPECT_EQ(fetched(url, cf, "", "http://dev.example/w/").cache_status(), "HIT");
  EXPECT_EQ(fetched(url, cf, "", "http://dev.example/old/").cache_status(), "DYNAMIC");
}

TEST_F(WorkerFetch, LosesThePortOfAUrlBeforeItsFlag) {  // workerd.md §3.2
  origin.answers("/page", ok("<p>"));
  fetched("http://example.com:8080/page", "", "", "http://example.com/old/");
  EXPECT_EQ(origin.asked("/page", "Host"), "example.com");
  fetched("http://example.com:8080/page");
  EXPECT_EQ(origin.asked("/page", "Host"), "example.com:8080");
}

TEST_F(WorkerFetch, AsksForNoBrotliBeforeItsFlag) {  // workerd.md §3.2
  origin.answers("/page", ok("<p>"));
  const std::string coded = with_headers(R"({"Accept-Encoding":"gzip, br"})");
  fetched(kSite + "/page", "", coded, "http://example.com/old/");
  EXPECT_EQ(origin.asked("/page", "Accept-Encoding"), "gzip");
  fetched(kSite + "/page", "", coded);
  EXPECT_EQ(origin.asked("/page", "Accept-Encoding"), "gzip, br");
}

TEST_F(WorkerFetch, EndsWhereItGoesRound) {  // worker-wire.md §7
  const Answer answer = edge.get("http://round.example/");
  EXPECT_EQ(answer.field("X-Runs"), "16") << "kMaxDepth";
  EXPECT_NE(answer.body.find("1019"), std::string::npos) << answer.body;
}

TEST_F(WorkerFetch, CarriesTheLoopsOfItsRequestOn) {  // RFC 8586
  origin.answers("/page", ok("<p>"));
  std::string loop = "festina";
  for (int i = 1; i < 15; ++i) loop += ", festina";
  const Ask ask{.method = "GET", .fields = {{"CDN-Loop", loop}}, .body = {}};
  EXPECT_EQ(edge.get(asking(kSite + "/page", "", with_headers("{}")), ask).body, "<p>");
  EXPECT_EQ(origin.asked("/page", "CDN-Loop"), loop + ", festina");

  const Ask once_more{.method = "GET", .fields = {{"CDN-Loop", loop + ", festina"}}, .body = {}};
  const Answer refused = edge.get(asking(kSite + "/page"), once_more);
  EXPECT_NE(refused.status, 200);
  EXPECT_EQ(origin.requests("/page"), 1U);
}

TEST_F(WorkerFetch, ReachesNoPrivateAddressByAnyWay) {
  const std::string port = std::to_string(stranger.port());
  stranger.answers("/secret", ok("secret"));
  origin.answers(
      "/to-stranger",
      with_field(
          Reaction{.status = 302, .fields = {}, .body = {}}, "Location", stranger.url() + "/secret"
      )
  );
  const std::string urls[] = {
      stranger.url() + "/secret",
      kSite + "/to-stranger",  // workerd follows, and each hop is judged
      "http://[::ffff:127.0.0.1]:" + port + "/secret",
      "http://[::ffff:7f00:1]:" + port + "/secret",
      "http://[::1]:" + port + "/secret",
      "http://localhost:" + port + "/secret",
      "http://2130706433:" + port + "/secret",
      "http://0.0.0.0:" + port + "/secret",
      edge.control() + "/festina/v1/health",
      edge.listener() + "/",
  };
  for (const std::string& url : urls) EXPECT_EQ(fetched(url).status, 403) << url;
  const std::string overriding = R"({"resolveOverride":"127.0.0.1"})";
  EXPECT_EQ(fetched("http://127.0.0.1:" + port + "/secret", overriding).status, 403);
  EXPECT_EQ(stranger.requests(), 0U);
}

class WorkerInAPrivateNetwork : public WorkerFetch {
 protected:
  WorkerInAPrivateNetwork() : WorkerFetch("[workers]\nprivate_network = \"allow\"\n") {}
};

TEST_F(WorkerInAPrivateNetwork, ReachesAllOfItButTheApiOfItsNode) {
  stranger.answers("/page", ok("<p>"));
  EXPECT_EQ(fetched(stranger.url() + "/page").body, "<p>");
  const Answer denied = fetched(edge.control() + "/metrics");
  EXPECT_EQ(denied.status, 403);
  EXPECT_NE(denied.body.find("API"), std::string::npos) << denied.body;
}

}  // namespace
}  // namespace festina::harness
