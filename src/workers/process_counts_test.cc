#include "workers/process_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using testing::HasSubstr;

TEST(ProcessCounts, BeginAtZeroForEveryCause) {
  const std::string text = ProcessCounts().text();
  EXPECT_THAT(text, HasSubstr("\nfestina_worker_process_starts_total 0\n"));
  EXPECT_THAT(text, HasSubstr("\nfestina_worker_process_restarts_total 0\n"));
  for (const char* cause : {"outgrown", "bursting", "spinning", "hanging"}) {
    const std::string line = std::string("kills_total{cause=\"") + cause + "\"} 0\n";
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ProcessCounts, AreKeptApart) {
  ProcessCounts counts;
  for (int i = 0; i < 3; ++i) counts.started();
  counts.restarted();
  counts.killed(Verdict::spinning);
  counts.killed(Verdict::spinning);
  counts.killed(Verdict::hanging);
  const std::string text = counts.text();
  EXPECT_THAT(text, HasSubstr("\nfestina_worker_process_starts_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\nfestina_worker_process_restarts_total 1\n"));
  EXPECT_THAT(text, HasSubstr("kills_total{cause=\"spinning\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("kills_total{cause=\"hanging\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kills_total{cause=\"bursting\"} 0\n"));
}

}  // namespace
}  // namespace festina::workers
