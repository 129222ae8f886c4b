// Requests that lead back to where they came from: through Workers, and through the network, as if over other nodes
// (RFC 8586, worker-wire.md §7).
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

// Counts how often it runs within itself. What it asks leads back to it.
constexpr std::string_view kScript = R"js(
import http from "node:http";

function byNodesOwnClient(url) {
  return new Promise((resolve, reject) => {
    http.get(url, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => {
        resolve(new Response(text, { status: answer.statusCode, headers: { "X-Runs": answer.headers["x-runs"] ?? "0" } }));
      });
    }).on("error", reject);
  });
}

export default {
  async fetch(request) {
    const isNodes = new URL(request.url).pathname.startsWith("/node/");
    const inner = await (isNodes ? byNodesOwnClient(request.url) : fetch(request));
    const runs = Number(inner.headers.get("X-Runs") ?? 0) + 1;
    return new Response(await inner.text(), { status: inner.status, headers: { "X-Runs": runs } });
  },
};
)js";

constexpr std::string_view kWrangler = R"(
name = "round"
main = "index.js"
compatibility_date = "2026-11-17"
compatibility_flags = ["nodejs_compat"]
routes = [{ pattern = "example.com/*", zone_name = "example.com" }]
)";

constexpr std::size_t kMaxLoops = 16;

// A site whose origin is the edge itself.
class WorkerLoops : public SiteScenario {
 protected:
  WorkerLoops()
      : SiteScenario(
            edge_for("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"),
            {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", kScript}}
        ) {
    std::string config = read_file(edge.config_file());
    config.replace(config.find(origin.url()), origin.url().size(), edge.listener());
    files.write("festina.toml", config);
    const Outcome taken = run_festina({"reload", "--config", edge.config_file()});
    EXPECT_EQ(taken.exit_code, 0) << taken.errors;
  }
  static Ask having_passed(std::size_t times) {
    std::string loop = "elsewhere";
    for (std::size_t i = 0; i < times; ++i) loop += ", festina";
    return {.method = "GET", .fields = {{"CDN-Loop", loop}}, .body = {}};
  }
};

TEST_F(WorkerLoops, ThroughTheNetworkEndAtTheLimit) {
  const Answer answer = edge.get(kSite + "/");
  EXPECT_EQ(answer.field("X-Runs"), std::to_string(kMaxLoops));
  EXPECT_NE(answer.body.find("1019"), std::string::npos) << answer.body;
}

TEST_F(WorkerLoops, CountWhatOtherNodesHaveCounted) {
  EXPECT_EQ(edge.get(kSite + "/", having_passed(kMaxLoops - 1)).field("X-Runs"), "1");
  const Answer refused = edge.get(kSite + "/", having_passed(kMaxLoops));
  EXPECT_FALSE(refused.has("X-Runs"));
  EXPECT_NE(refused.body.find("1019"), std::string::npos) << refused.body;
}

TEST_F(WorkerLoops, EndByWhateverClientTheyAreMade) {
  const Answer answer = edge.get(kSite + "/node/");
  EXPECT_EQ(answer.field("X-Runs"), std::to_string(kMaxLoops));
  EXPECT_NE(answer.body.find("1019"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace festina::harness
