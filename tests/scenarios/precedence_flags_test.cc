// Who wins where a Cache Rule bypasses: every cell of the truth tables of reference §9.3 in the real workerd, for fetch(),
// match() and put(), to the Worker's own zone, to another one and to a host that is no zone.
#include <algorithm>
#include <memory>

#include "harness/flag_table.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

// Fetches a page twice, and uses the Cache API on a key that holds "seed": told is what came of it. The rule looks away
// from a request with X-Unruled, so what is in the cache is put there, and read, whatever the script's flags.
constexpr std::string_view kScript = R"js(
const told = async (response) => (response ? response.text() : "undefined");
const kept = (text) => new Response(text, { headers: { "Cache-Control": "max-age=60" } });

export default {
  async fetch(request) {
    const asked = new URL(request.url).searchParams;
    const key = asked.get("key");
    const unruled = new Request(key, { headers: { "X-Unruled": "yes" } });
    const statuses = [];
    for (let i = 0; i < 2; ++i) {
      const page = await fetch(asked.get("page"), { cf: { cacheEverything: true, cacheTtl: 60 } });
      await page.text();
      statuses.push(page.headers.get("CF-Cache-Status"));
    }
    await caches.default.put(unruled, kept("seed"));
    const found = await told(await caches.default.match(key));
    const put = await caches.default.put(key, kept("new"));
    const after = await told(await caches.default.match(unruled));
    return new Response(`fetch ${statuses}; match ${found}; put ${put}, then there is ${after}`);
  },
};
)js";

// What the script tells where these win.
std::string told_when(std::string_view winners) {
  const auto wins = [&](std::size_t i) { return winners[i] == 'W'; };
  return std::string("fetch ") + (wins(0) ? "MISS,HIT" : "DYNAMIC,DYNAMIC") + "; match " +
         (wins(1) ? "seed" : "undefined") + "; put undefined, then there is " +
         (wins(2) ? "new" : "seed");
}

constexpr std::size_t kRows = std::size(kFlagTable);
constexpr std::size_t kDates = kFlagDates.size();

// "c2-13": of a date and a row.
std::string cell_name(std::size_t date, std::size_t row) {
  return "c" + std::to_string(date) + "-" + std::to_string(row);
}

constexpr std::string_view kBypass =
    "[[zones.cache_rules]]\ndescription = \"bypass all\"\n"
    "expression = 'not any(http.request.headers.names[*] eq \"x-unruled\") and not "
    "starts_with(http.request.uri.path, \"/free/\")'\n"
    "action_parameters = { cache = false }\n";

constexpr std::string_view kEligible =
    "[[zones.cache_rules]]\ndescription = \"cache all\"\nexpression = 'true'\n"
    "action_parameters = { cache = true }\n";

// One edge with a script for every cell. Each binds the first: so they are a group, and run in one process.
struct Cells {
  Origin origin;
  Origin stranger;  // of no zone
  TempDir files;
  Edge edge{files, options()};

 private:
  EdgeOptions options() const {
    EdgeOptions options;
    options.zones = zone_toml("own.example", origin.url(), std::string(kBypass)) +
                    zone_toml("other.example", origin.url(), std::string(kBypass)) +
                    zone_toml("open.example", origin.url(), std::string(kEligible));
    files.write("workers/index.js", kScript);
    for (std::size_t date = 0; date < kDates; ++date) {
      for (std::size_t row = 0; row < kRows; ++row) options.zones += script(date, row);
    }
    options.more = "[workers]\nprivate_network = \"allow\"\n";
    return options;
  }
  std::string script(std::size_t date, std::size_t row) const {
    const std::string name = cell_name(date, row);
    const std::string file = "workers/" + name + ".toml";
    files.write(
        file,
        "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"" +
            std::string(kFlagDates[date]) + "\"\ncompatibility_flags = [" +
            spelled_out(kFlagTable[row].flags) + "]\nroutes = [\"own.example/" + name +
            "/*\"]\nservices = [{ binding = \"FIRST\", service = \"c0-0\" }]\n"
    );
    return "[[scripts]]\nwrangler = \"" + file + "\"\n";
  }
};

bool has_all(const std::string& text, const std::vector<std::string>& parts) {
  return std::ranges::all_of(parts, [&](const std::string& part) {
    return text.find(part) != std::string::npos;
  });
}

// All tests share one edge, for it takes longer to start than to ask: each has its own target, so its own URLs.
class PrecedenceOfFlags : public testing::Test {
 protected:
  static void SetUpTestSuite() { shared() = std::make_unique<Cells>(); }
  static void TearDownTestSuite() { shared().reset(); }
  static std::unique_ptr<Cells>& shared() {
    static std::unique_ptr<Cells> cells;
    return cells;
  }
  static const Edge& edge() { return shared()->edge; }

  // `target`: the front of the URLs.
  void expect_table(const std::string& target, std::string_view winners_of_all = {}) {
    for (std::size_t date = 0; date < kDates; ++date) {
      for (std::size_t row = 0; row < kRows; ++row) {
        const std::string_view winners =
            winners_of_all.empty() ? kFlagTable[row].winners[date] : winners_of_all;
        EXPECT_EQ(told(cell_name(date, row), target), told_when(winners))
            << kFlagDates[date] << " " << kFlagTable[row].flags << " to " << target;
      }
    }
  }
  // By the script of a cell.
  std::string told(const std::string& cell, const std::string& target) {
    const std::string page = target + "/page/" + cell;
    const std::string path = page.substr(page.find('/', std::string_view("http://").size()));
    for (Origin* each : {&shared()->origin, &shared()->stranger}) each->answers(path, ok("<p>"));
    last = edge().get(
        "http://own.example/" + cell + "/?page=" + http::percent_encoded(page) +
        "&key=" + http::percent_encoded(target + "/key/" + cell)
    );
    return last.body;
  }
  // Of the last visit, in words.
  std::string explained() const {
    return edge().api("GET", "/festina/v1/explain/" + last.field("CF-Ray")).body;
  }
  // Returns once the access log has a line with all of these in it.
  static void await_record(const std::vector<std::string>& parts) {
    const auto is_it = [&](const std::string& record) { return has_all(record, parts); };
    std::vector<std::string> records;
    do {
      records = edge().await_records(records.size() + 1);
    } while (std::ranges::none_of(records, is_it));
  }

  Answer last;
};

TEST_F(PrecedenceOfFlags, IsAsTheTableSaysInTheOwnZone) { expect_table("http://own.example"); }

TEST_F(PrecedenceOfFlags, IsAsTheTableSaysForAHostThatIsNoZone) {
  expect_table(shared()->stranger.url());
}

// Neither cf nor a flag reaches into it; a key of its host is in the own zone's cache, whose rule no flag overrides there.
TEST_F(PrecedenceOfFlags, IsTheRulesInAnotherZone) { expect_table("http://other.example", "RRR"); }

// What its rules say stands for whoever comes; a key is in the own zone's cache all the same.
TEST_F(PrecedenceOfFlags, IsNoMatterToAnotherZoneThatCaches) {
  expect_table("http://open.example", "WRR");
}

TEST_F(PrecedenceOfFlags, IsNoMatterWhereNoRuleBypasses) {
  expect_table("http://own.example/free", "WWW");
}

TEST_F(PrecedenceOfFlags, IsToldInTheLog) {  // reference §14.1
  EXPECT_EQ(told("c0-0", "http://own.example/log"), told_when("RRR"));
  EXPECT_EQ(told("c3-0", "http://own.example/log"), told_when("WWW"));
  const struct {
    const char* cell;
    const char* method;
    const char* status;
    const char* cache_status;
  } cases[] = {
      {"c0-0", "GET", "504", "dynamic"},
      {"c0-0", "PUT", "413", "dynamic"},
      {"c3-0", "GET", "200", "hit"},
      {"c3-0", "PUT", "204", "unknown"},
  };
  for (const auto& c : cases) {
    await_record(
        {R"("ClientRequestPath":"/log/key/)" + std::string(c.cell) + '"',
         R"("ClientRequestMethod":")" + std::string(c.method) + '"',
         R"("EdgeResponseStatus":)" + std::string(c.status),
         R"("CacheCacheStatus":")" + std::string(c.cache_status) + '"',
         R"("ClientRequestSource":"edgeWorkerCacheAPI")"}
    );
  }
}

TEST_F(PrecedenceOfFlags, IsExplainedByRayWithTheFlagThatIsOff) {
  const auto expect_explained = [this](const std::vector<const char*>& parts) {
    const std::string why = explained();
    for (const char* part : parts) {
      EXPECT_NE(why.find(part), std::string::npos) << part << " is not in " << why;
    }
  };
  EXPECT_EQ(told("c0-0", "http://own.example/ray"), told_when("RRR"));
  expect_explained(
      {"bypass all",
       "rejected",
       "the script got undefined",
       "put() resolved all the same",
       "cache_api_compat_flags (on from 2025-04-19)",
       "cache_api_request_cf_overrides_cache_rules (on from 2025-05-19)",
       "request_cf_overrides_cache_rules (on from 2025-04-02)"}
  );
  EXPECT_EQ(told("c3-0", "http://own.example/ray"), told_when("WWW"));
  expect_explained({"cache_api_beats_rules"});
  EXPECT_EQ(told("c3-0", "http://other.example/ray"), told_when("RRR"));
  expect_explained({"the host of the key is of another zone"});
}

}  // namespace
}  // namespace festina::harness
