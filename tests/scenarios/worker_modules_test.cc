// Scripts as people write them: both syntaxes, modules of every kind, what esbuild makes of them, in the real workerd.
#include <map>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using Files = std::vector<std::pair<std::string_view, std::string_view>>;

// An edge whose zone has one script on /w/*. `main` is its main file.
class ScriptScenario : public SiteScenario {
 protected:
  explicit ScriptScenario(const Files& written)
      : SiteScenario(edge_for("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"), written) {}

  std::string body(const std::string& path) const { return edge.get(kSite + "/w/" + path).body; }
};

// A wrangler.toml with the route in front of it.
std::string routed(std::string_view rest) {
  return std::string("routes = [{ pattern = \"example.com/w/*\", zone_name = \"example.com\" }]\n")
      .append(rest);
}

// Adds one and one: (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)).
constexpr std::string_view kAdd(
    "\0asm\1\0\0\0\1\7\1\x60\2\x7f\x7f\1\x7f\3\2\1\0\7\7\1\3add\0\0\x0a\x09\1\7\0\x20\0\x20\1\x6a"
    "\x0b",
    41
);

constexpr std::string_view kModulesWrangler =
    "name = \"modules\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2025-06-01\"\n"
    "compatibility_flags = [\"nodejs_compat\"]\n";

constexpr std::string_view kModulesScript = R"js(
import text from "./tea.txt";
import page from "../page.html";
import schema from "./schema.sql";
import noise from "./noise.bin";
import add from "./add.wasm";
import settings from "./settings.json";
import legacy from "./legacy.cjs";
import { leaf } from "leaves";
import { Buffer } from "buffer";
import type { Unused } from "./types";

interface Env { GREETING: string }

async function sum(a: number, b: number): Promise<number> {
  const instance = await WebAssembly.instantiate(add);
  return (instance.exports.add as (a: number, b: number) => number)(a, b);
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.url.endsWith("/boom")) throw new TypeError("in TypeScript");
    return Response.json([text, page, schema, noise.byteLength, await sum(40, 2), settings.sweet,
      legacy.name, leaf, Buffer.from("x").toString("hex")]);
  },
};
)js";

class ModulesScenario : public ScriptScenario {
 protected:
  ModulesScenario()
      : ScriptScenario({
            {"worker/wrangler.toml", routed(kModulesWrangler)},
            {"worker/src/index.ts", kModulesScript},
            {"worker/src/tea.txt", "oolong"},
            {"worker/page.html", "<p>"},
            {"worker/src/schema.sql", "SELECT 1"},
            {"worker/src/noise.bin", std::string_view("\0\1\2", 3)},
            {"worker/src/add.wasm", kAdd},
            {"worker/src/settings.json", R"({"sweet": true})"},
            {"worker/src/legacy.cjs",
             "module.exports = { name: require('path').basename('a/legacy') };"},
            {"worker/src/types.ts", "export interface Unused {}"},
            {"worker/node_modules/leaves/package.json",
             R"({"name": "leaves", "exports": {"workerd": "./edge.mjs", "default": "./node.js"}})"},
            {"worker/node_modules/leaves/edge.mjs", "export const leaf = 'for workerd';"},
            {"worker/node_modules/leaves/node.js", "exports.leaf = 'for node';"},
        }) {}
};

TEST_F(ModulesScenario, OfEveryKindAreWhatWranglerMakesOfThem) {
  EXPECT_EQ(body("all"), R"(["oolong","<p>","SELECT 1",3,42,true,"legacy","for workerd","78"])");
}

TEST_F(ModulesScenario, ThatThrowAreReported) {
  EXPECT_EQ(edge.get(kSite + "/w/boom").status, 500);
  const std::string log = edge.await_log("worker.exception");
  EXPECT_NE(log.find("in TypeScript"), std::string::npos) << log;
  EXPECT_NE(log.find("src/index.ts:"), std::string::npos) << log;
}

constexpr std::string_view kUnbundledWrangler =
    "name = \"plain\"\nmain = \"index.js\"\ncompatibility_date = \"2025-06-01\"\nno_bundle = true\n"
    "rules = [{ type = \"ESModule\", globs = [\"lib/**/*.js\"] },\n"
    "         { type = \"Text\", globs = [\"notes/*.md\"], fallthrough = true }]\n";

constexpr std::string_view kUnbundledScript = R"js(
import { greet } from "./lib/deep/greet.js";
import note from "./notes/a.md";
import page from "./page.html";

export default { fetch: async (request, env) => Response.json([greet("you"), note, page, env.TOKEN.length]) };
)js";

class UnbundledScenario : public ScriptScenario {
 protected:
  UnbundledScenario()
      : ScriptScenario({
            {"worker/wrangler.toml", routed(kUnbundledWrangler)},
            {"worker/index.js", kUnbundledScript},
            {"worker/lib/deep/greet.js", "export const greet = (name) => `hello ${name}`;"},
            {"worker/notes/a.md", "# note"},
            {"worker/page.html", "<p>"},
            {"worker/.dev.vars", "TOKEN=\"secret\"\n"},
        }) {}
};

TEST_F(UnbundledScenario, FilesAreModulesUnderTheirOwnNames) {
  EXPECT_EQ(body("all"), R"(["hello you","# note","<p>",6])");
}

constexpr std::string_view kEntrypointWrangler =
    "name = \"entrypoints\"\nmain = \"index.js\"\ncompatibility_date = \"2025-06-01\"\n"
    "[vars]\nWORD = \"bound\"\n";

constexpr std::string_view kEntrypointScript = R"js(
import { WorkerEntrypoint } from "cloudflare:workers";

export class Admin extends WorkerEntrypoint {
  async greet(name) { return `hello ${name}`; }
}
export const helper = { fetch: () => new Response("helper") };
export default class Site extends WorkerEntrypoint {
  async fetch(request) {
    const page = await fetch("http://example.com/page");
    return new Response([this.env.WORD, this.constructor.name, await page.text()].join(" "));
  }
}
)js";

class EntrypointScenario : public ScriptScenario {
 protected:
  EntrypointScenario()
      : ScriptScenario({
            {"worker/wrangler.toml", routed(kEntrypointWrangler)},
            {"worker/index.js", kEntrypointScript},
        }) {}
};

TEST_F(EntrypointScenario, ClassesServeBesideNamedOnes) {
  origin.answers("/page", ok("<p>"));
  EXPECT_EQ(body("class"), "bound Site <p>");
}

std::string service_worker_wrangler(const std::string& date, const std::string& main) {
  return routed(
      "name = \"listening\"\nmain = \"" + main + "\"\ncompatibility_date = \"" + date +
      "\"\n[vars]\nGREETING = \"hello\"\n"
  );
}

constexpr std::string_view kServiceWorker = R"js(
counted = 0; // sloppy mode: a global

addEventListener("fetch", function (event) {
  var name = new URL(event.request.url).pathname.slice(3);
  if (name === "untouched") return;
  if (name === "safe") event.passThroughOnException();
  event.respondWith(answer(name, event));
});

async function answer(name, event) {
  if (name === "vars") return new Response(GREETING + " " + ++counted);
  if (name === "boom") throw new TypeError("no such thing");
  if (name === "safe") throw new Error("never mind");
  if (name === "everything") {
    const page = await fetch("http://example.com/page", { cf: { cacheEverything: true } });
    return new Response(page.headers.get("CF-Cache-Status"));
  }
  if (name === "date") return new Response(new Date().toISOString().slice(0, 10));
  if (name === "put") {
    event.waitUntil(caches.default.put("http://example.com/kept",
      new Response("kept", { headers: { "Cache-Control": "max-age=60" } })));
    return new Response("putting");
  }
  return (await caches.default.match("http://example.com/kept")) || new Response("nothing", { status: 404 });
}
)js";

class ServiceWorkerScenario : public ScriptScenario {
 protected:
  explicit ServiceWorkerScenario(const std::string& date = "2021-01-01")
      : ScriptScenario({
            {"worker/wrangler.toml", service_worker_wrangler(date, "worker.js")},
            {"worker/worker.js", kServiceWorker},
        }) {}
};

TEST_F(ServiceWorkerScenario, HasItsVariablesAsGlobals) {
  EXPECT_EQ(body("vars"), "hello 1");
  EXPECT_EQ(body("vars"), "hello 2");
}

TEST_F(ServiceWorkerScenario, FetchesThroughTheCacheAsPartOfItsRequest) {
  origin.answers("/page", ok("<p>"));
  EXPECT_EQ(body("everything"), "MISS");
  EXPECT_EQ(body("everything"), "HIT");
  std::map<std::string, json::Value> by_source;
  for (const std::string& line : edge.await_records(4)) {
    const json::Value record = json::parse(line).value();
    by_source[record.at("ClientRequestSource").as_string().c_str()] = record;
  }
  ASSERT_TRUE(by_source.contains("edgeWorkerFetch"));
  EXPECT_NE(by_source["edgeWorkerFetch"].at("ParentRayID"), "00");
  EXPECT_EQ(by_source["edgeWorkerFetch"].at("ParentRayID"), by_source["eyeball"].at("RayID"));
}

TEST_F(ServiceWorkerScenario, KeepsInTheCacheAfterItsAnswer) {
  EXPECT_EQ(body("put"), "putting");
  while (edge.get(kSite + "/w/match").status != 200) {
  }
  EXPECT_EQ(body("match"), "kept");
  edge.advance(std::chrono::seconds(60));
  EXPECT_EQ(edge.get(kSite + "/w/match").status, 404);
}

TEST_F(ServiceWorkerScenario, ThatThrowsIsA1101PageAndALogLineWithItsStack) {
  const Answer answer = edge.get(kSite + "/w/boom");
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find("1101"), std::string::npos);
  const std::string log = edge.await_log("worker.exception");
  EXPECT_NE(log.find("no such thing"), std::string::npos);
  EXPECT_NE(log.find("worker.js:13:"), std::string::npos) << log;
}

TEST_F(ServiceWorkerScenario, LeavesRequestsToTheOrigin) {
  origin.answers("/w/untouched", ok("from the origin"));
  origin.answers("/w/safe", ok("in spite of it"));
  EXPECT_EQ(body("untouched"), "from the origin");
  EXPECT_EQ(body("safe"), "in spite of it");
}

TEST_F(ServiceWorkerScenario, HasTheDateOfTheTestClock) {
  const std::string today = body("date");
  edge.advance(std::chrono::hours(48));
  EXPECT_GT(body("date"), today);
}

class NewServiceWorkerScenario : public ServiceWorkerScenario {
 protected:
  NewServiceWorkerScenario() : ServiceWorkerScenario("2026-11-17") {}
};

TEST_F(NewServiceWorkerScenario, WorksAtTheNewestDateToo) {
  origin.answers("/page", ok("<p>"));
  EXPECT_EQ(body("vars"), "hello 1");
  EXPECT_EQ(body("everything"), "MISS");
}

constexpr std::string_view kBundledServiceWorker = R"js(
import tea from "./tea.txt";
import add from "./add.wasm";
import { leaf } from "leaves";

declare const PAGE: string, TOKEN: string;
addEventListener("fetch", (event: FetchEvent) => event.respondWith(answer()));

async function answer(): Promise<Response> {
  const instance = await WebAssembly.instantiate(add);
  return Response.json([tea, leaf, instance.exports.add(40, 2), PAGE, TOKEN.length]);
}
)js";

class BundledServiceWorkerScenario : public ScriptScenario {
 protected:
  BundledServiceWorkerScenario()
      : ScriptScenario({
            {"worker/wrangler.toml",
             service_worker_wrangler("2018-01-01", "worker.ts") +
                 "[text_blobs]\nPAGE = \"page.html\"\n"},
            {"worker/page.html", "<p>"},
            {"worker/.dev.vars", "TOKEN=\"secret\"\n"},
            {"worker/worker.ts", kBundledServiceWorker},
            {"worker/tea.txt", "oolong"},
            {"worker/add.wasm", kAdd},
            {"worker/node_modules/leaves/package.json", R"({"name": "leaves", "main": "i.js"})"},
            {"worker/node_modules/leaves/i.js", "exports.leaf = 'from npm';"},
        }) {}
};

TEST_F(BundledServiceWorkerScenario, ImportsFilesAndPackages) {
  EXPECT_EQ(body("all"), R"(["oolong","from npm",42,"<p>",6])");
}

}  // namespace
}  // namespace festina::harness
