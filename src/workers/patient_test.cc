// What becomes of a patient is tested with its instance; here is one that is gone.
#include "workers/patient.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

Awaitable<> judge(Patient::Ref patient, std::optional<Verdict>& verdict) {
  verdict = co_await Patient::next_verdict(std::move(patient));
}

TEST(Patient, NeedsNoVerdictWhenItHasEnded) {
  asio::io_context io;
  TaskGroup tasks;
  const Executor executor = io.get_executor();
  const auto configuration = memory_file("");
  ASSERT_TRUE(configuration);
  const Workerd::Launch launch{
      .script = "api",
      .program = "/bin/true",
      .configuration = configuration->number(),
      .sockets = {},
      .data_bytes = 0
  };
  const auto process = Workerd::start(launch, executor, tasks);
  ASSERT_TRUE(process) << process.error();
  const auto patient = Patient::admit(*process, "/nowhere.sock", {}, executor, tasks);
  std::optional<Verdict> verdict;
  tasks.spawn(executor, judge(patient, verdict));
  io.run();
  EXPECT_EQ(verdict, Verdict::well);
  EXPECT_EQ((*process)->end(), "it ended by status 0");
}

}  // namespace
}  // namespace festina::workers
