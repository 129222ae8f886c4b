// A changed configuration under a running node: all of it is taken or nothing, and no request notices.
#include <csignal>
#include <filesystem>
#include <unistd.h>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kWrangler = R"(
name = "site-worker"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

std::string script(const std::string& version) {
  return "export default {\n  async fetch(request) {\n"
         "    const { pathname } = new URL(request.url);\n"
         "    if (pathname === '/w/later') {\n"
         "      await (await fetch('http://example.com/held')).text();\n"
         "      return fetch('http://example.com/style.css');\n"
         "    }\n"
         "    if (pathname === '/w/slow') {\n"
         "      const page = await fetch('http://example.com/held');\n"
         "      return new Response('" +
         version +
         " ' + await page.text());\n"
         "    }\n    return new Response('" +
         version + "');\n  }\n};\n";
}

EdgeOptions with_worker() { return edge_for("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"); }

class Reload : public SiteScenario {
 protected:
  explicit Reload(const EdgeOptions& options = {})
      : SiteScenario(
            options, {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", script("one")}}
        ) {
    origin.answers("/style.css", ok("body {}", "max-age=3600"));
  }

  // Writes the configuration with one text replaced by another.
  void change(const std::string& text, const std::string& by) const {
    std::string config = read_file(edge.config_file());
    const std::size_t at = config.find(text);
    ASSERT_NE(at, std::string::npos) << text << " in\n" << config;
    files.write("festina.toml", config.replace(at, text.size(), by));
  }
  void append(const std::string& text) const {
    files.write("festina.toml", read_file(edge.config_file()) + text);
  }
  Outcome reload() const { return run_festina({"reload", "--config", edge.config_file()}); }
  void expect_taken() const {
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_EQ(outcome.output, "the node has taken " + edge.config_file() + "\n");
  }
  // Through the state directory: also when the file cannot be read.
  void expect_refused(const std::string& why) const {
    const Outcome outcome = run_festina({"reload", "--state", files.path() + "/state"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.errors.find(why), std::string::npos) << outcome.errors;
  }
};

class ReloadWithWorker : public Reload {
 protected:
  ReloadWithWorker() : Reload(with_worker()) {}
};

TEST_F(Reload, TakesANewZone) {
  const Origin other;
  EXPECT_EQ(edge.get("http://other.example/").status, 530);
  append(zone_toml("other.example", origin.url()));
  expect_taken();
  EXPECT_EQ(edge.get("http://other.example/style.css").status, 200);
}

TEST_F(Reload, TakesAwayAZone) {
  change("name = \"example.com\"", "name = \"other.example\"");
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/style.css").status, 530);
}

TEST_F(Reload, KeepsStoredResponsesCountersAndConnections) {
  Connection kept(edge.listener());
  const std::string request = "GET /style.css HTTP/1.1\r\nHost: example.com\r\n\r\n";
  kept.send(request);
  expect_answer(kept.read(), 200, "MISS", "body {}");
  append("  [zones.settings]\n  browser_cache_ttl = 86400\n");
  expect_taken();
  kept.send(request);
  const Answer answer = kept.read();
  expect_answer(answer, 200, "HIT", "body {}");
  EXPECT_NE(answer.field("Cache-Control").find("max-age=86400"), std::string::npos)
      << "the new setting counts: " << answer.field("Cache-Control");
  EXPECT_EQ(origin.requests("/style.css"), 1U);
  EXPECT_NE(edge.api("GET", "/metrics").body.find("cache_status=\"miss\"} 1\n"), std::string::npos);
}

TEST_F(Reload, OfABadFileKeepsTheOldOneAndNamesTheFault) {
  expect_answer(edge.get(kSite + "/style.css"), 200, "MISS", "body {}");
  append("  [zones.settings]\n  browser_cache_tll = 86400\n");
  const Outcome told = reload();
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_NE(told.errors.find("browser_cache_tll"), std::string::npos) << told.errors;
  expect_refused("festina.toml:");
  const std::string log = edge.await_log("reload.refused");
  EXPECT_NE(log.find("browser_cache_ttl"), std::string::npos) << "with a suggestion: " << log;
  expect_answer(edge.get(kSite + "/style.css"), 200, "HIT", "body {}");
}

TEST_F(Reload, OfAFileThatIsGoneKeepsTheOldOne) {
  std::filesystem::remove(edge.config_file());
  expect_refused("festina.toml");
  EXPECT_EQ(edge.get(kSite + "/style.css").status, 200);
}

TEST_F(Reload, NamesWhatNeedsARestartAndTakesTheRest) {
  change("dir = \"state\"", "dir = \"elsewhere\"");
  append(zone_toml("other.example", origin.url()));
  const Outcome outcome = run_festina({"reload", "--state", files.path() + "/state"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.errors, "warning: [state] dir needs a restart and is left as it was\n");
  EXPECT_EQ(edge.get("http://other.example/style.css").status, 200);
}

TEST_F(Reload, OpensAndClosesListeners) {
  const std::string first = edge.listener();
  change(
      "listen = [\"http://127.0.0.1:0\"]", "listen = [\"http://127.0.0.1:0\", \"http://[::1]:0\"]"
  );
  expect_taken();
  EXPECT_EQ(fetch(first, kSite + "/style.css").status, 200) << "the first has stayed";
  const json::Value addresses = json::parse(read_file(files.path() + "/run/ready")).value();
  const json::Array& urls = addresses.at("colos").at("FRA").as_array();
  ASSERT_EQ(urls.size(), 2U);
  EXPECT_EQ(urls.at(0).as_string(), first);
  EXPECT_NE(std::string(urls.at(1).as_string()), first);

  Connection idle(first);
  change("listen = [\"http://127.0.0.1:0\", \"http://[::1]:0\"]", "listen = [\"http://[::1]:0\"]");
  expect_taken();
  EXPECT_EQ(idle.read_to_end(), "") << "an idle connection of a closed listener is closed";
}

TEST_F(Reload, WithAnAddressInUseIsRefused) {
  const std::string taken = "http://127.0.0.1:" + std::to_string(origin.port());
  change("listen = [\"http://127.0.0.1:0\"]", "listen = [\"" + taken + "\"]");
  expect_refused("listen = \"" + taken + "\"");
  EXPECT_EQ(edge.get(kSite + "/style.css").status, 200);
}

TEST_F(Reload, FindsTheNodeByItsProcess) {
  append(zone_toml("other.example", origin.url()));
  const Outcome outcome = run_festina({"reload", "--pid", std::to_string(edge.pid())});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(outcome.output, "the node has taken " + edge.config_file() + "\n");
  EXPECT_EQ(edge.get("http://other.example/style.css").status, 200);
}

TEST_F(Reload, SignalsNoProcessThatIsNoNode) {
  const std::string self = std::to_string(::getpid());  // SIGHUP would end it
  const Outcome outcome = run_festina({"reload", "--pid", self});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(
      outcome.errors, "festina: process " + self + " holds no state directory: it is no node\n"
  );
}

TEST_F(Reload, OfNoNodeSaysSo) {
  const TempDir empty;
  const Outcome outcome = run_festina({"reload", "--state", empty.path()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "festina: no node runs with the state in " + empty.path() + "\n");
}

TEST_F(Reload, LetsARequestInFlightKeepItsConfiguration) {
  origin.answers("/slow.css", ok("slow", "max-age=60"));
  origin.holds("/slow.css");
  auto slow = edge.get_async(kSite + "/slow.css");
  origin.await_requests("/slow.css", 1);
  change("name = \"example.com\"", "name = \"other.example\"");
  expect_taken();
  origin.releases("/slow.css");
  expect_answer(slow.get(), 200, "MISS", "slow");
}

TEST_F(Reload, OpensTheAccessLogAnew) {
  edge.get(kSite + "/one.css");
  EXPECT_EQ(edge.await_records(1).size(), 1U);
  const std::string log = files.path() + "/logs/access.log";
  std::filesystem::rename(log, log + ".1");
  edge.signal(SIGHUP);
  edge.await_log("reload.taken");
  edge.get(kSite + "/two.css");
  const auto records = edge.await_records(1);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_NE(records[0].find("/two.css"), std::string::npos);
  EXPECT_EQ(read_file(log + ".1").find("/two.css"), std::string::npos);
}

TEST_F(Reload, WithAnAccessLogThatCannotBeOpenedIsRefused) {
  change("access = \"logs/access.log\"", "access = \"no/such/folder/access.log\"");
  expect_refused("no/such/folder/access.log");
  EXPECT_EQ(edge.get(kSite + "/style.css").status, 200);
}

TEST_F(Reload, ChangesTheLogLevel) {
  append(zone_toml("other.example", "http://127.0.0.1:1"));
  change("[log]\n", "[log]\nlevel = \"error\"\n");
  expect_taken();
  const std::size_t before = read_file(files.path() + "/logs/err").size();
  edge.get("http://other.example/a.css");
  EXPECT_EQ(read_file(files.path() + "/logs/err").size(), before) << "fill.failed is a warning";
}

TEST_F(ReloadWithWorker, ReplacesAChangedWorker) {
  EXPECT_EQ(edge.get(kSite + "/w/").body, "one");
  files.write("worker/index.js", script("two"));
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/w/").body, "two");
}

TEST_F(ReloadWithWorker, LetsTheOldVersionFinishItsRequest) {
  origin.answers("/held", ok("page"));
  origin.holds("/held");
  auto slow = edge.get_async(kSite + "/w/slow");
  origin.await_requests("/held", 1);
  files.write("worker/index.js", script("two"));
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/w/").body, "two");
  origin.releases("/held");
  EXPECT_EQ(slow.get().body, "one page");
}

TEST_F(ReloadWithWorker, LetsWhatAWorkerFetchesLaterKeepItsConfiguration) {
  origin.answers("/held", ok("page"));
  origin.holds("/held");
  auto slow = edge.get_async(kSite + "/w/later");
  origin.await_requests("/held", 1);
  change("name = \"example.com\"", "name = \"other.example\"");
  files.write(
      "worker/wrangler.toml",
      "name = \"site-worker\"\nmain = \"index.js\"\n"
      "compatibility_date = \"2026-11-17\"\n"
  );
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/w/").status, 530);
  origin.releases("/held");
  EXPECT_EQ(slow.get().body, "body {}") << "its zone is still there for it";
}

TEST_F(ReloadWithWorker, OfAWorkerThatDoesNotStartIsRefused) {
  files.write("worker/index.js", "export default { fetch() { return new Response('a' }; }\n");
  expect_refused("index.js:1:52: Expected \")\" but found \"}\"");
  EXPECT_EQ(edge.get(kSite + "/w/").body, "one");
  files.write("worker/index.js", "export default {};\nundefined.member;\n");
  expect_refused("at index.js:2:11");
  EXPECT_EQ(edge.get(kSite + "/w/").body, "one");
}

TEST_F(ReloadWithWorker, TakesAwayAndAddsScripts) {
  change("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n", "");
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/w/").status, 404) << "the origin answers";
  append("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n");
  expect_taken();
  EXPECT_EQ(edge.get(kSite + "/w/").body, "one");
}

}  // namespace
}  // namespace festina::harness
