// These tests run the real workerd: FESTINA_WORKERD names it, else it is found as the server finds it.
#include "workers/supervisor.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/json.h"
#include "net/resolver.h"
#include "net/upstream_client.h"
#include "workers/cache_api.h"
#include "workers/compat_flags.h"
#include "workers/dispatch.h"
#include "workers/outbound.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kShortLinger = 50ms;
constexpr std::uint64_t kBudget = std::uint64_t{1024} * 1024;

const Runtime& runtime() {
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
std::vector<pid_t> children() {
  std::vector<pid_t> pids;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream list(task.path() / "children");
    for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  }
  return pids;
}

fs::path temporary_directory() {
  std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

http::Request get(std::string_view path) {
  http::Request request;
  request.url = *http::parse_url("https://site.example" + std::string(path));
  return request;
}

struct Answer {
  http::Status status = 0;
  http::Headers headers;
  std::string body;
};

Awaitable<Result<Answer>> answer_of(
    Dispatch& dispatch, Call call, http::Request request, Body body
) {
  auto reply = co_await dispatch.call(std::move(call), std::move(request), std::move(body));
  if (!reply) co_return reply.error();
  auto text = co_await collect(std::move(reply->body), kBudget, Side::worker);
  if (!text) co_return text.error();
  co_return Answer{reply->response.status, std::move(reply->response.headers), std::move(*text)};
}

std::shared_ptr<const zone::Zone> site_zone() {
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

  // One script with this main module.
  Fleet fleet(std::string_view source, const std::string& name = "api") {
    fs::create_directories(directory_ / "src");
    std::ofstream(directory_ / "src/index.js") << source;
    zone::Script script;
    script.name = name;
    script.configuration_file = directory_ / "wrangler.toml";
    script.main = directory_ / "src/index.js";
    script.compatibility_date = "2025-06-01";
    script.variables = {{"NAME", "festina", false}, {"LIMITS", R"({"a":1})", true}};
    Bundle bundle = *load_bundle(script);
    Fleet fleet{.runtime = runtime(), .deployments = {}};
    fleet.deployments.push_back({std::move(script), std::move(bundle)});
    return fleet;
  }
  static std::string handler(std::string_view body) {
    return "export default {\n  async fetch(request, env, ctx) {\n    " + std::string(body) +
           "\n  }\n};\n";
  }
  Result<> start(std::string_view source) {
    return wait(supervisor_.start(fleet(source), {"FRA", "LHR"}, {counted_out_, cache_api_}));
  }
  // A further deployment, taken as a whole or not at all.
  Result<> deploy(Fleet next) {
    const auto prepared = wait(supervisor_.prepare(std::move(next)));
    if (!prepared) return prepared.error();
    supervisor_.commit(io_.get_executor(), *prepared);
    return {};
  }
  // Starts one whose handler has this body.
  Result<> start_handler(std::string_view body) { return start(handler(body)); }

  Result<Answer> call(std::string_view path, const std::string& colo = "FRA") {
    Call call;
    call.script = "api";
    call.ray = {
        .ray = ++ray_, .script = "api", .colo = colo, .zone = "a", .client_address = "203.0.113.7"
    };
    call.visit.client_address = "203.0.113.7";
    call.visit.colo = colo;
    call.visit.country = "DE";
    call.clock_offset = 3600s;
    return wait(answer_of(dispatch_, std::move(call), get(path), {}));
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
  std::uint64_t ray_ = 0x89abcdef00000000;

  SystemClock clock_;
  cache::Cache fra_{kBudget, clock_};
  cache::Cache lhr_{kBudget, clock_};
  observe::Metrics metrics_;
  observe::Journal journal_;
  zone::Snapshots snapshots_{std::make_shared<const zone::Snapshot>(
      zone::Snapshot{.zones = zone::ZoneTable({site_zone()})}
  )};
  Rays rays_;
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

TEST_F(RealWorker, AnswersAndSeesItsRequestAndVariables) {
  const auto started = start_handler(
      "return Response.json({url: request.url, cf: request.cf, ray: request.headers.get('CF-Ray'), "
      "name: env.NAME, a: env.LIMITS.a});"
  );
  ASSERT_TRUE(started) << started.error();
  const auto answer = call("/p?x=1");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(
      answer->body,
      R"({"url":"https://site.example/p?x=1","cf":{"colo":"FRA","country":"DE"},"ray":"89abcdef00000001","name":"festina","a":1})"
  );
}

TEST_F(RealWorker, FetchesThroughTheHostWithIdentityParentAndOptions) {
  const auto started = start_handler(
      "return fetch('https://site.example/x', {cf: {cacheEverything: true, cacheTtl: 60}});"
  );
  ASSERT_TRUE(started) << started.error();
  const auto answer = call("/", "LHR");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->body, "origin of https://site.example/x");
  ASSERT_EQ(site_.callers.size(), 1U);
  const Caller& caller = site_.callers[0];
  EXPECT_EQ(caller.identity, (Identity{"api", supervisor_.version("api"), "LHR"}));
  EXPECT_EQ(caller.parent.value_or(RayInfo()).ray, ray_);
  EXPECT_TRUE(caller.options.cache_everything);
  EXPECT_EQ(caller.options.cache_ttl, 60s);
}

TEST_F(RealWorker, UsesTheCacheOfItsColo) {
  const auto started = start_handler(R"(
    const key = 'https://site.example/k', cache = caches.default;
    const had = await cache.match(key).then((r) => r?.text());
    if (new URL(request.url).pathname === '/put') await cache.put(key, new Response('kept', {headers: {'Cache-Control': 'max-age=60'}}));
    const deleted = new URL(request.url).pathname === '/delete' && await cache.delete(key);
    return Response.json([had ?? null, deleted]);)");
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(call("/put").value().body, "[null,false]");
  EXPECT_EQ(call("/").value().body, R"(["kept",false])");
  EXPECT_EQ(call("/", "LHR").value().body, "[null,false]")
      << "a put in one colo is a miss in another";
  EXPECT_EQ(call("/delete", "LHR").value().body, "[null,false]");
  EXPECT_EQ(call("/delete").value().body, R"(["kept",true])");
  EXPECT_EQ(call("/").value().body, "[null,false]");
}

TEST_F(RealWorker, ReportsAnUncaughtException) {
  const auto started = start_handler("const x = undefined;\n    return x();");
  ASSERT_TRUE(started) << started.error();
  testing::internal::CaptureStderr();
  const auto answer = call("/");
  run_until([&] { return counted_out_.answered == 1; });
  const std::string log = testing::internal::GetCapturedStderr();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::worker_exception);
  EXPECT_EQ(answer.error().side, Side::worker);
  EXPECT_THAT(
      log, HasSubstr("worker.exception script=api colo=FRA ray=89abcdef00000001 name=TypeError")
  );
  EXPECT_THAT(log, HasSubstr("src/index.js:4:12"));
}

TEST_F(RealWorker, KeepsAFailureThatTheScriptMakesItself) {
  const auto started =
      start_handler("return new Response('Internal Server Error', {status: 500});");
  ASSERT_TRUE(started) << started.error();
  const auto answer = call("/");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 500);
}

TEST_F(RealWorker, KeepsTheRayLiveWhileTheAnswerIsRead) {
  const auto started = start_handler(R"(
    const {readable, writable} = new TransformStream();
    const write = async () => {
      const part = await fetch('https://site.example/late').then((r) => r.text());
      const writer = writable.getWriter();
      await writer.write(new TextEncoder().encode(part));
      await writer.close();
    };
    ctx.waitUntil(write());
    return new Response(readable);)");
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(call("/").value().body, "origin of https://site.example/late");
  ASSERT_EQ(site_.callers.size(), 1U);
  EXPECT_TRUE(site_.callers[0].parent);
}

TEST_F(RealWorker, IsStartedAnewWhenItWasKilled) {
  const auto started = start_handler("return new Response('here');");
  ASSERT_TRUE(started) << started.error();
  ASSERT_TRUE(call("/"));
  const auto before = children();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(::kill(before[0], SIGKILL), 0);
  run_until([&] { return children() != before; });  // reaped
  const auto answer = call("/");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->body, "here");
  ASSERT_EQ(children().size(), 1U);
  EXPECT_NE(children(), before);
}

TEST_F(RealWorker, TellsWhyAScriptDoesNotStart) {
  const auto started = start("export default {\n  fetch() { return new Response('a' };\n}\n");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::worker_unavailable);
  EXPECT_EQ(started.error().side, Side::worker);
  const std::string& detail = started.error().detail;
  EXPECT_THAT(
      detail, HasSubstr("script \"api\" (" + (directory_ / "wrangler.toml").string() + "): ")
  );
  EXPECT_THAT(
      detail, HasSubstr("Uncaught SyntaxError: missing ) after argument list at src/index.js:2:")
  );
  EXPECT_TRUE(children().empty());
}

TEST_F(RealWorker, StopsItsProcessesAndRemovesTheirSockets) {
  const auto started = start_handler("return new Response('here');");
  ASSERT_TRUE(started) << started.error();
  const fs::path socket = [&] { return supervisor_.lease("api", "FRA")->address().unix_path; }();
  EXPECT_TRUE(fs::is_socket(socket));
  EXPECT_EQ(fs::status(directory_ / "run").permissions(), fs::perms::owner_all);
  wait(supervisor_.stop());
  EXPECT_TRUE(children().empty());
  EXPECT_FALSE(fs::exists(socket));
  const auto answer = call("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::worker_unavailable);
}

TEST_F(RealWorker, AnswersWithTheNewVersionFromTheCommitOn) {
  ASSERT_TRUE(start_handler("return new Response('one');"));
  const auto before = children();
  ASSERT_TRUE(deploy(fleet(handler("return new Response('two');"))));
  EXPECT_EQ(call("/").value().body, "two");
  EXPECT_EQ(supervisor_.replaced(), 1U);
  run_until([&] { return supervisor_.replaced() == 0; });
  ASSERT_EQ(children().size(), 1U) << "the old process has ended";
  EXPECT_NE(children(), before);
  EXPECT_EQ(call("/").value().body, "two");
}

TEST_F(RealWorker, LetsACallOfTheOldVersionEnd) {
  ASSERT_TRUE(start_handler(R"(
    const {readable, writable} = new IdentityTransformStream();
    const write = async () => {
      const writer = writable.getWriter();
      await writer.write(new TextEncoder().encode('one, '));
      await fetch('https://site.example/late');
      await writer.write(new TextEncoder().encode('still one'));
      await writer.close();
    };
    ctx.waitUntil(write());
    return new Response(readable);)"));
  Call under_way;
  under_way.script = "api";
  under_way.ray = {
      .ray = ++ray_, .script = "api", .colo = "FRA", .zone = "a", .client_address = {}
  };
  site_.held = true;
  auto reply = wait(dispatch_.call(std::move(under_way), get("/"), {}));
  ASSERT_TRUE(reply) << reply.error();
  ASSERT_TRUE(deploy(fleet(handler("return new Response('two');"))));
  EXPECT_EQ(call("/").value().body, "two");
  EXPECT_EQ(children().size(), 2U);

  site_.held = false;
  site_.released.notify();
  const auto text = wait(collect(std::move(reply->body), kBudget, Side::worker));
  EXPECT_EQ(text.value(), "one, still one");
  run_until([&] { return supervisor_.replaced() == 0; });
  EXPECT_EQ(children().size(), 1U);
}

TEST_F(RealWorker, GivesWaitUntilWorkOfTheOldVersionItsTime) {
  ASSERT_TRUE(start_handler(R"(
    const later = async () => {
      await fetch('https://site.example/first');
      await fetch('https://site.example/second');
    };
    ctx.waitUntil(later());
    return new Response('one');)"));
  EXPECT_EQ(call("/").value().body, "one");
  ASSERT_TRUE(deploy(fleet(handler("return new Response('two');"))));
  run_until([&] { return site_.callers.size() == 2; });
  run_until([&] { return supervisor_.replaced() == 0; });
}

class RealWorkerThatLingers : public RealWorker {
 protected:
  RealWorkerThatLingers() : RealWorker(TestClock::off, 1h) {}
};

TEST_F(RealWorkerThatLingers, KeepsSoManyReplacedInstancesAndNoMore) {
  ASSERT_TRUE(start_handler("return new Response('0');"));
  const auto deploy_version = [&](std::size_t number) {
    return deploy(fleet(handler("return new Response('" + std::to_string(number) + "');")));
  };
  for (std::size_t i = 1; i <= kMaxReplaced; ++i) ASSERT_TRUE(deploy_version(i));
  EXPECT_EQ(supervisor_.replaced(), kMaxReplaced);
  EXPECT_EQ(children().size(), kMaxReplaced + 1);
  ASSERT_TRUE(deploy_version(kMaxReplaced + 1));
  EXPECT_EQ(supervisor_.replaced(), kMaxReplaced + 1);
  run_until([&] { return supervisor_.replaced() == kMaxReplaced; });
  EXPECT_EQ(children().size(), kMaxReplaced + 1);
}

TEST_F(RealWorker, KeepsTheProcessOfAScriptThatDidNotChange) {
  const std::string source = handler("return new Response('one');");
  ASSERT_TRUE(start(source));
  const auto before = children();
  ASSERT_TRUE(deploy(fleet(source)));
  EXPECT_EQ(children(), before);
  EXPECT_EQ(supervisor_.replaced(), 0U);
}

TEST_F(RealWorker, KeepsAllAsItWasWhenADeploymentFails) {
  ASSERT_TRUE(start_handler("return new Response('one');"));
  const auto before = children();
  const auto deployed = deploy(fleet("export default { fetch() { return new Response('a' }; }"));
  ASSERT_FALSE(deployed);
  EXPECT_THAT(deployed.error().detail, HasSubstr("SyntaxError"));
  EXPECT_EQ(children(), before);
  EXPECT_EQ(call("/").value().body, "one");
}

TEST_F(RealWorker, AnswersForARemovedScriptUntilItsInstanceEnds) {
  ASSERT_TRUE(start_handler("return new Response('one');"));
  ASSERT_TRUE(deploy(fleet(handler("return new Response('other');"), "other")));
  EXPECT_EQ(call("/").value().body, "one") << "such requests began before the change";
  run_until([&] { return supervisor_.replaced() == 0; });
  const auto answer = call("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::worker_unavailable);
}

TEST_F(RealWorker, HasTheFlagsThatItsTableSays) {
  const auto started = start_handler("return Response.json(Cloudflare.compatibilityFlags);");
  ASSERT_TRUE(started) << started.error();
  const auto flags = json::parse(call("/").value().body);
  ASSERT_TRUE(flags);
  ASSERT_GE(flags->as_object().size(), 200U);
  for (const auto& [name, on] : flags->as_object()) {
    EXPECT_EQ(is_on(runtime().table, name, "2025-06-01", {"nodejs_als"}), on.as_bool()) << name;
  }
}

TEST_F(RealWorkerWithClock, SeesTheTimeThatTheTestClockShows) {
  const auto started =
      start_handler("return Response.json([Date.now(), request.headers.has('X-Festina-Clock')]);");
  ASSERT_TRUE(started) << started.error();
  const auto before = std::chrono::system_clock::now();
  const auto answer = json::parse(call("/").value().body);
  ASSERT_TRUE(answer);
  const std::chrono::sys_time<std::chrono::milliseconds> seen(
      std::chrono::milliseconds(answer->at(0).as_int64())
  );
  EXPECT_GE(seen, std::chrono::floor<std::chrono::seconds>(before) + 3600s);
  EXPECT_LE(seen, std::chrono::system_clock::now() + 3600s);
  EXPECT_FALSE(answer->at(1).as_bool());
}

TEST(Supervisor, RefusesADirectoryTooLongForSockets) {
  asio::io_context io;
  std::vector<asio::io_context*> threads{&io};
  const fs::path directory =
      fs::temp_directory_path() / ("festina." + std::to_string(::getpid())) / std::string(100, 'd');
  Supervisor supervisor(directory, threads, TestClock::off);
  Rays rays;
  Site site;
  observe::Journal journal;
  const SystemClock clock;
  Outbound out(site, rays, journal, clock);
  Fleet fleet{.runtime = {}, .deployments = std::vector<Deployment>(1)};
  fleet.deployments[0].script.name = "api";
  fleet.deployments[0].bundle = {.modules = {{"index.js", ""}}, .version = "5f0c21d7"};
  Result<> started;
  asio::co_spawn(
      io,
      supervisor.start(std::move(fleet), {"FRA"}, {out, out}),
      [&](const std::exception_ptr&, Result<> result) { started = std::move(result); }
  );
  io.run();
  fs::remove_all(directory.parent_path());
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::too_large);
  EXPECT_THAT(started.error().detail, HasSubstr("choose a state directory with a shorter path"));
}

}  // namespace
}  // namespace festina::workers
