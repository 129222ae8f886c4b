#include "workers/confinement.h"

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>

#include "workers/process.h"

namespace festina::workers {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 30s;  // until a wait for an event that never comes fails the test
constexpr std::uint64_t kDataBytes = std::uint64_t{1} << 30;

// How a shell script ends that is confined so. It may write no file, and what run() collects is one.
Exit confined(std::string script, Confinement confinement) {
  Program program;
  program.path = "/bin/sh";
  program.arguments = {"-c", std::move(script)};
  program.confinement = confinement;
  const auto finished = run(program, kLimit);
  check(finished.has_value(), "the shell runs");
  return finished->exit;
}

TEST(Confinement, LeavesNoNetworkInterface) {
  const std::string here = std::filesystem::read_symlink("/proc/self/ns/net").string();
  const Confinement confinement{.network = emptiest_network(), .data_bytes = 0};
  const Exit same =
      confined("test \"$(readlink /proc/self/ns/net)\" = '" + here + "'", confinement);
  EXPECT_EQ(same.is_success(), confinement.network == Network::ours) << same.text();
  if (same.is_success()) return;  // the system gives none; the log says so
  const Exit interfaces = confined("grep ':' /proc/self/net/dev | grep -vq ' lo:'", confinement);
  EXPECT_EQ(interfaces.status, 1) << "none but the loopback, which is down: " << interfaces.text();
}

TEST(Confinement, LimitsWhatIsMeasured) {
  const Exit exit = confined(
      "test \"$(ulimit -c) $(ulimit -f) $(ulimit -d)\" = '0 0 1048576' && "
      "test \"$(grep NoNewPrivs /proc/self/status | tr -d '\\t ')\" = NoNewPrivs:1",
      {.network = Network::ours, .data_bytes = kDataBytes}
  );
  EXPECT_TRUE(exit.is_success()) << exit.text();
}

TEST(Confinement, LeavesMemoryAloneWithoutALimit) {
  EXPECT_TRUE(confined("test \"$(ulimit -d)\" = unlimited", {}).is_success());
}

TEST(Confinement, LetsNobodyWriteAFile) { EXPECT_EQ(confined("echo x", {}).signal, SIGXFSZ); }

}  // namespace
}  // namespace festina::workers
