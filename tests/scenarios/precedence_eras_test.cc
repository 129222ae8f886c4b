// What a compatibility date changes of precedence, with nothing else changed: across redeploys that keep what is stored,
// under Development Mode and Page Rules, and where rules do not bypass (reference §9.1, §9.3).
#include "base/json.h"
#include "harness/flag_table.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

// One call, and what it gave: `fetch` with this cf, `match`, or `put` with this text.
constexpr std::string_view kScript = R"js(
export default {
  async fetch(request) {
    const asked = new URL(request.url).searchParams;
    if (asked.has("fetch")) return fetch(asked.get("fetch"), { cf: JSON.parse(asked.get("cf")) });
    if (asked.has("match")) {
      return (await caches.default.match(asked.get("match"))) ?? new Response("undefined");
    }
    const headers = { "Cache-Control": "max-age=600" };
    await caches.default.put(asked.get("put"), new Response(asked.get("text"), { headers }));
    return new Response("put");
  },
};
)js";

constexpr std::string_view kMinute = R"({"cacheEverything":true,"cacheTtl":60})";

std::string wrangler(
    std::string_view name, std::string_view date, const std::vector<std::string>& zones
) {
  std::string routes;
  for (const std::string& zone : zones) {
    if (!routes.empty()) routes += ", ";
    routes.append("\"").append(zone).append("/").append(name).append("/*\"");
  }
  return "name = \"" + std::string(name) + "\"\nmain = \"index.js\"\ncompatibility_date = \"" +
         std::string(date) + "\"\nroutes = [" + routes +
         "]\nservices = [{ binding = \"FIRST\", service = \"e0\" }]\n";
}

// "[[zones.cache_rules]]"
std::string cache_rule(const std::string& parameters) {
  return "[[zones.cache_rules]]\ndescription = \"all\"\nexpression = 'true'\n"
         "action_parameters = { " +
         parameters + " }\n";
}

// Of the script that calls for it.
class Calling {
 public:
  Calling(const Edge& edge, std::string zone, std::string script)
      : edge_(edge), zone_("http://" + std::move(zone)), script_(std::move(script)) {}

  Answer fetched(std::string_view path, std::string_view cf = kMinute) const {
    return call("fetch=" + quoted(path) + "&cf=" + http::percent_encoded(cf));
  }
  std::string status(std::string_view path, std::string_view cf = kMinute) const {
    return fetched(path, cf).cache_status();
  }
  std::string twice(std::string_view path, std::string_view cf = kMinute) const {
    const std::string first = status(path, cf);
    return first + " " + status(path, cf);
  }
  void put(std::string_view path, std::string_view text) const {
    EXPECT_EQ(call("put=" + quoted(path) + "&text=" + http::percent_encoded(text)).body, "put");
  }
  // "HIT one", or "undefined".
  std::string match(std::string_view path) const {
    const Answer answer = call("match=" + quoted(path));
    EXPECT_EQ(answer.status, 200);
    const std::string status = answer.cache_status();
    return status.empty() ? answer.body : status + " " + answer.body;
  }

 private:
  std::string quoted(std::string_view path) const {
    return http::percent_encoded(zone_ + std::string(path));
  }
  Answer call(const std::string& query) const {
    return edge_.get(zone_ + "/" + script_ + "/?" + query);
  }
  const Edge& edge_;
  std::string zone_;
  std::string script_;
};

// One script whose date is changed, in a zone with a rule that bypasses.
class Redeploys : public testing::Test {
 protected:
  Redeploys() { origin.answers("/page", with_etag(ok("<p>"))); }

  static Reaction with_etag(Reaction reaction) {
    reaction.fields.emplace_back("ETag", "\"e\"");
    return reaction;
  }
  void redeploy(std::string_view date) const {
    files.write("worker/wrangler.toml", of_date(date));
    const Outcome outcome = run_festina({"reload", "--config", edge.config_file()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  Calling script() const { return {edge, "example.com", "e0"}; }
  // Put and match, as a script does that keeps what it makes.
  void expect_kept(const std::string& text, const std::string& found) const {
    script().put("/kept", text);
    EXPECT_EQ(script().match("/kept"), found);
  }

  Origin origin;
  TempDir files;
  Edge edge{files, options()};

 private:
  static std::string of_date(std::string_view date) {
    return wrangler("e0", date, {"example.com"});
  }
  EdgeOptions options() const {
    files.write("worker/index.js", kScript);
    files.write("worker/wrangler.toml", of_date(kFlagDates[0]));
    return edge_for(
        zone_toml("example.com", origin.url(), cache_rule("cache = false")) +
        "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
    );
  }
};

TEST_F(Redeploys, ChangeWhoWinsAndKeepWhatIsStored) {  // reference §9.3, "Observed statuses"
  EXPECT_EQ(script().twice("/page"), "DYNAMIC DYNAMIC") << "until 2025-04-01";
  expect_kept("first", "undefined");
  redeploy(kFlagDates[1]);
  EXPECT_EQ(script().twice("/page"), "MISS HIT") << "from 2025-04-02";
  expect_kept("second", "undefined");
  redeploy(kFlagDates[2]);
  EXPECT_EQ(script().status("/page"), "HIT") << "from 2025-04-19";
  expect_kept("third", "undefined");
  redeploy(kFlagDates[3]);
  EXPECT_EQ(script().status("/page"), "HIT") << "from 2025-05-19";
  EXPECT_EQ(script().match("/kept"), "undefined") << "nothing that was put before was stored";
  expect_kept("fourth", "HIT fourth");

  redeploy(kFlagDates[2]);
  EXPECT_EQ(script().status("/page"), "HIT") << "and back";
  expect_kept("fifth", "undefined");
  redeploy(kFlagDates[1]);
  EXPECT_EQ(script().status("/page"), "HIT");
  expect_kept("sixth", "undefined");
  redeploy(kFlagDates[0]);
  EXPECT_EQ(script().twice("/page"), "DYNAMIC DYNAMIC");
  expect_kept("seventh", "undefined");

  redeploy(kFlagDates[3]);
  EXPECT_EQ(script().status("/page"), "HIT");
  EXPECT_EQ(script().match("/kept"), "HIT fourth") << "it was there all the time";
}

TEST_F(
    Redeploys, ValidateAnOlderEntry
) {  // reference §9.3, "REVALIDATED when an older entry existed"
  redeploy(kFlagDates[1]);
  EXPECT_EQ(script().status("/page"), "MISS");
  redeploy(kFlagDates[0]);
  edge.advance(seconds(61));
  EXPECT_EQ(script().status("/page"), "DYNAMIC");
  EXPECT_EQ(origin.asked("/page", "If-None-Match"), "") << "what is stored has no part in it";

  redeploy(kFlagDates[1]);
  origin.answers("/page", with_etag({.status = 304, .fields = {}, .body = {}}));
  const Answer validated = script().fetched("/page");
  expect_answer(validated, 200, "REVALIDATED", "<p>");
  EXPECT_EQ(origin.asked("/page", "If-None-Match"), "\"e\"");
  EXPECT_EQ(script().status("/page"), "HIT");
}

// The same script at the four dates, without a flag, in zones that say different things.
class PrecedenceByDate : public testing::Test {
 protected:
  static constexpr std::size_t kDates = kFlagDates.size();

  Calling script(std::size_t date, const std::string& zone) const {
    return {edge, zone, "e" + std::to_string(date)};
  }
  // A path of its own for each date, at which the origin has a page.
  std::string page(std::size_t date) {
    std::string path = "/page" + std::to_string(date);
    origin.answers(path, ok("<p>"));
    return path;
  }
  // fetch() twice, put() and match(), as the first row of the table says.
  void expect_as_under_a_bypass(const std::string& zone) {
    const struct {
      const char* fetched;
      const char* matched;
    } expected[kDates] = {
        {"DYNAMIC DYNAMIC", "undefined"},
        {"MISS HIT", "undefined"},
        {"MISS HIT", "undefined"},
        {"MISS HIT", "HIT new"},
    };
    for (std::size_t date = 0; date < kDates; ++date) {
      const Calling calling = script(date, zone);
      EXPECT_EQ(calling.twice(page(date)), expected[date].fetched) << zone << kFlagDates[date];
      const std::string key = "/key" + std::to_string(date);
      calling.put(key, "new");
      EXPECT_EQ(calling.match(key), expected[date].matched) << zone << " " << kFlagDates[date];
    }
  }
  void set_development_mode(const std::string& zone, const std::string& value) const {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=" + zone).body).value();
    const std::string id(zones.at("result").at(0).at("id").as_string());
    const Answer answer = edge.api(
        "PATCH",
        "/client/v4/zones/" + id + "/settings/development_mode",
        R"({"value":")" + value + R"("})"
    );
    EXPECT_EQ(answer.status, 200) << answer.body;
  }

  Origin origin;
  TempDir files;
  Edge edge{files, options()};

 private:
  EdgeOptions options() const {
    const std::string page_rule =
        "[[zones.page_rules]]\n"
        "targets = [{ target = \"url\", constraint = { operator = \"matches\", value = "
        "\"paged.example/*\" } }]\n"
        "actions = [{ id = \"cache_level\", value = \"bypass\" }]\n";
    const std::string an_hour =
        "cache = true, edge_ttl = { mode = \"override_origin\", default = 3600 }";
    const std::vector<std::pair<std::string, std::string>> zones = {
        {"plain.example", ""},
        {"ruled.example", cache_rule("cache = false")},
        {"paged.example", page_rule},
        {"filed.example", "[zones.settings]\ndevelopment_mode = \"on\"\n"},
        {"hour.example", cache_rule(an_hour)},
        {"eligible.example", cache_rule("cache = true")},
    };
    EdgeOptions options;
    std::vector<std::string> names;
    for (const auto& [name, more] : zones) {
      options.zones += zone_toml(name, origin.url(), more);
      names.push_back(name);
    }
    files.write("workers/index.js", kScript);
    for (std::size_t date = 0; date < kDates; ++date) {
      const std::string name = "e" + std::to_string(date);
      files.write("workers/" + name + ".toml", wrangler(name, kFlagDates[date], names));
      options.zones += "[[scripts]]\nwrangler = \"workers/" + name + ".toml\"\n";
    }
    return options;
  }
};

TEST_F(PrecedenceByDate, UnderACacheRuleThatBypasses) { expect_as_under_a_bypass("ruled.example"); }

TEST_F(PrecedenceByDate, UnderAPageRuleThatBypasses) { expect_as_under_a_bypass("paged.example"); }

// What overrides is a wish to cache; the rule holds where there is none (reference §9.2).
TEST_F(PrecedenceByDate, UnderABypassACfWithoutAWishToCacheWinsNothing) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  for (std::size_t date = 0; date < kDates; ++date) {
    for (const char* cf : {"{}", R"({"cacheTags":["t"]})", R"({"cacheTtlByStatus":{"200":60}})"}) {
      EXPECT_EQ(script(date, "ruled.example").twice("/a.css", cf), "DYNAMIC DYNAMIC")
          << kFlagDates[date] << cf;
    }
  }
}

TEST_F(PrecedenceByDate, UnderDevelopmentModeOfTheFile) {
  expect_as_under_a_bypass("filed.example");
}

TEST_F(PrecedenceByDate, UnderDevelopmentModeSetOverRest) {  // reference §9.1
  set_development_mode("plain.example", "on");
  expect_as_under_a_bypass("plain.example");
}

TEST_F(PrecedenceByDate, DevelopmentModeHidesWhatWasPutAndLosesNothing) {
  const auto matched = [this](std::size_t date) {
    return script(date, "plain.example").match("/key");
  };
  script(0, "plain.example").put("/key", "old");
  set_development_mode("plain.example", "on");
  for (std::size_t date = 0; date < kDates; ++date) {
    script(date, "plain.example").put("/key", "new at e" + std::to_string(date));
    EXPECT_EQ(matched(date), date == 3 ? "HIT new at e3" : "undefined") << kFlagDates[date];
    if (date == 2) EXPECT_EQ(matched(3), "HIT old") << "no put has replaced it";
  }
  set_development_mode("plain.example", "off");
  for (std::size_t date = 0; date < kDates; ++date) EXPECT_EQ(matched(date), "HIT new at e3");
}

TEST_F(PrecedenceByDate, WithoutARuleIsAlike) {
  for (std::size_t date = 0; date < kDates; ++date) {
    const Calling calling = script(date, "plain.example");
    EXPECT_EQ(calling.twice(page(date)), "MISS HIT") << kFlagDates[date];
    calling.put("/key", "kept");
    EXPECT_EQ(calling.match("/key"), "HIT kept") << kFlagDates[date];
  }
}

TEST_F(PrecedenceByDate, OfARuleThatSaysEligibleIsAlike) {
  for (std::size_t date = 0; date < kDates; ++date) {
    const Calling calling = script(date, "eligible.example");
    EXPECT_EQ(calling.twice(page(date), "{}"), "MISS HIT") << kFlagDates[date];
    calling.put("/key", "kept");
    EXPECT_EQ(calling.match("/key"), "HIT kept") << kFlagDates[date];
  }
}

TEST_F(PrecedenceByDate, OfAnEdgeTtlFollowsTheFlagOfFetch) {  // reference §9.3, "Other rule kinds"
  const auto statuses = [this] {
    std::string all;
    for (std::size_t date = 0; date < kDates; ++date)
      all += script(date, "hour.example").status(page(date)) + " ";
    return all;
  };
  EXPECT_EQ(statuses(), "MISS MISS MISS MISS ");
  edge.advance(seconds(59));
  EXPECT_EQ(statuses(), "HIT HIT HIT HIT ");
  edge.advance(seconds(2));
  EXPECT_EQ(statuses(), "HIT EXPIRED EXPIRED EXPIRED ") << "60 of the Worker, or 3600 of the rule";
  edge.advance(seconds(3538));
  EXPECT_EQ(script(0, "hour.example").status("/page0"), "HIT") << "3599 seconds old";
  edge.advance(seconds(2));
  EXPECT_EQ(script(0, "hour.example").status("/page0"), "EXPIRED");
}

TEST_F(PrecedenceByDate, OfAnEdgeTtlIsTheRulesWhereTheWorkerNamesNone) {  // reference §9.2
  const auto statuses = [this] {
    std::string all;
    for (std::size_t date = 0; date < kDates; ++date) {
      const Calling calling = script(date, "hour.example");
      all += calling.status(page(date), R"({"cacheEverything":true})") + " ";
    }
    return all;
  };
  EXPECT_EQ(statuses(), "MISS MISS MISS MISS ");
  edge.advance(seconds(3599));
  EXPECT_EQ(statuses(), "HIT HIT HIT HIT ");
  edge.advance(seconds(2));
  EXPECT_EQ(statuses(), "EXPIRED EXPIRED EXPIRED EXPIRED ");
}

}  // namespace
}  // namespace festina::harness
