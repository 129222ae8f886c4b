// Snippets in the real workerd: in front of Workers and the cache, one to a request, and behind every rule (reference §0.3,
// §9.5).
#include <gmock/gmock.h>

#include "base/json.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// Lets its request through and says so on the answer, unless the query says what else to do.
constexpr std::string_view kSnippet = R"js(
export default {
  async fetch(request, env, ctx) {
    const asked = new URL(request.url).searchParams;
    switch (asked.get("do")) {
      case "answer": return new Response("of the Snippet's own");
      case "throw": throw new TypeError("no such thing");
      case "pass-through": ctx.passThroughOnException(); throw new TypeError("no such thing");
      case "fetch": return fetch(asked.get("url"), { cf: JSON.parse(asked.get("cf") ?? "{}") });
      case "put":
        await caches.default.put(asked.get("url"), new Response("put", { headers: { "Cache-Control": "max-age=60" } }));
        return new Response("put");
      case "match": return new Response(await (await caches.default.match(asked.get("url")))?.text() ?? "nothing");
      case "env": return new Response(JSON.stringify(Object.keys(env)));
    }
    const answer = await fetch(request);
    const shown = new Response(answer.body, answer);
    shown.headers.append("X-Snippet", "trim");
    return shown;
  },
};
)js";

constexpr std::string_view kOtherSnippet = R"js(
export default {
  async fetch(request) {
    const answer = await fetch(request);
    const shown = new Response(answer.body, answer);
    shown.headers.append("X-Snippet", "special");
    return shown;
  },
};
)js";

constexpr std::string_view kWorker = R"js(
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const asked = url.searchParams;
    if (url.hostname.startsWith("api.")) return new Response(`api ${url.pathname}`);
    const answer = await fetch(asked.get("url") ?? request, { cf: JSON.parse(asked.get("cf") ?? "{}") });
    const shown = new Response(`site(${await answer.text()})`, answer);
    shown.headers.set("X-Visitor", request.headers.get("CF-Connecting-IP"));
    shown.headers.set("X-Country", request.cf.country ?? "");
    return shown;
  },
};
)js";

// Each fetches the host of the other.
constexpr std::string_view kRound = R"js(
export default {
  async fetch(request) {
    const url = new URL(request.url);
    url.hostname = url.hostname === "ping.example" ? "pong.example" : "ping.example";
    const inner = await fetch(url);
    const runs = Number(inner.headers.get("X-Runs") ?? 0) + 1;
    return new Response(await inner.text(), { status: inner.status, headers: { "X-Runs": runs } });
  },
};
)js";

constexpr const char* kEverything = R"({"cacheEverything":true,"cacheTtl":60})";

class Snippets : public testing::Test {
 protected:
  Snippets() : edge(files, prepared()) { origin.answers("/page", ok("<p>")); }

  // What the Snippet is told when it fetches the URL.
  Answer fetched(const std::string& url, const std::string& cf = "{}") const {
    return edge.get(
        url.substr(0, url.find('/', 7)) + "/s/?do=fetch&url=" + http::percent_encoded(url) +
        "&cf=" + http::percent_encoded(cf)
    );
  }
  json::Value told(const Answer& answer) const {
    return json::parse(edge.api("GET", "/festina/v1/explain/" + answer.field("CF-Ray")).body)
        .value();
  }

  Origin origin;
  TempDir files;
  Edge edge;

 private:
  EdgeOptions prepared() const {
    const auto script = [this](
                            const std::string& name,
                            const std::string& routes,
                            std::string_view text,
                            const std::string& more
                        ) {
      files.write(
          name + "/wrangler.toml",
          "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\n" +
              "routes = [" + routes + "]\n"
      );
      files.write(name + "/index.js", text);
      return "[[scripts]]\nwrangler = \"" + name + "\"\n" + more;
    };
    const std::string snippet = "snippet = true\n";
    const std::string bypass =
        "[[zones.cache_rules]]\nexpression = 'true'\naction_parameters = { cache = false }\n";
    const std::string ruled =
        "[[zones.cache_rules]]\nexpression = 'true'\n"
        "action_parameters = { cache = true, edge_ttl = { mode = \"override_origin\", default = "
        "3600 } }\n";
    EdgeOptions options;
    options.zones =
        zone_toml("example.com", origin.url()) + zone_toml("bypass.example", origin.url(), bypass) +
        zone_toml("ruled.example", origin.url(), ruled) + zone_toml("ping.example", origin.url()) +
        zone_toml("pong.example", origin.url()) +
        script(
            "trim",
            R"("example.com/s/*", "example.com/both/*", "api.example.com/*", )"
            R"("bypass.example/s/*", "ruled.example/s/*")",
            kSnippet,
            snippet
        ) +
        script("special", R"("example.com/s/special/*")", kOtherSnippet, snippet) +
        script("round", R"("ping.example/*", "pong.example/*")", kRound, snippet) +
        script(
            "site",
            R"("example.com/both/*", "example.com/w/*", "bypass.example/w/*", )"
            R"({ pattern = "api.example.com", custom_domain = true })",
            kWorker,
            ""
        );
    return options;
  }
};

// --- the way of a request ---

TEST_F(Snippets, LeadToTheCacheAndTheOrigin) {
  origin.answers("/s/a.css", ok("a", "max-age=60"));
  for (const char* status : {"MISS", "HIT"}) {
    const Answer answer = edge.get(kSite + "/s/a.css");
    expect_answer(answer, 200, status, "a");
    EXPECT_EQ(answer.field("X-Snippet"), "trim") << "what it changes is never stored";
  }
  EXPECT_EQ(origin.requests("/s/a.css"), 1U);
}

TEST_F(Snippets, LeadToTheWorkerOfTheUrlThatTheyFetch) {  // reference §0.3: 8, then 10
  origin.answers("/both/page", ok("<p>"));
  origin.answers("/w/page", ok("<w>"));
  const Answer same = edge.get(kSite + "/both/page");
  EXPECT_EQ(same.body, "site(<p>)");
  EXPECT_EQ(same.field("X-Snippet"), "trim");
  EXPECT_EQ(same.field("X-Visitor"), "127.0.0.1") << "the Worker serves the visitor";
  EXPECT_EQ(same.field("X-Country"), "DE");
  EXPECT_EQ(origin.requests("/both/page"), 1U) << "the Worker's own fetch() meets neither again";

  EXPECT_EQ(fetched(kSite + "/w/page").body, "site(<w>)") << "of the fetched URL";
  EXPECT_EQ(fetched(kSite + "/page").body, "<p>") << "not of the visitor's";
}

TEST_F(Snippets, AreNotMetByAWorkersOwnFetch) {
  origin.answers("/s/page", ok("<s>"));
  const Answer answer = edge.get(kSite + "/w/?url=" + http::percent_encoded(kSite + "/s/page"));
  EXPECT_EQ(answer.body, "site(<s>)");
  EXPECT_FALSE(answer.has("X-Snippet"));
}

TEST_F(Snippets, AreMetByTheWorkerOfAnotherZone) {  // reference §4.5
  origin.answers("/s/page", ok("<s>"));
  const Answer answer =
      edge.get("http://bypass.example/w/?url=" + http::percent_encoded(kSite + "/s/page"));
  EXPECT_EQ(answer.body, "site(<s>)");
  EXPECT_EQ(answer.field("X-Snippet"), "trim");
}

TEST_F(Snippets, RunInFrontOfACustomDomain) {
  const Answer answer = edge.get("http://api.example.com/users");
  EXPECT_EQ(answer.body, "api /users");
  EXPECT_EQ(answer.field("X-Snippet"), "trim");
}

TEST_F(Snippets, MayAnswerThemselves) {
  expect_answer(edge.get(kSite + "/both/?do=answer"), 200, "", "of the Snippet's own");
  EXPECT_EQ(origin.requests(), 0U);
  EXPECT_EQ(metric(edge, "festina_worker_requests_total"), 1U) << "the Worker was not asked";
}

TEST_F(Snippets, AreOneToARequestThatOfTheMostSpecificRoute) {
  origin.answers("/s/special/page", ok("<p>"));
  EXPECT_EQ(edge.get(kSite + "/s/special/page").field("X-Snippet"), "special");
}

TEST_F(Snippets, PassOnWhatAVisitorSends) {
  origin.answers("/s/form", ok("taken"));
  const Ask post{.method = "POST", .fields = {{"X-Own", "mine"}}, .body = "a=1"};
  expect_answer(edge.get(kSite + "/s/form", post), 200, "DYNAMIC", "taken");
  EXPECT_EQ(origin.asked("/s/form", ":method"), "POST");
  EXPECT_EQ(origin.asked("/s/form", "X-Own"), "mine");
  EXPECT_EQ(origin.asked("/s/form", "CF-Connecting-IP"), "127.0.0.1");
}

TEST_F(Snippets, FailLikeWorkers) {
  origin.answers("/both/?do=pass-through", ok("<p>"));
  const Answer failed = edge.get(kSite + "/s/?do=throw");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, AllOf(HasSubstr("1101"), HasSubstr("trim")));
  const Answer passed = edge.get(kSite + "/both/?do=pass-through");
  EXPECT_EQ(passed.body, "site(<p>)") << "goes on to the Worker";
  EXPECT_FALSE(passed.has("X-Snippet"));
}

TEST_F(Snippets, HaveAnEmptyEnv) { EXPECT_EQ(edge.get(kSite + "/s/?do=env").body, "[]"); }

TEST_F(Snippets, EndWhereTheyGoRound) {  // worker-wire.md §7
  const Answer answer = edge.get("http://ping.example/");
  EXPECT_EQ(answer.field("X-Runs"), "16") << "kMaxDepth";
  EXPECT_THAT(answer.body, HasSubstr("1019"));
}

// --- and the rules ---

TEST_F(Snippets, SayHowToStoreWhereNoRuleDoes) {
  EXPECT_EQ(fetched(kSite + "/page").cache_status(), "DYNAMIC");
  EXPECT_EQ(fetched(kSite + "/page", kEverything).cache_status(), "MISS");
  EXPECT_EQ(fetched(kSite + "/page", kEverything).cache_status(), "HIT");
}

TEST_F(Snippets, LoseToABypassWhereAWorkerWins) {  // reference §9.3, §9.5
  const std::string url = "http://bypass.example/page";
  for (int i = 0; i < 2; ++i) {
    const Answer answer = fetched(url, kEverything);
    EXPECT_EQ(answer.cache_status(), "DYNAMIC");
    const json::Value request = told(answer);
    EXPECT_THAT(
        json::to_text(request.at("made").at(0)),
        AllOf(HasSubstr("rule_bypasses"), HasSubstr("nothing that a Snippet says beats the zone"))
    );
  }
  const std::string by_worker = "http://bypass.example/w/?url=" + http::percent_encoded(url) +
                                "&cf=" + http::percent_encoded(kEverything);
  EXPECT_EQ(edge.get(by_worker).cache_status(), "MISS");
  EXPECT_EQ(edge.get(by_worker).cache_status(), "HIT");
  EXPECT_EQ(fetched(url, kEverything).cache_status(), "DYNAMIC") << "whatever is stored";
}

TEST_F(Snippets, ShareTheCacheOfTheirZone) {  // reference §5.1
  const auto snippet = [this](const std::string& what) {
    return edge.get(kSite + "/s/?do=" + what + "&url=http://example.com/a.css").body;
  };
  EXPECT_EQ(snippet("match"), "nothing");
  EXPECT_EQ(snippet("put"), "put");
  EXPECT_EQ(snippet("match"), "put");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "put");
}

TEST_F(Snippets, MayNotUseACacheThatARuleBypasses) {  // reference §9.3, §9.5
  const auto snippet = [this](const std::string& what) {
    return edge.get("http://bypass.example/s/?do=" + what + "&url=http://bypass.example/k");
  };
  EXPECT_EQ(snippet("put").body, "put") << "no exception";
  const Answer match = snippet("match");
  EXPECT_EQ(match.body, "nothing");
  EXPECT_THAT(
      json::to_text(told(match).at("made").at(0)),
      AllOf(HasSubstr("rejected"), HasSubstr("nothing that a Snippet says beats the zone"))
  );
}

TEST_F(Snippets, LoseToTheTtlOfARule) {  // reference §9.3
  const std::string url = "http://ruled.example/page";
  EXPECT_EQ(fetched(url, kEverything).cache_status(), "MISS");
  edge.advance(std::chrono::seconds(3599));
  EXPECT_EQ(fetched(url, kEverything).cache_status(), "HIT") << "not the Snippet's 60 seconds";
  edge.advance(std::chrono::seconds(2));
  EXPECT_EQ(fetched(url, kEverything).cache_status(), "EXPIRED");
}

TEST_F(Snippets, HaveNoSayOnWhatTheWorkerBehindThemFetches) {
  origin.answers("/w/page", ok("<w>"));
  for (int i = 0; i < 2; ++i) {
    const Answer answer = fetched(kSite + "/w/page", kEverything);
    EXPECT_EQ(answer.cache_status(), "DYNAMIC") << "of the Worker's own fetch()";
    EXPECT_THAT(json::to_text(told(answer)), HasSubstr("the cf of trim (a Snippet) does nothing"));
  }
}

// --- what is said of them ---

TEST_F(Snippets, AreCalledSoWhereverTheyAreNamed) {
  origin.answers("/both/page", ok("<p>"));
  EXPECT_THAT(
      read_file(files.path() + "/run/out"),
      AllOf(HasSubstr("snippet    trim on example.com/s/*"), Not(HasSubstr("trim.localhost")))
  );
  const Outcome checked = run_festina({"check", "--config", edge.config_file()});
  EXPECT_THAT(checked.output, HasSubstr("1 Worker(s), 3 Snippet(s)")) << checked.errors;

  const json::Value request = told(edge.get(kSite + "/both/page"));
  EXPECT_EQ(request.at("script"), "trim");
  EXPECT_EQ(request.at("is_snippet"), true);
  EXPECT_THAT(json::to_text(request.at("steps")), HasSubstr("snippet_in_front"));
  const json::Value& by_snippet = request.at("made").at(0);
  EXPECT_EQ(by_snippet.at("script"), "site");
  EXPECT_EQ(by_snippet.at("is_snippet"), false);
  EXPECT_EQ(by_snippet.at("made").at(0).at("script"), "site");

  const std::vector<std::string> records = edge.await_records(3);
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[0], HasSubstr(R"("WorkerIsSnippet":false)"));
  EXPECT_THAT(records[2], HasSubstr(R"("WorkerScriptName":"trim","WorkerIsSnippet":true)"));
}

TEST_F(Snippets, AreExplainedBeforeTheyRun) {
  const std::string url = "/festina/v1/explain?url=" + http::percent_encoded(kSite + "/both/page");
  const json::Value explained = json::parse(edge.api("GET", url).body).value();
  EXPECT_EQ(explained.at("upstream").at("kind"), "snippet");
  EXPECT_EQ(explained.at("upstream").at("name"), "trim");
  EXPECT_THAT(
      json::to_text(explained),
      AllOf(HasSubstr("snippet_in_front"), HasSubstr("the request goes on to site"))
  );
}

// --- reload ---

TEST_F(Snippets, ServeWhatTheyBeganWhenAReloadTakesThemAway) {
  origin.answers("/s/page", ok("<p>"));
  origin.holds("/s/page");
  auto begun = edge.get_async(kSite + "/s/page");
  origin.await_requests("/s/page", 1);
  std::string config = read_file(edge.config_file());
  const std::string entry = "[[scripts]]\nwrangler = \"trim\"\nsnippet = true\n";
  config.erase(config.find(entry), entry.size());
  files.write("festina.toml", config);
  const Outcome taken = run_festina({"reload", "--config", edge.config_file()});
  EXPECT_EQ(taken.exit_code, 0) << taken.errors;
  origin.releases("/s/page");

  EXPECT_EQ(begun.get().field("X-Snippet"), "trim");
  const Answer after = edge.get(kSite + "/s/page");
  expect_answer(after, 200, "DYNAMIC", "<p>");
  EXPECT_FALSE(after.has("X-Snippet"));
}

}  // namespace
}  // namespace festina::harness
