// Where a Worker is served: custom domains, workers.dev, <script>.localhost; and what its fetch() to such hosts meets.
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kApi = R"({
  // The Worker behind api.example.com.
  "name": "api",
  "main": "src/index.js",
  "compatibility_date": "2026-11-17",
  "routes": [{ "pattern": "api.example.com", "custom_domain": true }],
  "workers_dev": true,
  "vars": { "GREETING": "hello", "LIMITS": { "items": 3 } },
  "secrets": { "required": ["TOKEN"] },
})";

constexpr std::string_view kApiScript = R"js(
const text = (body, headers) => new Response(body, { headers });
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/fetch": {
        const response = await fetch(url.searchParams.get("url"));
        return text(`${response.status} ${await response.text()}`);
      }
      case "/put":
        await caches.default.put("http://kept.example/", text("kept", { "Cache-Control": "max-age=60" }));
        return text("put");
      case "/match": return (await caches.default.match("http://kept.example/")) ?? text("nothing");
      default: return text(`api ${env.GREETING} ${env.LIMITS.items} ${env.TOKEN.length} ${url.pathname}`);
    }
  },
};
)js";

constexpr std::string_view kFront = R"(
name = "front"
main = "index.js"
compatibility_date = "2026-11-17"
routes = ["api.example.com/front/*"]
workers_dev = true
)";

constexpr std::string_view kFrontScript = R"js(
export default {
  async fetch(request) {
    const target = new URL(request.url).searchParams.get("url");
    const response = await fetch(target ?? request);
    return new Response(`front, ${response.status} ${await response.text()}`);
  },
};
)js";

class ScriptHosts : public testing::Test {
 protected:
  ScriptHosts() {
    files.write("api/wrangler.jsonc", kApi);
    files.write("api/src/index.js", kApiScript);
    files.write("api/.dev.vars", "TOKEN='very secret'\n");
    files.write("front/wrangler.toml", kFront);
    files.write("front/index.js", kFrontScript);
  }
  static EdgeOptions options() {
    return edge_for(
        "[[zones]]\nname = \"example.com\"\norigin = \"none\"\n"
        "[[scripts]]\nwrangler = \"api\"\n[[scripts]]\nwrangler = \"front/wrangler.toml\"\n"
    );
  }

  TempDir files;
};

TEST_F(ScriptHosts, ServeEveryPathOfACustomDomain) {
  const Edge edge(files, options());
  EXPECT_EQ(edge.get("http://api.example.com/").body, "api hello 3 11 /");
  EXPECT_EQ(edge.get("http://api.example.com/a/b?c").body, "api hello 3 11 /a/b");

  const Answer nobody = edge.get("http://example.com/");
  EXPECT_EQ(nobody.status, 530) << "the zone has no origin";
  EXPECT_NE(nobody.body.find("zone example.com has no origin"), std::string::npos) << nobody.body;
}

TEST_F(ScriptHosts, RunRoutesBeforeACustomDomainWhichIsTheirOrigin) {
  const Edge edge(files, options());
  EXPECT_EQ(edge.get("http://api.example.com/front/x").body, "front, 200 api hello 3 11 /front/x");
}

TEST_F(ScriptHosts, GiveAWorkerThatFetchesItselfNoOrigin) {
  const Edge edge(files, options());
  const Answer domain = edge.get("http://api.example.com/fetch?url=http://api.example.com/x");
  EXPECT_TRUE(domain.body.starts_with("522 ")) << domain.body;
  EXPECT_NE(domain.body.find("whose origin it is itself"), std::string::npos) << domain.body;

  const Answer local = edge.get("http://api.localhost/fetch?url=http://api.localhost/x");
  EXPECT_TRUE(local.body.starts_with("522 ")) << local.body;
}

TEST_F(ScriptHosts, NeedNoZone) {
  const Edge edge(files, options());
  EXPECT_EQ(edge.get("http://api.localhost/x").body, "api hello 3 11 /x");
  EXPECT_EQ(edge.get("http://api.me.workers.dev/x").body, "api hello 3 11 /x");
  EXPECT_EQ(edge.get("http://api.you.workers.dev/x").body, "api hello 3 11 /x");

  const Answer other = edge.get("http://other.me.workers.dev/x");
  EXPECT_EQ(other.status, 530);
  for (const std::string name :
       {"example.com", "api.localhost", "api.*.workers.dev", "front.localhost"})
    EXPECT_NE(other.body.find(name), std::string::npos) << name;
}

TEST_F(ScriptHosts, HaveACacheEach) {
  const Edge edge(files, options());
  EXPECT_EQ(edge.get("http://api.localhost/put").body, "put");
  EXPECT_EQ(edge.get("http://api.localhost/match").body, "kept");
  EXPECT_EQ(edge.get("http://api.me.workers.dev/match").body, "nothing");
  EXPECT_EQ(edge.get("http://api.example.com/match").body, "nothing");
}

TEST_F(ScriptHosts, OfOneZoneOnWorkersDevDoNotReachEachOther) {
  const Edge edge(files, options());
  const Answer answer = edge.get("http://front.me.workers.dev/?url=http://api.me.workers.dev/x");
  EXPECT_TRUE(answer.body.starts_with("front, 404 ")) << answer.body;
  EXPECT_NE(answer.body.find("1042"), std::string::npos) << answer.body;
  EXPECT_EQ(
      edge.get("http://front.localhost/?url=http://api.localhost/x").body,
      "front, 200 api hello 3 11 /x"
  ) << "zones of their own do";
}

TEST_F(ScriptHosts, AreToldWhenNothingElseLeadsToAScript) {
  files.write(
      "front/wrangler.toml",
      "name = \"front\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\n"
      "workers_dev = false\n"
  );
  const std::string config =
      files.write("festina.toml", "[[scripts]]\nwrangler = \"front/wrangler.toml\"\n");
  const Outcome checked = run_festina({"check", "--config", config});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
  EXPECT_NE(
      checked.errors.find(
          "front/wrangler.toml:1:8: script front has neither routes nor workers_dev: "
          "only http://front.localhost reaches it - add routes"
      ),
      std::string::npos
  ) << checked.errors;
}

TEST_F(ScriptHosts, AreRefusedWithoutARequiredSecretThatIsNeverTold) {
  const std::string config = files.write("festina.toml", "[[scripts]]\nwrangler = \"api\"\n");
  files.write("api/.dev.vars", "OTHER='very secret'\nbroken very secret\n");
  const Outcome checked = run_festina({"check", "--config", config});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_NE(checked.errors.find("secret \"TOKEN\" is missing"), std::string::npos)
      << checked.errors;
  EXPECT_EQ((checked.errors + checked.output).find("very secret"), std::string::npos)
      << checked.errors;
}

}  // namespace
}  // namespace festina::harness
