// Workers that call each other: what the called one does is part of the request that its caller serves.
#include <algorithm>
#include <map>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kCaller = R"(
name = "api"
main = "index.js"
compatibility_date = "2025-06-01"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
services = [
  { binding = "AUTH", service = "auth" },
  { binding = "ADMIN", service = "auth", entrypoint = "Admin" },
  { binding = "OLD", service = "old" },
]
version_metadata = { binding = "VERSION" }
)";

constexpr std::string_view kCallerScript = R"js(
export default {
  fetch(request, env) {
    switch (new URL(request.url).pathname) {
      case "/w/plain": return env.AUTH.fetch("https://auth.internal/check", { cf: { mine: 1 } });
      case "/w/admin": return env.ADMIN.fetch(request);
      case "/w/old": return env.OLD.fetch("https://old.internal/");
      case "/w/rpc": return env.ADMIN.add(40, 2).then((sum) => new Response(String(sum)));
      case "/w/date": return env.AUTH.fetch("https://auth.internal/date");
      case "/w/version": return Response.json(env.VERSION);
      case "/w/boom": return env.AUTH.fetch("https://auth.internal/boom");
    }
  },
};
)js";

constexpr std::string_view kCalled = R"(
name = "auth"
main = "index.ts"
compatibility_date = "2025-06-01"
)";

constexpr std::string_view kCalledScript = R"js(
import { WorkerEntrypoint } from "cloudflare:workers";

const page = async () => (await fetch("http://example.com/page", { cf: { cacheEverything: true } })).text();

export class Admin extends WorkerEntrypoint {
  async fetch(request: Request) { return new Response(`admin of ${new URL(request.url).pathname} ${await page()}`); }
  async add(a: number, b: number) { return a + b; }
}

export default {
  async fetch(request: Request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/date") return new Response(new Date().toISOString().slice(0, 10));
    if (pathname === "/boom") throw new RangeError("in auth");
    return Response.json([request.cf, await page()]);
  },
};
)js";

constexpr std::string_view kListening = R"(
name = "old"
main = "worker.js"
compatibility_date = "2020-01-01"
)";

constexpr std::string_view kListeningScript = R"js(
addEventListener("fetch", (event) => event.respondWith(fetch("http://example.com/page", { cf: { cacheEverything: true } })));
)js";

// The number of the line with these words, from 1.
std::size_t line_with(std::string_view text, std::string_view words) {
  const std::string_view before = text.substr(0, text.find(words));
  return static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
}

class WorkerBindings : public SiteScenario {
 protected:
  WorkerBindings()
      : SiteScenario(
            edge_for("[[scripts]]\nwrangler = \"api/wrangler.toml\"\n"
                     "[[scripts]]\nwrangler = \"auth/wrangler.toml\"\n"
                     "[[scripts]]\nwrangler = \"old/wrangler.toml\"\n"),
            {{"api/wrangler.toml", kCaller},
             {"api/index.js", kCallerScript},
             {"auth/wrangler.toml", kCalled},
             {"auth/index.ts", kCalledScript},
             {"old/wrangler.toml", kListening},
             {"old/worker.js", kListeningScript}}
        ) {
    origin.answers("/page", ok("<p>"));
  }

  // The records of one client's request and of the one fetch() that was made for it.
  std::map<std::string, json::Value> records() const {
    std::map<std::string, json::Value> by_source;
    for (const std::string& line : edge.await_records(2)) {
      const json::Value record = json::parse(line).value();
      by_source[record.at("ClientRequestSource").as_string().c_str()] = record;
    }
    return by_source;
  }
  void expect_fetch_of_the_client() const {
    auto by_source = records();
    ASSERT_TRUE(by_source.contains("edgeWorkerFetch"));
    EXPECT_EQ(by_source["edgeWorkerFetch"].at("ParentRayID"), by_source["eyeball"].at("RayID"));
  }
};

TEST_F(WorkerBindings, WhatTheCalledWorkerFetchesIsPartOfTheRequest) {
  EXPECT_EQ(edge.get(kSite + "/w/plain").body, R"([{"mine":1},"<p>"])");
  expect_fetch_of_the_client();
}

TEST_F(WorkerBindings, SoItIsForNamedEntrypoints) {
  EXPECT_EQ(edge.get(kSite + "/w/admin").body, "admin of /w/admin <p>");
  expect_fetch_of_the_client();
}

TEST_F(WorkerBindings, SoItIsForServiceWorkers) {
  EXPECT_EQ(edge.get(kSite + "/w/old").body, "<p>");
  expect_fetch_of_the_client();
}

TEST_F(WorkerBindings, MethodsOfEntrypointsCanBeCalled) {
  EXPECT_EQ(edge.get(kSite + "/w/rpc").body, "42");
}

TEST_F(WorkerBindings, TheTestClockMovesTheDateOfTheCalledWorker) {
  const std::string today = edge.get(kSite + "/w/date").body;
  edge.advance(std::chrono::hours(48));
  EXPECT_GT(edge.get(kSite + "/w/date").body, today);
}

TEST_F(WorkerBindings, AWorkerKnowsItsVersionByTheBindingItAskedFor) {
  const auto told = json::parse(edge.get(kSite + "/w/version").body);
  ASSERT_TRUE(told) << told.error();
  const std::string id = told->at("id").as_string().c_str();
  EXPECT_EQ(id.size(), 8U);
  EXPECT_NE(edge.await_log("script=api").find("version=" + id), std::string::npos);
  EXPECT_EQ(told->at("tag"), "");
  const std::string timestamp = told->at("timestamp").as_string().c_str();
  EXPECT_EQ(timestamp.size(), std::string_view("2026-11-21T21:45:23.107Z").size()) << timestamp;
  EXPECT_EQ(timestamp.back(), 'Z');
}

TEST_F(WorkerBindings, WhatTheCalledWorkerThrowsIsReportedAsItsOwn) {
  EXPECT_EQ(edge.get(kSite + "/w/boom").status, 500);
  const std::string log = edge.await_log("worker.exception script=auth");
  EXPECT_NE(log.find("in auth"), std::string::npos) << log;
  const std::size_t thrown_at = line_with(kCalledScript, "new RangeError");
  const std::string place = "index.ts:" + std::to_string(thrown_at) + ":";
  EXPECT_NE(log.find(place), std::string::npos) << "a line of the TypeScript; " << log;
}

}  // namespace
}  // namespace festina::harness
