// What a Worker's cf asks of storing: Cache Deception Armor, stripped validators (reference §3.8, §4.2).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kWrangler = R"(
name = "storing"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/*", zone_name = "example.com" }]
)";

// The path's first segment says how to fetch the rest of it.
constexpr std::string_view kScript = R"js(
const options = {
  armored: { cacheDeceptionArmor: true },
  bare: { cacheDeceptionArmor: false },
  overridden: { cacheDeceptionArmor: true, cacheTtl: 60 },
  stripped: { stripEtags: true },
};
export default {
  fetch(request) {
    const url = new URL(request.url);
    const [, how] = url.pathname.split("/");
    return fetch(url, { cf: options[how] });
  },
};
)js";

EdgeOptions with_worker() {
  EdgeOptions options;
  options.zones = "[[scripts]]\nwrangler = \"storing/wrangler.toml\"\n";
  return options;
}

class WhatAWorkerAsksOfStoring : public SiteScenario {
 protected:
  WhatAWorkerAsksOfStoring()
      : SiteScenario(
            with_worker(), {{"storing/wrangler.toml", kWrangler}, {"storing/index.js", kScript}}
        ) {}
  std::string second_status(const std::string& path, const Reaction& reaction) {
    origin.answers(path, reaction);
    edge.get(kSite + path);
    return edge.get(kSite + path).cache_status();
  }
  static Reaction typed(const std::string& type, const std::string& cache_control = {}) {
    Fields fields{{"Content-Type", type}};
    if (!cache_control.empty()) fields.emplace_back("Cache-Control", cache_control);
    return {.status = 200, .fields = fields, .body = "hello"};
  }
};

TEST_F(WhatAWorkerAsksOfStoring, ArmorStoresNoPageUnderAStaticName) {
  EXPECT_EQ(second_status("/bare/account/x.css", typed("text/html")), "HIT");
  EXPECT_EQ(second_status("/armored/account/x.css", typed("text/html")), "BYPASS");
  EXPECT_EQ(second_status("/armored/a.css", typed("text/css")), "HIT");
  EXPECT_EQ(second_status("/armored/a.jpg", typed("image/webp")), "HIT");
  EXPECT_EQ(second_status("/armored/a.js", typed("application/octet-stream")), "HIT");
}

TEST_F(WhatAWorkerAsksOfStoring, AWordOnCachingOverridesTheArmor) {
  EXPECT_EQ(second_status("/overridden/x.css", typed("text/html")), "HIT");
  EXPECT_EQ(second_status("/armored/y.css", typed("text/html", "max-age=60")), "HIT");
}

TEST_F(WhatAWorkerAsksOfStoring, StrippedTagsAreNotStored) {
  Reaction tagged = ok("x", "max-age=60");
  tagged.fields.emplace_back("ETag", "\"v1\"");
  origin.answers("/stripped/a.css", tagged);

  EXPECT_FALSE(edge.get(kSite + "/stripped/a.css").has("ETag"));
  const Answer hit = edge.get(kSite + "/stripped/a.css");
  EXPECT_EQ(hit.cache_status(), "HIT");
  EXPECT_FALSE(hit.has("ETag"));
  EXPECT_FALSE(hit.has("Last-Modified"));
}

}  // namespace
}  // namespace festina::harness
