#include "server/reload_report.h"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"

namespace festina::server {
namespace {

using namespace std::chrono_literals;

class ReloadReportTest : public testing::Test {
 protected:
  ReloadReportTest() { std::filesystem::create_directory(state); }
  ~ReloadReportTest() override { std::filesystem::remove_all(state); }

  // A process that answers the first SIGHUP with `report`, and lives until it is killed.
  class Node {
   public:
    Node(const std::string& state, const ReloadReport& report) : pid_(::fork()) {
      if (pid_ != 0) return;
      sigset_t hangup;
      ::sigemptyset(&hangup);
      ::sigaddset(&hangup, SIGHUP);
      int got = 0;
      ::sigwait(&hangup, &got);
      if (report.ended > 0) (void)write_reload_report(state, report);
      if (report.ended > 0) ::pause();
      ::_exit(0);
    }
    ~Node() {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    pid_t pid() const { return pid_; }

   private:
    pid_t pid_;
  };
  // Blocked before the fork, so that the child cannot miss it.
  class Blocked {
   public:
    Blocked() {
      ::sigemptyset(&set_);
      ::sigaddset(&set_, SIGHUP);
      ::sigprocmask(SIG_BLOCK, &set_, nullptr);
    }
    ~Blocked() { ::sigprocmask(SIG_UNBLOCK, &set_, nullptr); }

   private:
    sigset_t set_;
  };

  std::string state = testing::TempDir() + "reload-" + random_hex(8);
};

TEST_F(ReloadReportTest, IsReadAsWritten) {
  const ReloadReport report{
      .begun = 3,
      .ended = 2,
      .file = "/etc/festina.toml",
      .problems = {"festina.toml:3:1: no", "and \"no\""},
      .needs_restart = {"[state] dir"}
  };
  ASSERT_TRUE(write_reload_report(state, report));
  EXPECT_EQ(read_reload_report(state).value(), report);
}

TEST_F(ReloadReportTest, IsNotThereBeforeTheNodeListens) {
  EXPECT_EQ(read_reload_report(state).error().code, ErrorCode::not_found);
  ASSERT_TRUE(write_reload_report(state, {}));
  remove_reload_report(state);
  EXPECT_EQ(read_reload_report(state).error().code, ErrorCode::not_found);
}

TEST_F(ReloadReportTest, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "{}", R"({"begun":-1,"ended":0})", R"({"begun":1,"ended":"0"})"})
    EXPECT_FALSE(parse_reload_report(text)) << text;
}

TEST_F(ReloadReportTest, IsWaitedFor) {
  ASSERT_TRUE(write_reload_report(state, {.begun = 4, .ended = 4}));
  const Blocked blocked;
  const ReloadReport wanted{.begun = 5, .ended = 5, .file = "f", .problems = {"bad"}};
  const Node node(state, wanted);
  const auto outcome = ask_for_reload(state, node.pid());
  ASSERT_TRUE(outcome) << outcome.error();
  EXPECT_EQ(*outcome, wanted);
}

TEST_F(ReloadReportTest, OfAReloadThatHadBegunBeforeIsNotTakenForOurs) {
  ASSERT_TRUE(write_reload_report(state, {.begun = 5, .ended = 4}));
  const Blocked blocked;
  const Node node(state, {.begun = 5, .ended = 5});
  EXPECT_EQ(ask_for_reload(state, node.pid(), 50ms).error().code, ErrorCode::timed_out);
}

TEST_F(ReloadReportTest, OfANodeThatEndedNeverComes) {
  ASSERT_TRUE(write_reload_report(state, {}));
  const Blocked blocked;
  const Node node(state, {});
  EXPECT_EQ(ask_for_reload(state, node.pid()).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace festina::server
