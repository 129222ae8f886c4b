#include "workers/process.h"

#include <csignal>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 30s;  // until a wait for an event that never comes fails the test

Program program(std::string path, std::vector<std::string> arguments) {
  Program program;
  program.path = std::move(path);
  program.arguments = std::move(arguments);
  return program;
}
Program shell(std::string script) { return program("/bin/sh", {"-c", std::move(script)}); }
Program sleeper() { return program("/bin/sleep", {"1000"}); }

TEST(Run, GivesWhatTheProgramPrintedAndHowItEnded) {
  const auto finished = run(shell("echo out; echo err >&2; exit 3"), kLimit);
  ASSERT_TRUE(finished) << finished.error();
  EXPECT_EQ(finished->output, "out\n");
  EXPECT_EQ(finished->errors, "err\n");
  EXPECT_EQ(finished->exit.text(), "status 3");
}

TEST(Run, EndsAProgramThatTakesTooLong) {
  const auto finished = run(sleeper(), 1ms);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::timed_out);
}

TEST(Run, TellsThatThereIsNoSuchProgram) {
  const auto finished = run(program("/nowhere/program", {}), kLimit);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::not_found);
}

TEST(Process, SeesNothingOfOursButWhatItIsGiven) {
  const auto pipe = open_pipe();
  const Descriptor leaked(::dup(pipe->reading.number()));  // without close-on-exec
  const std::string given = std::to_string(pipe->writing.number());
  Program child = shell(
      "echo \"${HOME-none}\"; cd /proc/self/fd; test -e " + given + " && echo given; test -e " +
      std::to_string(leaked.number()) + " || echo closed"
  );
  child.inherited = {pipe->writing.number()};
  const auto finished = run(child, kLimit);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "none\ngiven\nclosed\n");
}

TEST(Process, HasTheEnvironmentThatItIsGiven) {
  Program child = shell("echo \"$ONE $TWO\"");
  child.environment = {"ONE=1", "TWO=2"};
  const auto finished = run(child, kLimit);
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "1 2\n");
}

TEST(Process, IsKilledWithItsOwner) {
  pid_t pid = 0;
  {
    const auto process = Process::start(sleeper());
    ASSERT_TRUE(process);
    pid = process->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Process, EndsWithTheThreadThatStartedIt) {
  std::unique_ptr<Process> process;
  std::thread([&] { process = std::make_unique<Process>(Process::start(sleeper()).value()); }
  ).join();
  EXPECT_EQ(process->ended_within(kLimit).value_or(Exit()).signal, SIGKILL);
}

TEST(Process, EndsWithThatThreadInANetworkOfItsOwnToo) {
  Program confined = sleeper();
  confined.confinement = Confinement{.network = emptiest_network(), .data_bytes = 0};
  std::unique_ptr<Process> process;
  std::thread([&] { process = std::make_unique<Process>(Process::start(confined).value()); }
  ).join();
  EXPECT_EQ(process->ended_within(kLimit).value_or(Exit()).signal, SIGKILL);
}

TEST(Process, TellsItsEndToACoroutine) {
  asio::io_context io;
  auto process = Process::start(shell("exit 7"));
  ASSERT_TRUE(process);
  Exit exit;
  asio::co_spawn(io, process->ended(), [&](const std::exception_ptr&, Exit how) { exit = how; });
  io.run();
  EXPECT_EQ(exit.status, 7);
}

TEST(EachLine, GivesLinesWithoutTheirEndsAndCutsLongOnes) {
  const std::string longest(kMaxLineBytes, 'x');
  auto pipe = open_pipe();
  const std::string text = "one\n\n" + longest + "\n" + longest + "y\nlast";
  ASSERT_EQ(
      ::write(pipe->writing.number(), text.data(), text.size()), static_cast<ssize_t>(text.size())
  );
  pipe->writing = Descriptor();
  asio::io_context io;
  std::vector<std::string> lines;
  const auto take = [&](std::string_view line) { lines.emplace_back(line); };
  asio::co_spawn(io, each_line(std::move(pipe->reading), take), [](const std::exception_ptr&) {});
  io.run();
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", longest, longest, "y", "last"}));
}

}  // namespace
}  // namespace festina::workers
