// These tests run the real workerd (real_worker.h).
#include "workers/supervisor.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "workers/compat_flags.h"
#include "workers/real_worker.h"

namespace festina::workers {
namespace {

using namespace std::chrono_literals;
using namespace real;
using testing::HasSubstr;

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

TEST_F(RealWorker, TellsWhyAScriptDoesNotStart) {
  const auto started = start("export default {};\nundefined.member;\n");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::worker_unavailable);
  EXPECT_EQ(started.error().side, Side::worker);
  const std::string& detail = started.error().detail;
  EXPECT_THAT(
      detail, HasSubstr("script \"api\" (" + (directory_ / "api/wrangler.toml").string() + "): ")
  );
  EXPECT_THAT(
      detail,
      HasSubstr("Uncaught TypeError: Cannot read properties of undefined (reading 'member') "
                "at src/index.js:2:11")
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
  site_.held = true;
  auto reply = wait(dispatch_.call(call_of("api", "FRA"), get("/"), {}));
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
  const auto deployed = deploy(fleet("export default {}; undefined.member;"));
  ASSERT_FALSE(deployed);
  EXPECT_THAT(deployed.error().detail, HasSubstr("TypeError"));
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
  const auto started = start_handler("return Response.json([Date.now(), '$f' in request.cf]);");
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

// --- scripts joined by service bindings ---

class RealGroup : public RealWorker {
 protected:
  // `api`, bound to `auth` in three ways.
  Deployment api(std::string_view body) {
    Deployment made = deployment(handler(body));
    made.script.services = {
        {.name = "AUTH", .service = "auth"},
        {.name = "ADMIN", .service = "auth", .entrypoint = "Admin", .props = R"({"level":3})"}
    };
    return made;
  }
  Deployment auth() {
    return deployment(
        R"js(
import { WorkerEntrypoint } from "cloudflare:workers";
export class Admin extends WorkerEntrypoint {
  add(a, b) { return a + b + this.ctx.props.level; }
}
export default {
  async fetch(request) {
    if (new URL(request.url).pathname === "/boom") throw new Error("boom");
    await caches.default.put("https://site.example/auth", new Response("seen", { headers: { "Cache-Control": "max-age=60" } }));
    return fetch("https://site.example/users");
  },
};
)js",
        "auth"
    );
  }
};

TEST_F(RealGroup, CallsEachOtherInOneProcess) {
  const auto started = start(fleet(std::vector{
      api("const user = await env.AUTH.fetch('https://auth/').then((r) => "
          "r.text());"
          "const match = await caches.default.match('https://site.example/auth');"
          "return Response.json([user, await env.ADMIN.add(1, 2), await match?.text()]);"),
      auth()
  }));
  ASSERT_TRUE(started) << started.error();
  EXPECT_EQ(children().size(), 1U);
  const auto answer = call("/", "LHR");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->body, R"(["origin of https://site.example/users",6,"seen"])");
  ASSERT_EQ(site_.callers.size(), 1U);
  const Identity auth_there{"auth", supervisor_.version("auth"), "LHR"};
  EXPECT_EQ(site_.callers[0].identity, auth_there) << "whoever called it";
  EXPECT_EQ(site_.callers[0].parent.value_or(RayInfo()).ray, ray_) << "for the same request";
  EXPECT_EQ(call("/", "FRA", "auth").value().body, "origin of https://site.example/users")
      << "it has its own socket too";
}

TEST_F(RealGroup, IsReplacedAsAWholeAndLeavesOthersAlone) {
  const std::string other = handler("return new Response('other');");
  ASSERT_TRUE(start(fleet(std::vector{
      api("return env.AUTH.fetch('https://auth/');"), auth(), deployment(other, "other")
  })));
  const auto before = children();
  ASSERT_EQ(before.size(), 2U);
  ASSERT_TRUE(deploy(
      fleet(std::vector{api("return new Response('changed');"), auth(), deployment(other, "other")})
  ));
  EXPECT_EQ(supervisor_.replaced(), 1U);
  run_until([&] { return supervisor_.replaced() == 0; });
  const auto after = children();
  EXPECT_EQ(after.size(), 2U);
  const auto stayed = std::ranges::count_if(after, [&](pid_t pid) {
    return std::ranges::find(before, pid) != before.end();
  });
  EXPECT_EQ(stayed, 1) << "the other script's";
  EXPECT_EQ(call("/").value().body, "changed");
}

TEST_F(RealGroup, FallsApartWhenABindingGoes) {
  ASSERT_TRUE(start(fleet(std::vector{api("return new Response('one');"), auth()})));
  EXPECT_EQ(children().size(), 1U);
  Deployment alone = api("return new Response('two');");
  alone.script.services.clear();
  ASSERT_TRUE(deploy(fleet(std::vector{alone, auth()})));
  run_until([&] { return supervisor_.replaced() == 0; });
  EXPECT_EQ(children().size(), 2U);
  EXPECT_EQ(call("/").value().body, "two");
}

TEST_F(RealGroup, NamesTheScriptThatDoesNotStart) {
  const auto started = start(fleet(std::vector{
      api("return new Response('one');"),
      deployment("throw new Error('at start'); export default {};", "auth")
  }));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().detail, HasSubstr("script \"auth\" ("));
  EXPECT_THAT(started.error().detail, HasSubstr("Error: at start"));
}

TEST_F(RealGroup, ThatFailsLeavesOthersAnswering) {
  ASSERT_TRUE(start(fleet(std::vector{
      api("return env.AUTH.fetch('https://auth/boom');"),
      auth(),
      deployment(handler("return new Response('other');"), "other")
  })));
  EXPECT_FALSE(call("/"));
  EXPECT_EQ(call("/", "FRA", "other").value().body, "other");
}

TEST(Supervisor, RefusesADirectoryTooLongForSockets) {
  asio::io_context io;
  std::vector<asio::io_context*> threads{&io};
  const fs::path directory =
      fs::temp_directory_path() / ("festina." + std::to_string(::getpid())) / std::string(100, 'd');
  Supervisor supervisor(directory, threads, TestClock::off);
  const SystemClock clock;
  const Rays rays(clock);
  Site site;
  observe::Journal journal;
  Outbound out(site, rays, journal, clock);
  Fleet fleet{.runtime = {}, .limits = {}, .deployments = std::vector<Deployment>(1)};
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
