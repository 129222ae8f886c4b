// Real worker: a data centre's part of a server with real processes of workerd, for tests.
//
// FESTINA_WORKERD names the program, else it is found as the server finds it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/resolver.h"
#include "net/upstream_client.h"
#include "workers/cache_api.h"
#include "workers/dispatch.h"
#include "workers/outbound.h"
#include "workers/supervisor.h"

namespace festina::workers::real {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

inline constexpr std::chrono::milliseconds kShortLinger = 50ms;
inline constexpr std::uint64_t kBudget = std::uint64_t{1024} * 1024;

inline const Runtime& runtime() {
  static const Runtime kRuntime = [] {
    const char* path = std::getenv("FESTINA_WORKERD");
    auto found = find_runtime(path ? path : "workerd");
    check(found.has_value(), "workerd is installed: run `make deps`, or set FESTINA_WORKERD");
    return std::move(*found);
  }();
  return kRuntime;
}

// A site behind fetch(): says what it was asked.
class Site final : public Subrequests {
 public:
  Awaitable<http::Reply> subrequest(Caller by, http::Incoming incoming) override {
    callers.push_back(std::move(by));
    while (held) co_await released.wait(released.version());
    co_return http::text_reply(200, "text/plain", "origin of " + incoming.request.url.text());
  }
  std::vector<Caller> callers;
  bool held = false;  // answers wait until it is released
  Signal released;
};

// Counts what another handler has answered.
class Counted final : public http::Handler {
 public:
  explicit Counted(http::Handler& handler) : handler_(handler) {}
  Awaitable<http::Reply> handle(http::Incoming incoming) override {
    http::Reply reply = co_await handler_.handle(std::move(incoming));
    ++answered;
    co_return reply;
  }
  int answered = 0;

 private:
  http::Handler& handler_;
};

// Processes of children of ours.
inline std::vector<pid_t> children() {
  std::vector<pid_t> pids;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream list(task.path() / "children");
    for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  }
  return pids;
}

inline fs::path temporary_directory() {
  std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

inline http::Request get(std::string_view path) {
  http::Request request;
  request.url = *http::parse_url("https://site.example" + std::string(path));
  return request;
}

struct Answer {
  http::Status status = 0;
  http::Headers headers;
  std::string body;
};

inline Awaitable<Result<Answer>> answer_of(
    Dispatch& dispatch, Call call, http::Request request, Body body
) {
  auto reply = co_await dispatch.call(std::move(call), std::move(request), std::move(body));
  if (!reply) co_return reply.error();
  auto text = co_await collect(std::move(reply->body), kBudget, Side::worker);
  if (!text) co_return text.error();
  co_return Answer{reply->response.status, std::move(reply->response.headers), std::move(*text)};
}

inline std::shared_ptr<const zone::Zone> site_zone() {
  auto zone = std::make_shared<zone::Zone>();
  zone->id = "a";
  zone->name = "site.example";
  return zone;
}

// One data centre's part of a server, with real processes.
class RealWorker : public testing::Test {
 protected:
  explicit RealWorker(
      TestClock test_clock = TestClock::off, std::chrono::milliseconds lingers = kShortLinger
  )
      : test_clock_(test_clock), lingers_(lingers) {}
  void TearDown() override {
    wait(supervisor_.stop());
    fs::remove_all(directory_);
  }

  // A script with this main module.
  Deployment deployment(std::string_view source, const std::string& name = "api") {
    const fs::path home = directory_ / name;
    fs::create_directories(home / "src");
    std::ofstream(home / "src/index.js") << source;
    zone::Script script;
    script.name = name;
    script.configuration_file = home / "wrangler.toml";
    script.main = home / "src/index.js";
    script.compatibility_date = "2025-06-01";
    script.variables = {
        {.name = "NAME", .value = "festina"},
        {.name = "LIMITS", .value = R"({"a":1})", .is_json = true}
    };
    Bundle bundle = *load_bundle(script);
    return {std::move(script), std::move(bundle)};
  }
  Fleet fleet(std::vector<Deployment> deployments) const {
    return {.runtime = runtime(), .limits = limits_, .deployments = std::move(deployments)};
  }
  // Of one script.
  Fleet fleet(std::string_view source, const std::string& name = "api") {
    return fleet(std::vector{deployment(source, name)});
  }
  static std::string handler(std::string_view body) {
    return "export default {\n  async fetch(request, env, ctx) {\n    " + std::string(body) +
           "\n  }\n};\n";
  }
  Result<> start(Fleet first) {
    return wait(supervisor_.start(std::move(first), {"FRA", "LHR"}, {counted_out_, cache_api_}));
  }
  Result<> start(std::string_view source) { return start(fleet(source)); }
  // A further deployment, taken as a whole or not at all.
  Result<> deploy(Fleet next) {
    const auto prepared = wait(supervisor_.prepare(std::move(next)));
    if (!prepared) return prepared.error();
    supervisor_.commit(io_.get_executor(), *prepared);
    return {};
  }
  // Starts one whose handler has this body.
  Result<> start_handler(std::string_view body) { return start(handler(body)); }

  Call call_of(const std::string& script, const std::string& colo) {
    Call call;
    call.script = script;
    call.ray = {
        .ray = ++ray_, .script = script, .colo = colo, .zone = "a", .client_address = "203.0.113.7"
    };
    call.visit.client_address = "203.0.113.7";
    call.visit.colo = colo;
    call.visit.country = "DE";
    call.clock_offset = 3600s;
    return call;
  }
  Result<Answer> call(
      std::string_view path, const std::string& colo = "FRA", const std::string& script = "api"
  ) {
    return wait(answer_of(dispatch_, call_of(script, colo), get(path), {}));
  }

  template <class T>
  T wait(Awaitable<T> work) {
    T result{};
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr&, T value) {
      result = std::move(value);
      done = true;
    });
    run_until([&] { return done; });
    return result;
  }
  void wait(Awaitable<> work) {
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr&) { done = true; });
    run_until([&] { return done; });
  }
  void run_until(const auto& condition) {
    io_.restart();
    while (!condition() && io_.run_one_for(30s) > 0) {
    }
    ASSERT_TRUE(condition()) << "it took more than 30 s";
  }

  asio::io_context io_{1};
  std::vector<asio::io_context*> threads_{&io_};
  fs::path directory_ = temporary_directory();
  TestClock test_clock_;
  std::chrono::milliseconds lingers_;
  Limits limits_;  // of what is deployed from now on
  std::uint64_t ray_ = 0x89abcdef00000000;

  SystemClock clock_;
  cache::Cache fra_{kBudget, clock_};
  cache::Cache lhr_{kBudget, clock_};
  observe::Metrics metrics_;
  observe::Journal journal_;
  zone::Snapshots snapshots_{std::make_shared<const zone::Snapshot>(
      zone::Snapshot{.zones = zone::ZoneTable({site_zone()})}
  )};
  Rays rays_{clock_};
  Site site_;
  Outbound out_{site_, rays_, journal_, clock_};
  Counted counted_out_{out_};
  CacheApi cache_api_{
      {{"FRA", {&fra_, &metrics_}}, {"LHR", {&lhr_, &metrics_}}},
      snapshots_,
      rays_,
      journal_,
      clock_
  };
  net::UpstreamPool pool_;
  net::Resolver resolver_;
  net::UpstreamClient client_{pool_, resolver_};
  Supervisor supervisor_{directory_ / "run", threads_, test_clock_, lingers_};
  Dispatch dispatch_{supervisor_, client_, rays_, test_clock_};
};

class RealWorkerWithClock : public RealWorker {
 protected:
  RealWorkerWithClock() : RealWorker(TestClock::on) {}
};

}  // namespace festina::workers::real
