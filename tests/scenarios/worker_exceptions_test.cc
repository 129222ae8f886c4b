// Workers that throw: in every kind of handler, passed through to the origin or not, before and after their answer has
// begun. Each is told in the log and in explain, with its stack.
#include <gmock/gmock.h>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using testing::HasSubstr;

std::string wrangler(const std::string& name, const std::string& main, const std::string& more) {
  return "name = \"" + name + "\"\nmain = \"" + main +
         "\"\ncompatibility_date = \"2026-11-17\"\nroutes = [{ pattern = \"example.com/" + name +
         "/*\", zone_name = \"example.com\" }]\n" + more;
}

constexpr std::string_view kHandlers = R"js(
import { WorkerEntrypoint } from "cloudflare:workers";

const nameOf = (request) => new URL(request.url).pathname.split("/").pop();

async function fails(request, ctx) {
  const name = nameOf(request);
  if (name === "read") await request.text();
  if (name === "late") {
    ctx.waitUntil((async () => { await null; throw new TypeError("thrown late"); })());
    return new Response("answered");
  }
  if (name === "begun") return begun(ctx);
  throw new TypeError("thrown " + name);
}

function begun(ctx) {
  const { readable, writable } = new TransformStream();
  ctx.waitUntil((async () => {
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("begun"));
    await fetch("http://example.com/held");
    await writer.abort(new TypeError("thrown in the body"));
  })());
  return new Response(readable);
}

export class Named extends WorkerEntrypoint {
  fetch(request) {
    this.ctx.passThroughOnException();
    return fails(request, this.ctx);
  }
}
)js";

constexpr std::string_view kDefault = R"js(
export default {
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/object/named/")) return env.NAMED.fetch(request);
    if (!pathname.startsWith("/object/bare/")) ctx.passThroughOnException();
    return fails(request, ctx);
  },
};
)js";

constexpr std::string_view kClass = R"js(
export default class extends WorkerEntrypoint {
  fetch(request) {
    if (!new URL(request.url).pathname.startsWith("/class/bare/")) this.ctx.passThroughOnException();
    return fails(request, this.ctx);
  }
}
)js";

constexpr std::string_view kListener = R"js(
addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (!path.startsWith("/listener/bare/")) event.passThroughOnException();
  event.respondWith(answer(path.split("/").pop(), event));
});

async function answer(name, event) {
  if (name === "read") await event.request.text();
  if (name === "late") {
    event.waitUntil((async () => { await null; throw new TypeError("thrown late"); })());
    return new Response("answered");
  }
  throw new TypeError("thrown " + name);
}
)js";

constexpr std::string_view kSelfBinding =
    "[[services]]\nbinding = \"NAMED\"\nservice = \"object\"\nentrypoint = \"Named\"\n";

class WorkerExceptions : public testing::Test {
 protected:
  // The exception that explain tells of this request, once it has been reported.
  json::Value told_of(const Answer& answer) const {
    const std::string path = "/festina/v1/explain/" + answer.field("CF-Ray");
    for (;;) {
      const json::Value told = json::parse(edge.api("GET", path).body).value();
      if (const json::Value* thrown = json::find(told, "exceptions")) return thrown->at(0);
    }
  }
  void expect_told(const Answer& answer, const std::string& message, const std::string& file)
      const {
    const json::Value thrown = told_of(answer);
    EXPECT_EQ(thrown.at("name"), "TypeError");
    EXPECT_EQ(thrown.at("message").as_string(), message);
    EXPECT_THAT(thrown.at("stack").as_string().c_str(), HasSubstr(file + ":"));
    const std::string ray = answer.field("CF-Ray").substr(0, 16);
    const std::string log = edge.await_log("ray=" + ray);
    const std::string line = log.substr(log.find("ray=" + ray));
    EXPECT_THAT(line.substr(0, line.find('\n')), HasSubstr(message));
    EXPECT_THAT(line.substr(0, line.find('\n')), HasSubstr(file + ":"));
  }
  static Ask post(const std::string& body) {
    return {.method = "POST", .fields = {}, .body = body};
  }

  Origin origin;
  TempDir files;
  Edge edge{files, prepared()};

 private:
  EdgeOptions prepared() const {
    std::string zones = zone_toml("example.com", origin.url());
    const auto script = [&](const std::string& name,
                            const std::string& main,
                            const std::string& text,
                            std::string_view more) {
      files.write(name + "/wrangler.toml", wrangler(name, main, std::string(more)));
      files.write(name + "/" + main, text);
      zones += "[[scripts]]\nwrangler = \"" + name + "/wrangler.toml\"\n";
    };
    script("object", "object.js", std::string(kHandlers).append(kDefault), kSelfBinding);
    script("class", "class.js", std::string(kHandlers).append(kClass), "");
    script("listener", "listener.js", std::string(kListener), "");
    return edge_for(std::move(zones));
  }
};

TEST_F(WorkerExceptions, PassThroughToTheOriginFromEveryKindOfHandler) {
  const struct {
    std::string path;
    std::string file;
  } cases[] = {
      {"/object/at-once", "object.js"},
      {"/object/named/at-once", "object.js"},
      {"/class/at-once", "class.js"},
      {"/listener/at-once", "listener.js"},
  };
  for (const auto& c : cases) {
    origin.answers(c.path, ok("from the origin"));
    const Answer got = edge.get(kSite + c.path);
    expect_answer(got, 200, "DYNAMIC", "from the origin");
    expect_told(got, "thrown at-once", c.file);

    const Answer posted = edge.get(kSite + c.path, post("a body"));
    EXPECT_EQ(posted.body, "from the origin") << c.path;
    EXPECT_EQ(origin.asked(c.path, ":method"), "POST") << c.path;
    EXPECT_EQ(origin.asked(c.path, "Content-Length"), "6") << "nobody has read of it: " << c.path;
  }
}

// The runtime keeps nothing of a body: what the Worker has read, the origin does not get.
TEST_F(WorkerExceptions, PassOnWhatIsLeftOfARequestBody) {
  const std::string paths[] = {
      "/object/read", "/object/named/read", "/class/read", "/listener/read"
  };
  for (const std::string& path : paths) {
    origin.answers(path, ok("from the origin"));
    const Answer posted = edge.get(kSite + path, post("a body"));
    EXPECT_EQ(posted.body, "from the origin") << path;
    EXPECT_EQ(origin.asked(path, "Content-Length"), "0") << path;
    const std::string told = edge.api("GET", "/festina/v1/explain/" + posted.field("CF-Ray")).body;
    EXPECT_THAT(told, HasSubstr("0 of 6 bytes")) << path;
  }
}

TEST_F(WorkerExceptions, ThatNothingCatchesAreAPageOfTheirOwn) {
  for (const std::string kind : {"object", "class", "listener"}) {
    const Answer answer =
        edge.get(std::string(kSite).append("/").append(kind).append("/bare/at-once"));
    EXPECT_EQ(answer.status, 500) << kind;
    EXPECT_THAT(answer.body, HasSubstr("1101")) << kind;
    expect_told(answer, "thrown at-once", kind + ".js");
  }
  EXPECT_EQ(origin.requests(), 0U);
}

TEST_F(WorkerExceptions, AfterTheAnswerAreToldToo) {
  for (const std::string kind : {"object", "class", "listener"}) {
    const Answer answer = edge.get(std::string(kSite).append("/").append(kind).append("/late"));
    EXPECT_EQ(answer.body, "answered") << kind;
    expect_told(answer, "thrown late", kind + ".js");
  }
}

TEST_F(WorkerExceptions, WithinTheAnswerCutItShort) {
  origin.answers("/held", ok("x"));
  origin.holds("/held");
  Connection client(edge.listener());
  client.send("GET /object/begun HTTP/1.1\r\nHost: example.com\r\n\r\n");
  std::string seen;
  while (seen.find("begun") == std::string::npos) {
    const std::string part = client.read_some();
    ASSERT_FALSE(part.empty()) << "after " << seen;
    seen += part;
  }
  EXPECT_TRUE(seen.starts_with("HTTP/1.1 200 ")) << seen;
  origin.releases("/held");
  const std::string rest = client.read_to_end();
  EXPECT_EQ(rest.find("0\r\n\r\n"), std::string::npos) << "nobody must take it for whole";
  EXPECT_EQ(origin.requests("/object/begun"), 0U) << "too late to pass it through";
  edge.await_log("thrown in the body");
}

}  // namespace
}  // namespace festina::harness
