// What became of a request: explain by ray, and the live log, for a Worker in the real workerd that uses every way to a
// cache there is.
#include <functional>
#include <gmock/gmock.h>
#include <optional>
#include <signal.h>
#include <stdexcept>

#include "base/json.h"
#include "harness/confusion.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kWrangler = R"(
name = "site-worker"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

constexpr std::string_view kScript = R"js(
const key = "http://example.com/kept";
const kept = (headers) => new Response("kept", { headers: { "Cache-Control": "max-age=60", ...headers } });

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/w/all": {
        await caches.default.match(key);
        const answer = await fetch("http://example.com/page", { cf: { cacheEverything: true, cacheTtl: 60 } });
        await caches.default.put(key, kept());
        return new Response(await answer.text());
      }
      case "/w/match": return new Response(String(await caches.default.match(key) !== undefined));
      case "/w/refused-put": await caches.default.put(key, kept({ "Set-Cookie": "a=b" })); return new Response("put");
      case "/w/delete": return new Response(String(await caches.default.delete(key)));
      case "/w/fetch": return fetch(searchParams.get("url"));
      case "/w/tags": return new Response("made here", { headers: { "Cache-Tag": "a", "CDN-Cache-Control": "max-age=60" } });
      case "/w/talk":
        console.log("one", { two: 2 });
        console.warn("three");
        ctx.waitUntil(Promise.resolve().then(() => console.error("four")));
        return new Response(String("$f" in request.cf));
      case "/w/boom": throw new TypeError("no such thing");
      default: return new Response("?", { status: 404 });
    }
  },
};
)js";

EdgeOptions with_worker() {
  EdgeOptions options;
  options.zones = "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n";
  return options;
}

class TraceScenario : public SiteScenario {
 protected:
  TraceScenario()
      : SiteScenario(
            with_worker(), {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", kScript}}
        ) {
    origin.answers("/page", ok("<p>"));
  }

  json::Value told(const std::string& ray) const {
    const Answer answer = edge.api("GET", "/festina/v1/explain/" + ray);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).value();
  }
  json::Value told_of(const std::string& path) const {
    return told(edge.get(kSite + path).field("CF-Ray"));
  }
  // Waits for what comes by another way than the answer.
  json::Value told_with(const std::string& ray, std::string_view member) const {
    json::Value now = told(ray);
    while (json::find(now, member) == nullptr) now = told(ray);
    return now;
  }
  static json::Value step(const json::Value& told, std::string_view stage) {
    for (const json::Value& each : told.at("steps").as_array()) {
      if (json::string_member(each, "stage") == stage) return each;
    }
    return json::Object{{"field", "none such"}, {"value", ""}, {"sentence", ""}};
  }
};

// --- explain by ray ---

TEST_F(TraceScenario, TellsARequestWithAllThatItsWorkerMade) {
  const json::Value request = told_of("/w/all");

  EXPECT_EQ(request.at("kind"), "request");
  EXPECT_EQ(request.at("url"), "http://example.com/w/all");
  EXPECT_EQ(request.at("zone"), "example.com");
  EXPECT_EQ(request.at("colo"), "FRA");
  EXPECT_EQ(step(request, "worker").at("field"), "site-worker");
  EXPECT_EQ(step(request, "worker").at("value"), "ok");
  EXPECT_THAT(
      step(request, "worker").at("sentence").as_string().c_str(), HasSubstr("3 subrequests")
  );
  const json::Array& made = request.at("made").as_array();
  ASSERT_THAT(made, SizeIs(3));
  EXPECT_EQ(made[0].at("kind"), "match");
  EXPECT_EQ(step(made[0], "operation").at("value"), "miss");
  EXPECT_EQ(step(made[0], "key").at("field"), "http://example.com/kept");
  EXPECT_EQ(made[1].at("kind"), "fetch");
  EXPECT_EQ(made[1].at("url"), "http://example.com/page");
  EXPECT_EQ(made[1].at("cache_status"), "MISS");
  EXPECT_EQ(step(made[1], "fill").at("field"), "stored");
  EXPECT_EQ(made[2].at("kind"), "put");
  EXPECT_EQ(step(made[2], "operation").at("value"), "stored");
}

TEST_F(TraceScenario, TellsWhoDecidedAndWhatWasFound) {
  edge.get(kSite + "/w/all");
  const json::Value request = told_of("/w/all");
  const json::Value& fetched = request.at("made").at(1);

  EXPECT_EQ(step(request.at("made").at(0), "operation").at("value"), "hit");
  EXPECT_EQ(fetched.at("cache_status"), "HIT");
  EXPECT_EQ(step(fetched, "reuse").at("reason"), "fresh");
  EXPECT_THAT(json::to_text(fetched), AllOf(HasSubstr("worker_sets_ttl"), HasSubstr("60 s")));
  EXPECT_EQ(step(fetched, "upstream").at("field"), "none such");
}

TEST_F(TraceScenario, TellsWhyAnAnswerWasNotStored) {
  Reaction reaction = ok("x", "max-age=60");
  reaction.fields.emplace_back("Set-Cookie", "a=b");
  origin.answers("/a.css", reaction);
  const json::Value request = told_of("/a.css");

  EXPECT_EQ(request.at("cache_status"), "BYPASS");
  EXPECT_EQ(step(request, "fill").at("reason"), "set_cookie");
  EXPECT_THAT(step(request, "upstream").at("value").as_string().c_str(), HasSubstr("200 after"));
  EXPECT_EQ(
      step(told_of("/w/refused-put").at("made").at(0), "operation").at("reason"), "set_cookie"
  );
}

TEST_F(TraceScenario, TellsWhatAWorkerThrew) {
  const Answer answer = edge.get(kSite + "/w/boom");
  EXPECT_THAT(answer.body, HasSubstr("/festina/v1/explain/" + answer.field("CF-Ray")));
  const json::Value request = told_with(answer.field("CF-Ray"), "exceptions");

  EXPECT_EQ(step(request, "worker").at("value"), "exception");
  const json::Value& thrown = request.at("exceptions").at(0);
  EXPECT_EQ(thrown.at("name"), "TypeError");
  EXPECT_EQ(thrown.at("message"), "no such thing");
  EXPECT_THAT(thrown.at("stack").as_string().c_str(), HasSubstr("index.js:"));
}

TEST_F(TraceScenario, SaysWhichFieldsOfAWorkersAnswerNothingHeeds) {
  const json::Value request = told_of("/w/tags");
  const std::string text = json::to_text(request);
  EXPECT_THAT(text, HasSubstr("Cache-Tag, CDN-Cache-Control of the Worker's answer has no effect"));
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("caches.default.put"), HasSubstr("cf.cacheTtl"), HasSubstr("Workers Caching"))
  );
  EXPECT_EQ(step(told_of("/w/match"), "note").at("field"), "none such");
}

TEST_F(TraceScenario, TellsOfARayWithAndWithoutItsColo) {
  origin.answers("/a.css", ok("x", "max-age=60"));
  const std::string ray = edge.get(kSite + "/a.css").field("CF-Ray");
  EXPECT_EQ(told(ray).at("ray").as_string(), ray.substr(0, 16));
  EXPECT_EQ(told(ray.substr(0, 16)).at("cache_status"), "MISS");
}

TEST_F(TraceScenario, TellsWhatItRemembersWhenItDoesNot) {
  edge.get(kSite + "/page");
  const Answer forgotten = edge.api("GET", "/festina/v1/explain/0123456789abcdef-FRA");
  EXPECT_EQ(forgotten.status, 404);
  EXPECT_THAT(
      forgotten.body,
      AllOf(HasSubstr("0123456789abcdef"), HasSubstr("1 requests"), HasSubstr("4096"))
  );
  EXPECT_EQ(edge.api("GET", "/festina/v1/explain/xyz").status, 400);
}

TEST_F(TraceScenario, IsPrintedByTheCommand) {
  const std::string ray = edge.get(kSite + "/w/all").field("CF-Ray");
  const Outcome outcome =
      run_festina({"explain", ray, "--control", edge.control(), "--token", edge.token()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(
      outcome.output,
      AllOf(
          HasSubstr("request GET http://example.com/w/all -> 200"),
          HasSubstr("\n    match GET http://example.com/kept -> 504"),
          HasSubstr("\n    fetch GET http://example.com/page -> 200 MISS"),
          HasSubstr("\n    put PUT http://example.com/kept -> 204")
      )
  );
}

TEST(TraceOfAFill, TellsEverybodyWhoWaitedWhatItHeardOfResponseRules) {
  Site site(R"(
[[zones.response_rules]]
description = "tag styles"
expression = 'true'
action = "set_cache_tags"
action_parameters = { operation = "add", values = ["styles"] }
)");
  site.origin.answers("/a.css", ok("css", "max-age=60"));
  site.origin.holds("/a.css");
  auto first = site.edge.get_async(kSite + "/a.css");
  site.origin.await_requests("/a.css", 1);
  auto second = site.edge.get_async(kSite + "/a.css");
  await_metric(site.edge, "festina_collapsed_requests_total", 1);
  site.origin.releases("/a.css");

  for (const Answer& answer : {first.get(), second.get()}) {
    const std::string told =
        site.edge.api("GET", "/festina/v1/explain/" + answer.field("CF-Ray")).body;
    EXPECT_THAT(
        told, HasSubstr("the Cache Response Rule \\\"tag styles\\\" changes the cache tags")
    );
  }
  const Answer hit = site.edge.get(kSite + "/a.css");
  EXPECT_THAT(
      site.edge.api("GET", "/festina/v1/explain/" + hit.field("CF-Ray")).body,
      Not(HasSubstr("tag styles"))
  ) << "it waited for no fill";
}

// --- the live log ---

// Reads a stream of JSON lines while it goes on.
class Lines {
 public:
  Lines(const Edge& edge, const std::string& path) : connection_(edge.control()) {
    connection_.send("GET " + path + " HTTP/1.1\r\nHost: control\r\n\r\n");
    while (text_.find("\r\n\r\n1\r\n\n") == std::string::npos) receive();  // the first, empty line
  }

  // The next event for which this holds; others are passed over.
  json::Value next(const std::function<bool(const json::Value&)>& is_wanted) {
    while (true) {
      while (std::optional<json::Value> event = take()) {
        if (is_wanted(*event)) return *event;
      }
      receive();
    }
  }
  json::Value next() {
    return next([](const json::Value&) { return true; });
  }
  // All until the node ends the stream.
  std::vector<json::Value> rest() {
    text_ += connection_.read_to_end();
    std::vector<json::Value> events;
    while (std::optional<json::Value> event = take()) events.push_back(*event);
    return events;
  }
  bool ended_cleanly() const { return text_.ends_with("0\r\n\r\n"); }

 private:
  void receive() {
    const std::string some = connection_.read_some();
    if (some.empty()) throw std::runtime_error("the stream has ended: " + text_);
    text_ += some;
  }
  // Every event is a line, and every chunk whole lines.
  std::optional<json::Value> take() {
    const std::size_t begin = text_.find("\n{", read_);
    const std::size_t end = begin == std::string::npos ? begin : text_.find("}\n", begin);
    if (end == std::string::npos) return std::nullopt;
    read_ = end + 1;
    return json::parse(text_.substr(begin + 1, end - begin)).value();
  }

  Connection connection_;
  std::string text_;
  std::size_t read_ = 0;
};

struct Line {
  const char* why;
  std::string path;
  std::string source;
  std::string method;
  int status;
  std::string cache_status;
  std::string worker_status;
};

// docs/reference/logs.md, row by row.
TEST_F(TraceScenario, LogsOfEveryKindOfRequestWhatTheTableSays) {
  const Origin stranger;
  Lines lines(edge, "/festina/v1/logs");
  const std::string fetch = "edgeWorkerFetch";
  const std::string cache = "edgeWorkerCacheAPI";
  const std::string refused = "/w/fetch?url=" + stranger.url() + "/";
  const Line table[] = {
      {"a match that misses", "/w/all", cache, "GET", 504, "miss", ""},
      {"a fetch that misses", "", fetch, "GET", 200, "miss", ""},
      {"a put that is stored", "", cache, "PUT", 204, "unknown", ""},
      {"their parent", "", "eyeball", "GET", 200, "unknown", "ok"},
      {"a match that hits", "/w/all", cache, "GET", 200, "hit", ""},
      {"a fetch that hits", "", fetch, "GET", 200, "hit", ""},
      {"a put again", "", cache, "PUT", 204, "unknown", ""},
      {"their parent", "", "eyeball", "GET", 200, "unknown", "ok"},
      {"a put that is refused", "/w/refused-put", cache, "PUT", 413, "bypass", ""},
      {"its parent", "", "eyeball", "GET", 200, "unknown", "ok"},
      {"a delete of what is there", "/w/delete", cache, "PURGE", 200, "unknown", ""},
      {"its parent", "", "eyeball", "GET", 200, "unknown", "ok"},
      {"a delete of nothing", "/w/delete", cache, "PURGE", 404, "unknown", ""},
      {"its parent", "", "eyeball", "GET", 200, "unknown", "ok"},
      {"a fetch that is refused", refused, fetch, "GET", 403, "unknown", ""},
      {"its parent", "", "eyeball", "GET", 403, "unknown", "ok"},
      {"a parent that fails", "/w/boom", "eyeball", "GET", 500, "unknown", "exception"},
      {"without a Worker", "/page", "eyeball", "GET", 200, "dynamic", ""},
  };
  for (const Line& row : table) {
    if (!row.path.empty()) edge.get(kSite + row.path);
    const json::Value line = lines.next();
    EXPECT_EQ(line.at("ClientRequestSource").as_string(), row.source) << row.why;
    EXPECT_EQ(line.at("ClientRequestMethod").as_string(), row.method) << row.why;
    EXPECT_EQ(line.at("EdgeResponseStatus"), row.status) << row.why;
    EXPECT_EQ(line.at("CacheCacheStatus").as_string(), row.cache_status) << row.why;
    EXPECT_EQ(line.at("WorkerStatus").as_string(), row.worker_status) << row.why;
    EXPECT_EQ(line.at("WorkerSubrequest"), row.source == fetch) << row.why;
    EXPECT_EQ(line.at("ParentRayID") == "00", row.source == "eyeball") << row.why;
    EXPECT_EQ(line.at("WorkerScriptName"), row.path == "/page" ? "" : "site-worker") << row.why;
  }
}

TEST_F(TraceScenario, LogsWhatTheOriginSaid) {
  Lines lines(edge, "/festina/v1/logs");
  edge.get(kSite + "/page");
  const json::Value asked = lines.next();
  EXPECT_EQ(asked.at("OriginResponseStatus"), 200);
  EXPECT_GE(
      asked.at("EdgeTimeToFirstByteMs").as_int64(), asked.at("OriginResponseDurationMs").as_int64()
  );
  edge.get(kSite + "/w/all");
  lines.next([](const json::Value& line) { return line.at("ClientRequestSource") == "eyeball"; });
  edge.get(kSite + "/w/all");
  const json::Value parent = lines.next([](const json::Value& line) {
    return line.at("ClientRequestSource") == "eyeball";
  });
  EXPECT_EQ(parent.at("OriginResponseStatus"), 0);
  EXPECT_EQ(parent.at("WorkerSubrequestCount"), 3);
}

TEST_F(TraceScenario, LogsOnlyWhatTheFilterLetsThrough) {
  Lines errors(edge, "/festina/v1/logs?status=4xx,500-599&host=example.com");
  Lines all(edge, "/festina/v1/logs?zone=example.com&colo=FRA");
  edge.get(kSite + "/page");
  edge.get(kSite + "/missing");
  EXPECT_EQ(errors.next().at("ClientRequestPath"), "/missing");
  EXPECT_EQ(all.next().at("ClientRequestPath"), "/page");
}

TEST_F(TraceScenario, RefusesAFilterThatIsNone) {
  struct Case {
    const char* query;
    const char* says;
  };
  const Case cases[] = {
      {"status=abc", "is no status"},
      {"status=99", "is no status"},
      {"status=600", "is no status"},
      {"status=500-400", "is no status"},
      {"colo=XXX", "there are: FRA"},
      {"zone=other.example", "example.com"},
      {"host=", "is empty"},
      {"hots=example.com", "did you mean \\\"host\\\"?"},
      {"script=site-worker", "no filter"},
  };
  for (const Case& each : cases) {
    const Answer answer = edge.api("GET", std::string("/festina/v1/logs?") + each.query);
    EXPECT_EQ(answer.status, 400) << each.query;
    EXPECT_THAT(answer.body, HasSubstr(each.says)) << each.query;
  }
}

TEST_F(TraceScenario, EndsTheStreamWhenTheNodeDrains) {
  Lines lines(edge, "/festina/v1/logs");
  edge.get(kSite + "/page");
  edge.signal(SIGTERM);
  EXPECT_THAT(lines.rest(), SizeIs(1));
  EXPECT_TRUE(lines.ended_cleanly());
  EXPECT_EQ(edge.await_end(), 0);
}

// --- tail ---

TEST_F(TraceScenario, TailsWhatAWorkerPrintsInItsOrder) {
  Lines lines(edge, "/festina/v1/tail?script=site-worker");
  edge.get(kSite + "/page");
  const Answer answer = edge.get(kSite + "/w/talk");
  EXPECT_EQ(answer.body, "false");  // the script does not see that somebody listens

  const auto is_console = [](const json::Value& event) { return event.at("event") == "console"; };
  const json::Value first = lines.next(is_console);
  EXPECT_EQ(first.at("message"), "one {\"two\":2}");
  EXPECT_EQ(first.at("level"), "log");
  EXPECT_EQ(first.at("RayID").as_string(), answer.field("CF-Ray").substr(0, 16));
  EXPECT_EQ(lines.next(is_console).at("message"), "three");
  EXPECT_EQ(lines.next(is_console).at("level"), "error");
}

TEST_F(TraceScenario, TailIsPrintedByTheCommandUntilTheNodeGoes) {
  auto tail = run_festina_async(
      {"tail", "site-worker", "--control", edge.control(), "--token", edge.token()}
  );
  while (edge.api("GET", "/metrics").body.find("festina_log_listeners{kind=\"tail\"} 1") ==
         std::string::npos) {
  }
  edge.get(kSite + "/page");
  edge.get(kSite + "/w/all");
  told_with(edge.get(kSite + "/w/boom").field("CF-Ray"), "exceptions");
  EXPECT_EQ(edge.stop(), 0);

  const Outcome outcome = tail.get();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("the node has ended the stream"));
  EXPECT_THAT(
      outcome.output,
      AllOf(
          HasSubstr("FRA GET http://example.com/w/all 200"),
          HasSubstr("FRA   match http://example.com/kept 504 miss"),
          HasSubstr("FRA   fetch GET http://example.com/page 200 miss"),
          HasSubstr("FRA   put http://example.com/kept 204"),
          HasSubstr("exception site-worker: TypeError: no such thing"),
          Not(HasSubstr("GET http://example.com/page 200 dynamic")),
          Not(HasSubstr("\x1b["))
      )
  );
}

TEST_F(TraceScenario, TailOfANodeThatIsNotThereSaysSo) {
  const std::string control = edge.control();
  edge.stop();
  const Outcome outcome = run_festina({"tail", "--control", control, "--token", "x"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr(control));
  EXPECT_THAT(outcome.output, IsEmpty());
}

}  // namespace
}  // namespace festina::harness
