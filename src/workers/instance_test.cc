// These tests run the real workerd (real_worker.h).
#include "workers/instance.h"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workers/real_worker.h"

namespace festina::workers {
namespace {

using namespace std::chrono_literals;
using namespace real;
using testing::AnyOf;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;

TEST(RestartDelay, GrowsFromNothingToItsLimit) {
  EXPECT_EQ(restart_delay(0), 0ms);
  EXPECT_EQ(restart_delay(1), kFirstRestartDelay);
  EXPECT_EQ(restart_delay(2), 2 * kFirstRestartDelay);
  EXPECT_EQ(restart_delay(1000), kLongestRestartDelay);
}

class RealInstance : public RealWorker {
 protected:
  // Calls `path` without waiting for its answer.
  void begin_call(std::string_view path) {
    asio::co_spawn(
        io_,
        answer_of(dispatch_, call_of("api", "FRA"), get(path), {}),
        [this](const std::exception_ptr&, Result<Answer> answer) {
          answers.push_back(std::move(answer));
        }
    );
  }
  // Of a call that a killed process was to answer.
  static void expect_1102(const Result<Answer>& answer, std::string_view why) {
    ASSERT_FALSE(answer) << answer->body;
    EXPECT_EQ(answer.error().code, ErrorCode::worker_unavailable) << answer.error();
    EXPECT_THAT(answer.error().detail, HasSubstr(why));
  }
  void expect_a_new_process(const std::vector<pid_t>& before) {
    const auto answer = call("/");
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->body, "here");
    ASSERT_EQ(children().size(), 1U);
    EXPECT_NE(children(), before);
  }
  static std::uint64_t resident(pid_t pid) { return vitals_of(pid).value_or(Vitals()).resident; }
  std::vector<Result<Answer>> answers;
};

constexpr std::string_view kTroubled = R"(
    const { pathname } = new URL(request.url);
    if (pathname === '/spin') for (;;);
    if (pathname === '/wait') await fetch('https://site.example/');
    if (pathname === '/heap') for (const all = [];;) all.push({ text: 'x' + all.length, more: [1, 2, 3] });
    if (pathname === '/buffers') for (const all = [];;) all.push(new Uint8Array(1e7).fill(1));
    if (pathname === '/keep') {
      (globalThis.kept ??= []).push(new Uint8Array(1e7).fill(1));
      return new Response('kept');
    }
    return new Response('here');)";

TEST_F(RealInstance, IsStartedAnewWhenItsProcessWasKilled) {
  ASSERT_TRUE(start_handler(kTroubled));
  ASSERT_TRUE(call("/"));
  const auto before = children();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_EQ(::kill(before[0], SIGKILL), 0);
  run_until([&] { return children() != before; });  // reaped
  expect_a_new_process(before);
}

TEST_F(RealInstance, TellsCallsUnderWayHowTheirProcessEnded) {
  ASSERT_TRUE(start_handler(kTroubled));
  ASSERT_TRUE(call("/")) << "the next goes out on this one's connection";
  const auto before = children();
  site_.held = true;
  begin_call("/wait");
  begin_call("/wait");
  run_until([&] { return site_.callers.size() == 2; });
  ASSERT_EQ(::kill(before[0], SIGKILL), 0);
  run_until([&] { return answers.size() == 2; });
  for (const auto& answer : answers)
    expect_1102(answer, "api: its process is gone: it ended by signal 9");
  expect_a_new_process(before);
}

TEST_F(RealInstance, KillsAProcessThatSpinsBeyondItsLimit) {
  Deployment hasty = deployment(handler(kTroubled));
  hasty.script.cpu_ms = 100;
  ASSERT_TRUE(start(fleet(std::vector{hasty})));
  const auto before = children();
  expect_1102(call("/spin"), "it computed for 100 ms of CPU time without a pause");
  expect_a_new_process(before);
}

TEST_F(RealInstance, LetsAProcessComputeWithinItsLimit) {
  Deployment patient = deployment(handler(R"(
    const end = Number(new URL(request.url).searchParams.get('for'));
    let x = 0;
    for (let i = 0; i < end; ++i) x += Math.sqrt(i);
    return new Response(String(x > 0));)"));
  patient.script.cpu_ms = 60'000;
  ASSERT_TRUE(start(fleet(std::vector{patient})));
  const auto before = children();
  EXPECT_EQ(call("/?for=300000000").value().body, "true");
  EXPECT_EQ(children(), before);
}

TEST_F(RealInstance, KillsAProcessThatGrowsWithoutEnd) {
  limits_.memory = 160 * kMiB;
  ASSERT_TRUE(start_handler(kTroubled));
  for (const char* path : {"/heap", "/buffers"}) {
    const auto answer = call(path);
    ASSERT_FALSE(answer) << path;
    EXPECT_EQ(answer.error().code, ErrorCode::worker_unavailable) << answer.error();
    // A fast machine fills the heap before the watchdog looks.
    const auto by_whom = AnyOf(HasSubstr("max_memory = 160 MiB"), HasSubstr("heap was full"));
    EXPECT_THAT(answer.error().detail, by_whom);
    EXPECT_EQ(call("/").value().body, "here");
  }
}

TEST_F(RealInstance, IsRenewedWithoutALostCallWhenItHasOutgrownItsMemory) {
  limits_.memory = 160 * kMiB;
  ASSERT_TRUE(start_handler(kTroubled));
  const auto before = children();
  site_.held = true;
  begin_call("/wait");
  run_until([&] { return site_.callers.size() == 1; });
  while (resident(before[0]) <= limits_.memory) ASSERT_TRUE(call("/keep"));
  run_until([&] { return supervisor_.replaced() == 1; });
  EXPECT_EQ(call("/").value().body, "here");
  EXPECT_EQ(children().size(), 2U) << "the old process still has a call";
  site_.held = false;
  site_.released.notify();
  run_until([&] { return answers.size() == 1; });
  EXPECT_TRUE(answers[0]) << answers[0].error();
  run_until([&] { return supervisor_.replaced() == 0; });
  expect_a_new_process(before);
}

TEST_F(RealInstance, WaitsForAnAnswerWithinItsLimitAndNoLonger) {
  limits_.answer = 300ms;
  ASSERT_TRUE(start_handler(kTroubled));
  EXPECT_TRUE(call("/wait")) << "at once";
  const auto before = children();
  site_.held = true;
  expect_1102(call("/wait"), "api: no byte of an answer within 300 ms");
  EXPECT_EQ(call("/").value().body, "here");
  EXPECT_EQ(children(), before) << "others of the process are not disturbed";
}

TEST_F(RealInstance, HasNoNetworkOfOurs) {
  ASSERT_TRUE(start_handler(kTroubled));
  const fs::path process = fs::path("/proc") / std::to_string(children().at(0));
  const bool is_ours =
      fs::read_symlink(process / "ns/net") == fs::read_symlink("/proc/self/ns/net");
  EXPECT_EQ(is_ours, emptiest_network() == Network::ours);
  std::ifstream status(process / "status");
  const std::string text(std::istreambuf_iterator<char>(status), {});
  EXPECT_THAT(text, HasSubstr("NoNewPrivs:\t1"));
}

}  // namespace
}  // namespace festina::workers
