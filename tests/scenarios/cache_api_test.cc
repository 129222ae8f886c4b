// The Cache API of a Worker in the real workerd: the tables of reference §5.2, §5.3 and §5.7, its namespaces, its limits.
#include <array>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

constexpr std::string_view kWrangler = R"(
name = "cache-api"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [
  { pattern = "example.com/w/*", zone_name = "example.com" },
  { pattern = "other.example/w/*", zone_name = "other.example" },
]
)";

// Runs the steps it is sent, one after the other, and answers with a line for each: what came of it.
constexpr std::string_view kScript = R"js(
const cacheOf = (step) => ("cache" in step ? caches.open(step.cache) : caches.default);

function keyOf({ key = "http://example.com/k", method, fields, cf }) {
  return method || fields || cf ? new Request(key, { method, headers: fields, cf }) : key;
}

// A stream of unknown length: its parts, then what `gate` brings, then its end.
function streamed(parts, gate) {
  const left = [...parts];
  return new ReadableStream({
    async pull(controller) {
      if (left.length > 0) return controller.enqueue(new TextEncoder().encode(left.shift()));
      if (gate) await fetch(gate);
      return gate === "http://example.com/broken" ? controller.error(new Error("broken")) : controller.close();
    },
  });
}

function responseOf({ status, headers, body = "kept", parts, gate }) {
  return new Response(parts ? streamed(parts, gate) : status === 304 ? null : body, { status, headers });
}

async function shown(response, names = []) {
  if (response === undefined) return "undefined";
  return [response.status, await response.text(), ...names.map((name) => response.headers.get(name))].join("|");
}

const calls = {
  put: async (step) => String(await (await cacheOf(step)).put(keyOf(step), responseOf(step))),
  match: async (step) => shown(await (await cacheOf(step)).match(keyOf(step), step.options), step.show),
  delete: async (step) => String(await (await cacheOf(step)).delete(keyOf(step), step.options)),
  fetch: async (step) => shown(await fetch(keyOf(step)), step.show),
  error: async (step) => String(await caches.default.put(keyOf(step), Response.error())),
  change: async (step) => (await caches.default.match(keyOf(step))).headers.set("x", "y"),
  used: async (step) => {
    const response = new Response("kept");
    const put = caches.default.put(keyOf(step), response);
    const used = response.bodyUsed;
    await put;
    return String(used);
  },
};

const ran = (step) => calls[step.op](step).catch(String);

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const steps = await request.json();
    if (pathname === "/w/steps") {
      const lines = [];
      for (const step of steps) lines.push(await ran(step));
      return new Response(lines.join("\n"));
    }
    if (pathname === "/w/after") {
      ctx.waitUntil((async () => {
        await fetch("http://example.com/gate");
        for (const step of steps) await ran(step);
      })());
      return new Response(null, { status: 204 });
    }
    const all = Promise.all(steps.map(ran));
    if (pathname === "/w/at-once") return new Response((await all).join("\n"));
    ctx.waitUntil((async () => fetch("http://example.com/told", { method: "POST", body: (await all).join("\n") }))());
    return new Response("later");
  },
};
)js";

std::string with_key(std::string steps, const std::string& key) {
  constexpr std::string_view place = "KEY";
  for (std::size_t at = steps.find(place); at != std::string::npos; at = steps.find(place, at)) {
    steps.replace(at, place.size(), key);
  }
  return steps;
}

class CacheApiScenario : public testing::Test {
 protected:
  // `zone`, `more`, `wrangler`: further lines of the zone, of the configuration and of the wrangler file.
  explicit CacheApiScenario(
      const std::string& zone = {}, const std::string& more = {}, const std::string& wrangler = {}
  )
      : files(), edge(prepared(files, wrangler), options(origin.url(), zone, more)) {}

  static const TempDir& prepared(TempDir& directory, const std::string& wrangler) {
    directory.write("worker/wrangler.toml", std::string(kWrangler) + wrangler);
    directory.write("worker/index.js", kScript);
    return directory;
  }
  static EdgeOptions options(
      const std::string& origin, const std::string& zone, const std::string& more
  ) {
    EdgeOptions options;
    options.zones = zone_toml("example.com", origin, zone) + zone_toml("other.example", origin) +
                    "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n";
    options.colos =
        "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n"
        "[[colos]]\nname = \"LHR\"\ncountry = \"GB\"\nlisten = [\"http://127.0.0.1:0\"]\n";
    options.more = more;
    return options;
  }

  static Ask posting(const std::string& steps) {
    return {.method = "POST", .fields = {}, .body = "[" + steps + "]"};
  }
  // What came of each step.
  std::string run(const std::string& steps, std::string_view colo = "FRA") const {
    return edge.get(kSite + "/w/steps", posting(steps), colo).body;
  }
  std::string run_at_once(const std::string& steps) const {
    return edge.get(kSite + "/w/at-once", posting(steps)).body;
  }

  // Purges of the zone example.com.
  void expect_purged(const std::string& purge) const {
    const Answer zones = edge.api("GET", "/client/v4/zones?name=example.com");
    const json::Value parsed = json::parse(zones.body).value();
    const std::string id(parsed.at("result").at(0).at("id").as_string());
    const Answer answer = edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", purge);
    EXPECT_EQ(answer.status, 200) << purge << answer.body;
  }

  // The steps of a case use KEY, which is another one for each.
  struct Case {
    const char* steps;
    const char* result;
    const char* why;
  };
  template <std::size_t kCount>
  void expect_all(const Case (&cases)[kCount]) {
    for (const Case& c : cases) {
      const std::string key = "http://example.com/k" + std::to_string(++keys_);
      EXPECT_EQ(run(with_key(c.steps, key)), c.result) << c.why;
    }
  }

  Origin origin;
  TempDir files;
  Edge edge;

 private:
  int keys_ = 0;
};

TEST_F(CacheApiScenario, PutStoresWhatItMayAndIsSilentAboutTheRest) {  // reference §5.3, §5.7
  const Case cases[] = {
      {R"({"op":"put","key":"KEY"},{"op":"match","key":"KEY"})",
       "undefined\n200|kept",
       "default lifetime"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"private, max-age=60"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "private"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"no-store"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "no-store"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"no-cache"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "no-cache"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"max-age=0"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "max-age=0"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"max-age=0, s-maxage=60"}},{"op":"match","key":"KEY"})",
       "undefined\n200|kept",
       "s-maxage before max-age"},
      {R"({"op":"put","key":"KEY","headers":{"Expires":"Thu, 01 Jan 1970 00:00:00 GMT"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "Expires is over"},
      {R"({"op":"put","key":"KEY","headers":{"Expires":"Thu, 01 Jan 1970 00:00:00 GMT","Cache-Control":"max-age=60"}},{"op":"match","key":"KEY"})",
       "undefined\n200|kept",
       "max-age before Expires"},
      {R"({"op":"put","key":"KEY","status":404},{"op":"match","key":"KEY"})",
       "undefined\n404|kept",
       "default lifetime"},
      {R"({"op":"put","key":"KEY","status":418},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "no default lifetime"},
      {R"({"op":"put","key":"KEY","status":418,"headers":{"Cache-Control":"max-age=60"}},{"op":"match","key":"KEY"})",
       "undefined\n418|kept",
       "a lifetime of its own"},
      {R"({"op":"put","key":"KEY","headers":{"Set-Cookie":"a=1","Cache-Control":"max-age=60"}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "a cookie"},
      {R"({"op":"put","key":"KEY","headers":{"Set-Cookie":"a=1","Cache-Control":"private=Set-Cookie, max-age=60"}},{"op":"match","key":"KEY","show":["Set-Cookie"]})",
       "undefined\n200|kept|",
       "without its cookie"},
      {R"({"op":"put","key":"KEY","status":304},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "304 is dropped"},
      {R"({"op":"put","key":"KEY","headers":{"Vary":"Accept"}},{"op":"match","key":"KEY","fields":{"Accept":"text/html"}})",
       "undefined\n200|kept",
       "Vary is accepted and ignored"},
      {R"({"op":"put","key":"KEY","status":504,"headers":{"Cache-Control":"max-age=60"}},{"op":"match","key":"KEY"})",
       "undefined\n504|kept",
       "the status of a miss, found"},
      {R"({"op":"put","key":"KEY","parts":["ab","cde"]},{"op":"match","key":"KEY"})",
       "undefined\n200|abcde",
       "of unknown length"},
      {R"({"op":"put","key":"KEY","parts":["ab"],"gate":"http://example.com/broken"},{"op":"match","key":"KEY"})",
       "Error: broken\nundefined",
       "broken off"},
      {R"({"op":"put","key":"KEY","headers":{"Cache-Control":"no-store"},"cf":{"cacheTtl":60}},{"op":"match","key":"KEY"})",
       "undefined\n200|kept",
       "by the script's own lifetime"},
      {R"({"op":"put","key":"KEY","cf":{"cacheTtl":-1}},{"op":"match","key":"KEY"})",
       "undefined\nundefined",
       "not by its own wish"},
      {R"({"op":"put","key":"KEY"},{"op":"put","key":"KEY","body":"new"},{"op":"match","key":"KEY"})",
       "undefined\nundefined\n200|new",
       "the latest"},
      {R"({"op":"used","key":"KEY"})", "true", "the body is taken at once"},
  };
  expect_all(cases);
}

TEST_F(CacheApiScenario, PutThrowsWhatTheRuntimeRefuses) {  // reference §5.3
  const Case cases[] = {
      {R"({"op":"put","key":"KEY","method":"POST"})",
       "TypeError: Cannot cache response to non-GET request.",
       "no GET"},
      {R"({"op":"put","key":"KEY","status":206})",
       "TypeError: Cannot cache response to a range request (206 Partial Content).",
       "a part"},
      {R"({"op":"put","key":"KEY","headers":{"Vary":"Accept, *"}})",
       "TypeError: Cannot cache response with 'Vary: *' header.",
       "Vary: *"},
  };
  expect_all(cases);
  EXPECT_TRUE(run(R"({"op":"error"})").starts_with("TypeError")) << "Response.error()";
  EXPECT_TRUE(run(R"({"op":"put","key":"nonsense"})").starts_with("TypeError: Invalid URL"));
  const std::string longest(1023, 'n');
  EXPECT_EQ(run(R"({"op":"put","cache":")" + longest + "\"}"), "undefined");
  EXPECT_EQ(
      run(R"({"op":"put","cache":")" + longest + "n\"}"), "TypeError: Cache name is too long."
  );
}

TEST_F(CacheApiScenario, MatchGivesWhatTheKeyAsksFor) {  // reference §5.2
  const std::string put =
      R"({"op":"put","body":"0123456789","headers":{"ETag":"\"e\"","Last-Modified":"Wed, 01 Nov 2023 00:00:00 GMT","Cache-Tag":"t","Content-Type":"text/plain","Cache-Control":"max-age=60"}})";
  ASSERT_EQ(run(put), "undefined");
  const Case cases[] = {
      {R"({"op":"match","show":["CF-Cache-Status","Age","Cache-Tag","Cache-Control"]})",
       "200|0123456789|HIT|0||max-age=60",
       "a hit"},
      {R"({"op":"match","method":"HEAD"})", "undefined", "no GET"},
      {R"({"op":"match","method":"HEAD","options":{"ignoreMethod":true}})",
       "200|0123456789",
       "taken for a GET"},
      {R"({"op":"match","method":"POST","options":{"ignoreMethod":true}})",
       "200|0123456789",
       "taken for a GET"},
      {R"({"op":"match","fields":{"Range":"bytes=2-4"},"show":["Content-Range","CF-Cache-Status"]})",
       "206|234|bytes 2-4/10|HIT",
       "a part"},
      {R"({"op":"match","fields":{"Range":"bytes=-2"},"show":["Content-Range"]})",
       "206|89|bytes 8-9/10",
       "its end"},
      {R"({"op":"match","fields":{"Range":"bytes=10-"},"show":["Content-Range"]})",
       "416||bytes */10",
       "behind its end"},
      {R"({"op":"match","fields":{"Range":"lines=1-2"}})", "200|0123456789", "ignored"},
      {R"({"op":"match","fields":{"If-None-Match":"\"e\""},"show":["ETag"]})",
       "304||\"e\"",
       "the same"},
      {R"({"op":"match","fields":{"If-None-Match":"\"f\", W/\"e\""}})", "304|", "weakly, in a list"
      },
      {R"({"op":"match","fields":{"If-None-Match":"*"}})", "304|", "any"},
      {R"({"op":"match","fields":{"If-None-Match":"\"f\""}})", "200|0123456789", "another"},
      {R"({"op":"match","fields":{"If-Modified-Since":"Wed, 01 Nov 2023 00:00:00 GMT"}})",
       "304|",
       "the same second"},
      {R"({"op":"match","fields":{"If-Modified-Since":"Tue, 31 Oct 2023 00:00:00 GMT"}})",
       "200|0123456789",
       "before"},
      {R"({"op":"match","fields":{"If-Modified-Since":"yesterday"}})", "200|0123456789", "no date"},
      {R"({"op":"match","fields":{"If-None-Match":"\"f\"","If-Modified-Since":"Wed, 01 Nov 2023 00:00:00 GMT"}})",
       "200|0123456789",
       "If-None-Match decides"},
      {R"({"op":"match","fields":{"Cache-Control":"no-cache"}})", "200|0123456789", "no matter"},
      {R"({"op":"change"})",
       "TypeError: Can't modify immutable headers.",
       "what is found cannot be changed"},
      {R"({"op":"match","key":"http://example.com/k?q"})", "undefined", "another URL"},
  };
  expect_all(cases);
  const std::string several =
      run(R"({"op":"match","fields":{"Range":"bytes=0-1,5-6"},"show":["Content-Type"]})");
  EXPECT_TRUE(several.starts_with("206|")) << several;
  EXPECT_NE(several.find("Content-Range: bytes 5-6/10\r\n\r\n56\r\n"), std::string::npos)
      << several;
  EXPECT_NE(several.find("|multipart/byteranges; boundary="), std::string::npos) << several;
}

TEST_F(CacheApiScenario, DeleteSaysWhetherSomethingWasThere) {  // reference §5.4
  const Case cases[] = {
      {R"({"op":"delete","key":"KEY"})", "false", "nothing there"},
      {R"({"op":"put","key":"KEY"},{"op":"delete","key":"KEY"},{"op":"match","key":"KEY"})",
       "undefined\ntrue\nundefined",
       "gone"},
      {R"({"op":"put","key":"KEY"},{"op":"delete","key":"KEY","method":"POST"})",
       "undefined\nfalse",
       "no GET"},
      {R"({"op":"put","key":"KEY"},{"op":"delete","key":"KEY","method":"POST","options":{"ignoreMethod":true}})",
       "undefined\ntrue",
       "taken for one"},
  };
  expect_all(cases);
}

TEST_F(CacheApiScenario, LifetimesEndAndNothingIsServedStale) {  // reference §5.7
  ASSERT_EQ(
      run(R"({"op":"put","key":"http://example.com/a","headers":{"Cache-Control":"max-age=1"}},
             {"op":"put","key":"http://example.com/b","headers":{"Cache-Control":"max-age=60, stale-while-revalidate=600"}},
             {"op":"put","key":"http://example.com/c"})"),
      "undefined\nundefined\nundefined"
  );
  const auto found = [&](const std::string& name) {
    return run(R"({"op":"match","show":["Age"],"key":"http://example.com/)" + name + "\"}");
  };
  edge.advance(seconds(1));
  EXPECT_EQ(found("a"), "undefined") << "its age is its lifetime";
  edge.advance(seconds(58));
  EXPECT_EQ(found("b"), "200|kept|59");
  edge.advance(seconds(2));
  EXPECT_EQ(found("b"), "undefined");
  edge.advance(seconds(7138));
  EXPECT_EQ(found("c"), "200|kept|7199") << "the default of 200 (reference §1.5)";
  edge.advance(seconds(1));
  EXPECT_EQ(found("c"), "undefined");
}

TEST_F(CacheApiScenario, CachesAreApartByNameColoAndZone) {  // reference §5.1
  ASSERT_EQ(
      run(R"({"op":"put"},{"op":"put","cache":"mine","body":"named"})"), "undefined\nundefined"
  );
  const std::string look =
      R"({"op":"match"},{"op":"match","cache":"mine"},{"op":"match","cache":"other"})";
  EXPECT_EQ(run(look), "200|kept\n200|named\nundefined");
  EXPECT_EQ(run(look, "LHR"), "undefined\nundefined\nundefined");
  const Answer other = edge.get("http://other.example/w/steps", posting(look));
  EXPECT_EQ(other.body, "undefined\nundefined\nundefined")
      << "the same URL in another zone's cache";
}

TEST_F(CacheApiScenario, AKeyOfAnothersHostReachesNothingOfTheirs) {  // reference §5.1
  const std::string key = R"("key":"http://other.example/a.css")";
  origin.answers("/a.css", ok("theirs", "max-age=60"));
  ASSERT_EQ(run(R"({"op":"put","body":"forged",)" + key + "}"), "undefined");

  EXPECT_EQ(run(R"({"op":"match",)" + key + "}"), "200|forged");
  expect_answer(edge.get("http://other.example/a.css"), 200, "MISS", "theirs");
}

TEST_F(CacheApiScenario, SharesTheStoreOfFetch) {  // reference §5.1
  origin.answers("/k", ok("of the origin", "max-age=60"));
  EXPECT_EQ(
      run(R"({"op":"put"},{"op":"fetch","cf":{"cacheEverything":true},"show":["CF-Cache-Status"]})"
      ),
      "undefined\n200|kept|HIT"
  );
  EXPECT_EQ(origin.requests("/k"), 0U);
}

TEST_F(CacheApiScenario, PurgesReachWhatWasPut) {  // reference §10.5
  const std::array purges = {
      R"({"tags":["T"]})",
      R"({"hosts":["example.com"]})",
      R"({"prefixes":["example.com/k"]})",
      R"({"purge_everything":true})"
  };
  for (const char* purge : purges) {
    ASSERT_EQ(
        run(R"({"op":"put","headers":{"Cache-Tag":"t"}},{"op":"match"})"), "undefined\n200|kept"
    );
    expect_purged(purge);
    EXPECT_EQ(run(R"({"op":"delete"},{"op":"match"})"), "false\nundefined") << purge;
  }
}

TEST_F(CacheApiScenario, APutOfUnknownLengthHoldsUpThoseAfterIt) {  // reference §5.5
  origin.answers("/gate", ok("open", "no-store"));
  origin.holds("/gate");
  const auto visit = edge.get_async(
      kSite + "/w/at-once",
      posting(
          R"({"op":"put","key":"http://example.com/long","parts":["ab"],"gate":"http://example.com/gate"},
                 {"op":"put","key":"http://example.com/short"})"
      )
  );
  origin.await_requests("/gate", 1);
  const std::string look =
      R"({"op":"match","key":"http://example.com/long"},{"op":"match","key":"http://example.com/short"})";
  EXPECT_EQ(run(look), "undefined\nundefined");
  EXPECT_EQ(run(R"({"op":"put"},{"op":"match"})"), "undefined\n200|kept") << "another request's";
  origin.releases("/gate");
  visit.wait();
  EXPECT_EQ(run(look), "200|ab\n200|kept");
}

// Work that waits behind /gate while the test clock moves, after its request was answered.
class AfterTheAnswer : public CacheApiScenario {
 protected:
  // What was answered; its steps begin so much later.
  Answer visit(const std::string& steps, seconds later) {
    const std::size_t gates = origin.requests("/gate");
    origin.holds("/gate");
    const Answer answer = edge.get(kSite + "/w/after", posting(steps));
    EXPECT_EQ(answer.status, 204);
    origin.await_requests("/gate", gates + 1);
    edge.advance(later);
    origin.releases("/gate");
    return answer;
  }
};

TEST_F(AfterTheAnswer, CallsAreMadeForThirtySecondsAndNoLonger) {
  origin.answers("/gate", ok("open", "no-store"));
  origin.answers("/told", ok("told", "no-store"));
  const std::string steps =
      R"({"op":"match"},{"op":"put"},{"op":"fetch","key":"http://example.com/told"})";
  constexpr std::size_t made = 5;  // records of a visit: its own, the gate's, and one of each step

  visit(steps, seconds(29));
  origin.await_requests("/told", 1);
  edge.await_records(made);

  const std::string late = visit(steps, seconds(30)).field("CF-Ray");
  const auto records = edge.await_records(2 * made);
  EXPECT_EQ(origin.requests("/told"), 1U);
  EXPECT_NE(records.back().find("\"EdgeResponseStatus\":429"), std::string::npos);
  const std::string told = edge.api("GET", "/festina/v1/explain/" + late).body;
  EXPECT_NE(told.find("request_over"), std::string::npos) << told;
  EXPECT_NE(told.find("\"kind\":\"fetch\""), std::string::npos) << told;
}

class OlderCacheApi : public CacheApiScenario {
 protected:
  OlderCacheApi() : CacheApiScenario("era = \"2025\"\n") {}
};

TEST_F(OlderCacheApi, HasACacheOfItsOwnAndTellsNoStatus) {  // reference appendix A
  origin.answers("/k", ok("of the origin", "max-age=60"));
  EXPECT_EQ(
      run(R"({"op":"put","headers":{"A":"b"}},{"op":"match","show":["CF-Cache-Status","A"]},
             {"op":"fetch","cf":{"cacheEverything":true},"show":["CF-Cache-Status"]},
             {"op":"match","fields":{"Range":"bytes=0-1"}})"),
      "undefined\n200|kept||b\n200|of the origin|MISS\n206|ke"
  );
}

TEST_F(OlderCacheApi, IsPurgedWithTheWholeZoneOnly) {  // reference appendix A
  ASSERT_EQ(
      run(R"({"op":"put","headers":{"Cache-Tag":"t"}},{"op":"match"})"), "undefined\n200|kept"
  );
  expect_purged(R"({"tags":["t"],"hosts":["example.com"],"prefixes":["example.com/k"]})");
  EXPECT_EQ(run(R"({"op":"match"})"), "200|kept");
  expect_purged(R"({"purge_everything":true})");
  EXPECT_EQ(run(R"({"op":"match"})"), "undefined");
}

class EnterpriseCacheApi : public CacheApiScenario {
 protected:
  EnterpriseCacheApi() : CacheApiScenario("plan = \"enterprise\"\n") {}
};

TEST_F(EnterpriseCacheApi, TakesKeyAndTagsOfTheScript) {  // reference §4.2, §5.3
  ASSERT_EQ(
      run(R"({"op":"put","cf":{"cacheKey":"own","cacheTags":["shoes"]},"headers":{"Cache-Tag":"hats"}},
             {"op":"match"},
             {"op":"match","key":"http://example.com/other","cf":{"cacheKey":"own"}},
             {"op":"match","cache":"mine","cf":{"cacheKey":"own"}},
             {"op":"fetch","key":"http://example.com/a.css","cf":{"cacheKey":"own"},"show":["CF-Cache-Status"]})"
      ),
      "undefined\nundefined\n200|kept\nundefined\n200|kept|HIT"
  );
  const std::string look = R"({"op":"match","cf":{"cacheKey":"own"}})";
  expect_purged(R"({"tags":["hats"]})");
  EXPECT_EQ(run(look), "200|kept");
  expect_purged(R"({"tags":["shoes"]})");
  EXPECT_EQ(run(look), "undefined");
  EXPECT_EQ(
      run(R"({"op":"put","cf":{"cacheKey":"own"}},{"op":"delete","cf":{"cacheKey":"own"}})"),
      "undefined\ntrue"
  );
}

class FreeWorkers : public CacheApiScenario {
 protected:
  FreeWorkers() : CacheApiScenario({}, "[workers]\nlimits = \"free\"\n") {}

  static std::string times(int count, const std::string& step) {
    std::string steps = step;
    for (int i = 1; i < count; ++i) steps += "," + step;
    return steps;
  }
};

constexpr const char* kTooManyFetches = "Error: Too many subrequests.";
constexpr const char* kTooManyOperations =
    "Error: Too many API requests by single worker invocation.";

TEST_F(FreeWorkers, MakeFiftyCallsOfAnyKindForOneRequest) {  // reference §5.5
  origin.answers("/page", ok("<p>"));
  const std::string fetch = R"({"op":"fetch","key":"http://example.com/page"})";
  const std::string most =
      times(47, R"({"op":"match"})") + R"(,{"op":"put"},{"op":"delete"},)" + fetch;

  const std::string at_limit = run(most);
  EXPECT_EQ(at_limit.find("Error"), std::string::npos) << at_limit;
  const std::string beyond =
      run(most + "," + fetch + R"(,{"op":"match"},{"op":"put"},{"op":"delete"})");
  const std::string refused = std::string(kTooManyFetches) + "\n" + kTooManyOperations + "\n" +
                              kTooManyOperations + "\n" + kTooManyOperations;
  EXPECT_TRUE(beyond.ends_with("200|<p>\n" + refused)) << beyond;
  EXPECT_EQ(origin.requests("/page"), 2U);
}

TEST_F(FreeWorkers, AreCountedWhenTheyCallAtOnceAndAfterTheAnswer) {
  const std::string at_once = run_at_once(times(51, R"({"op":"match"})"));
  EXPECT_TRUE(at_once.ends_with(std::string("undefined\n") + kTooManyOperations)) << at_once;

  origin.answers("/told", ok(""));
  EXPECT_EQ(edge.get(kSite + "/w/later", posting(times(49, R"({"op":"match"})"))).body, "later");
  origin.await_requests("/told", 1);
  edge.get(kSite + "/w/later", posting(times(50, R"({"op":"match"})")));
  edge.get(kSite + "/w/later", posting(times(49, R"({"op":"match"})")));
  origin.await_requests("/told", 2);
  EXPECT_EQ(origin.requests("/told"), 2U) << "the fiftieth call is the last";
}

TEST_F(
    FreeWorkers, HaveEveryHopOfARedirectCounted
) {  // reference §5.5: a redirect is a fetch of its own
  origin.answers(
      "/hop", {.status = 302, .fields = {{"Location", "http://example.com/end"}}, .body = {}}
  );
  origin.answers("/end", ok("end"));
  const std::string hop = R"({"op":"fetch","key":"http://example.com/hop"})";
  EXPECT_TRUE(run(times(25, hop)).ends_with("200|end"));
  EXPECT_TRUE(run(times(26, hop)).ends_with(std::string("200|end\n") + kTooManyFetches));
}

class FrugalWorkers : public CacheApiScenario {
 protected:
  FrugalWorkers() : CacheApiScenario({}, {}, "[limits]\nsubrequests = 3\n") {}
};

TEST_F(FrugalWorkers, MakeAsManyCallsAsTheirOwnLimitAllows) {
  const std::string three = R"({"op":"put"},{"op":"match"},{"op":"delete"})";
  EXPECT_EQ(run(three), "undefined\n200|kept\ntrue");
  EXPECT_EQ(
      run(three + R"(,{"op":"match"})"),
      std::string("undefined\n200|kept\ntrue\n") + kTooManyOperations
  );
}

TEST_F(FrugalWorkers, HaveTheHopsOfARedirectCountedByTheHost) {
  origin.answers(
      "/hop", {.status = 302, .fields = {{"Location", "http://example.com/end"}}, .body = {}}
  );
  origin.answers("/end", ok("end"));
  const std::string hop = R"({"op":"fetch","key":"http://example.com/hop"})";
  const Answer answer = edge.get(kSite + "/w/steps", posting(hop + "," + hop));
  EXPECT_EQ(answer.body, std::string("200|end\n") + kTooManyFetches);
  EXPECT_EQ(origin.requests("/end"), 1U);

  const std::string refused = edge.await_records(5).at(3);
  EXPECT_NE(refused.find("\"EdgeResponseStatus\":429"), std::string::npos) << refused;
  EXPECT_NE(refused.find("\"ClientRequestSource\":\"edgeWorkerFetch\""), std::string::npos);
  const std::string told = edge.api("GET", "/festina/v1/explain/" + answer.field("CF-Ray")).body;
  EXPECT_NE(told.find("limits.subrequests"), std::string::npos) << told;
}

class SmallCache : public CacheApiScenario {
 protected:
  SmallCache() : CacheApiScenario({}, "[cache]\nmemory = \"4MiB\"\n") {}
};

TEST_F(SmallCache, KeepsAPutThatFitsAndNoLargerOne) {
  const auto put = [&](std::size_t size) {
    const std::string body(size, 'x');
    return run(
        R"({"op":"put","body":")" + body + R"("},{"op":"match","fields":{"Range":"bytes=0-0"}})"
    );
  };
  constexpr std::size_t half =
      std::size_t{2} * 1024 * 1024;  // of the cache: what one response may take
  EXPECT_EQ(put(half - 65536), "undefined\n206|x");
  EXPECT_EQ(run(R"({"op":"delete"})"), "true");
  EXPECT_EQ(put(half + 1), "undefined\nundefined");
}

}  // namespace
}  // namespace festina::harness
