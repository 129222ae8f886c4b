// Processes of Workers under load: killed, replaced, held up; and what their requests get.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t kNpos = std::string::npos;

std::string wrangler(const std::string& name, const std::string& more = {}) {
  return "name = \"" + name +
         "\"\nmain = \"index.js\"\ncompatibility_date = \"2026-11-17\"\nroutes = [{ pattern = "
         "\"example.com/" +
         name + "/*\", zone_name = \"example.com\" }]\n" + more;
}

constexpr std::string_view kBoundToTwo =
    "[limits]\ncpu_ms = 200\n[[services]]\nbinding = \"TWO\"\nservice = \"two\"\n";

std::string script(const std::string& text) {
  return "export default {\n  async fetch(request, env) {\n"
         "    const { pathname } = new URL(request.url);\n"
         "    if (pathname.endsWith('/wait')) await fetch('http://example.com/held');\n"
         "    if (pathname.endsWith('/spin')) for (;;);\n"
         "    if (pathname.endsWith('/begun')) {\n"
         "      const { readable, writable } = new TransformStream();\n"
         "      writable.getWriter().write(new TextEncoder().encode('begun'));\n"
         "      return new Response(readable);\n    }\n"
         "    if (pathname.endsWith('/call')) return env.TWO.fetch('http://two/');\n"
         "    if (pathname.endsWith('/never')) await new Promise((done) => setTimeout(done, "
         "1e8));\n"
         "    return new Response('" +
         text + "');\n  }\n};\n";
}

EdgeOptions with_two_workers() {
  EdgeOptions options = edge_for(
      "[[scripts]]\nwrangler = \"one/wrangler.toml\"\n"
      "[[scripts]]\nwrangler = \"two/wrangler.toml\"\n"
  );
  options.more = "[workers]\nanswer_timeout = \"5s\"\n";
  return options;
}

// Clients that ask without pause until told to stop.
class Load {
 public:
  // Each of them asks for all of these in turn.
  Load(const Edge& edge, std::vector<std::string> urls, int clients)
      : edge_(edge), urls_(std::move(urls)) {
    for (int i = 0; i < clients; ++i) clients_.emplace_back([this] { run(); });
  }
  void await_answers(std::size_t count) const {
    const auto deadline = steady_clock::now() + kPatience;
    while (answers_ < count && steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_GE(answers_, count);
  }
  // How many answers there were, by status; of failures the text too.
  std::map<std::string, std::size_t> stop() {
    stopping_ = true;
    clients_.clear();
    return counts_;
  }

 private:
  void run() {
    std::map<std::string, std::size_t> mine;
    Ask ask;
    ask.fields = {{"Accept", "application/json"}};
    for (std::size_t i = 0; !stopping_; ++i) {
      const std::string& url = urls_[i % urls_.size()];
      const Answer answer = edge_.get(url, ask);
      const bool is_good = answer.status == 200 && answer.complete;
      ++mine[is_good ? "200" : std::to_string(answer.status) + " " + answer.body];
      ++answers_;
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [what, count] : mine) counts_[what] += count;
  }

  const Edge& edge_;
  std::vector<std::string> urls_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> answers_{0};
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
  std::vector<std::jthread> clients_;
};

class WorkerProcesses : public SiteScenario {
 protected:
  WorkerProcesses()
      : SiteScenario(
            with_two_workers(), {{"one/wrangler.toml", wrangler("one")},
                                 {"one/index.js", script("one")},
                                 {"two/wrangler.toml", wrangler("two")},
                                 {"two/index.js", script("two")}}
        ) {}

  // The process that answers for the script, as the log says; it is the latest.
  int process_of(const std::string& name) const {
    const std::string log = edge.await_log("worker.ready script=" + name);
    const std::size_t line = log.rfind("worker.ready script=" + name);
    return std::stoi(log.substr(log.find("pid=", line) + 4));
  }
};

TEST_F(WorkerProcesses, KilledUnderLoadAreNamedAndReplacedWithinASecond) {
  origin.holds("/held");
  auto held = edge.get_async(kSite + "/one/wait");
  origin.await_requests("/held", 1);
  Load load(edge, {kSite + "/one/"}, 4);
  load.await_answers(20);

  const int pid = process_of("one");
  const auto killed = steady_clock::now();
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  const Answer cut_off = held.get();
  EXPECT_EQ(cut_off.status, 503);
  EXPECT_NE(cut_off.body.find("1102"), std::string::npos) << cut_off.body;
  EXPECT_NE(cut_off.body.find("its process is gone: it ended by signal 9"), std::string::npos)
      << cut_off.body;
  EXPECT_EQ(edge.get(kSite + "/one/").status, 200);
  EXPECT_LT(steady_clock::now() - killed, std::chrono::seconds(1));

  for (const auto& [answer, count] : load.stop()) {
    const bool is_named =
        answer.find("its process is gone: it ended by signal 9") != std::string::npos;
    EXPECT_TRUE(answer == "200" || is_named) << count << " times " << answer;
  }
  EXPECT_NE(process_of("one"), pid);
  origin.releases("/held");
}

TEST_F(WorkerProcesses, KilledWithinAnAnswerCutItShort) {
  Connection client(edge.listener());
  client.send("GET /one/begun HTTP/1.1\r\nHost: example.com\r\n\r\n");
  std::string seen;
  while (seen.find("begun") == std::string::npos) {
    const std::string part = client.read_some();
    ASSERT_FALSE(part.empty()) << "after " << seen;
    seen += part;
  }
  ASSERT_EQ(::kill(process_of("one"), SIGKILL), 0);
  EXPECT_EQ(client.read_to_end().find("0\r\n\r\n"), std::string::npos) << "it is not whole";
  EXPECT_EQ(edge.get(kSite + "/one/").status, 200);
}

TEST_F(WorkerProcesses, ReplacedUnderLoadLoseNothingAndLeaveOthersAlone) {
  const int other = process_of("two");
  origin.answers("/style.css", ok("body {}", "max-age=3600"));
  expect_answer(edge.get(kSite + "/style.css"), 200, "MISS", "body {}");
  Load load(edge, {kSite + "/one/", kSite + "/style.css"}, 4);
  for (int i = 1; i <= 20; ++i) {
    files.write("one/index.js", script("version " + std::to_string(i)));
    const Outcome outcome = run_festina({"reload", "--config", edge.config_file()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  }
  for (const auto& [answer, count] : load.stop()) EXPECT_EQ(answer, "200") << count << " times";
  EXPECT_EQ(edge.get(kSite + "/one/").body, "version 20");
  EXPECT_EQ(edge.get(kSite + "/two/").body, "two");
  EXPECT_EQ(process_of("two"), other);
}

TEST_F(WorkerProcesses, OfABadScriptKeepTheOldVersion) {
  files.write("one/index.js", "export default {\n  fetch() { return new Response('a' }\n};\n");
  const Outcome outcome = run_festina({"reload", "--config", edge.config_file()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("Expected \")\" but found"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("index.js:2:"), std::string::npos) << outcome.errors;
  EXPECT_EQ(edge.get(kSite + "/one/").body, "one");
  EXPECT_EQ(edge.get(kSite + "/two/").body, "two");
}

TEST_F(WorkerProcesses, ThatNeverAnswerAreEndedByANamedLimit) {
  const Answer answer = edge.get(kSite + "/one/never");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("1102"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("[workers] answer_timeout"), std::string::npos) << answer.body;
  EXPECT_EQ(edge.get(kSite + "/one/").body, "one");
}

TEST_F(WorkerProcesses, OfBoundScriptsAreOneAndEndTogether) {
  EXPECT_NE(process_of("one"), process_of("two"));
  files.write("one/wrangler.toml", wrangler("one", std::string(kBoundToTwo)));
  files.write("two/wrangler.toml", wrangler("two", "[limits]\ncpu_ms = 200\n"));
  ASSERT_EQ(run_festina({"reload", "--config", edge.config_file()}).exit_code, 0);
  EXPECT_EQ(process_of("one"), process_of("two"));
  EXPECT_EQ(edge.get(kSite + "/one/call").body, "two");

  const Answer answer = edge.get(kSite + "/one/spin");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("200 ms of CPU time without a pause"), std::string::npos)
      << answer.body;
  edge.await_log("worker.ended");  // until then a request may share its end
  EXPECT_EQ(edge.get(kSite + "/one/call").body, "two") << "started anew";
  const std::string metrics = edge.api("GET", "/metrics").body;
  EXPECT_NE(metrics.find("festina_worker_process_kills_total{cause=\"spinning\"} 1\n"), kNpos);
  EXPECT_NE(metrics.find("festina_worker_process_restarts_total 1\n"), kNpos) << metrics;
  EXPECT_NE(metrics.find("festina_worker_process_starts_total 4\n"), kNpos)
      << "one for each script, one for both, one anew";
}

TEST_F(WorkerProcesses, KilledForSpinningUnderLoadTellTheReasonToAll) {
  files.write("one/wrangler.toml", wrangler("one", "[limits]\ncpu_ms = 200\n"));
  ASSERT_EQ(run_festina({"reload", "--config", edge.config_file()}).exit_code, 0);
  constexpr std::string_view why = "200 ms of CPU time without a pause";
  Load load(edge, {kSite + "/one/"}, 8);
  load.await_answers(20);
  for (int i = 0; i < 4; ++i) {
    const Answer spinning = edge.get(kSite + "/one/spin");
    EXPECT_NE(spinning.body.find(why), kNpos) << spinning.status << " " << spinning.body;
  }
  for (const auto& [answer, count] : load.stop())
    EXPECT_TRUE(answer == "200" || answer.find(why) != kNpos) << count << " times " << answer;
}

TEST_F(WorkerProcesses, AreConfined) {
  const fs::path process = "/proc/" + std::to_string(process_of("one"));
  const bool is_warned =
      read_file(files.path() + "/logs/err").find("workers.no_namespace") != std::string::npos;
  const bool shares_ours =
      fs::read_symlink(process / "ns/net") == fs::read_symlink("/proc/self/ns/net");
  EXPECT_EQ(shares_ours, is_warned) << "it is told when the system gives none";
}

}  // namespace
}  // namespace festina::harness
