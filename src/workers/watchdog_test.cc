#include "workers/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;
constexpr Limits kLimits{.memory = 100 * kMiB, .answer = 100s};
constexpr auto kCpu = 10s;

TEST(Vitals, AreReadBehindANameThatMayHoldAnything) {
  const auto vitals = parse_vitals(
      "17 (a ) (b) S 1 17 17 0 -1 4194304 3340 0 0 0 130 20 0 0 20 0 2 0 2348739 12616945664 25 1"
  );
  if (!vitals) FAIL();
  EXPECT_EQ(vitals->cpu, std::chrono::milliseconds(150'000 / ::sysconf(_SC_CLK_TCK)));
  EXPECT_EQ(vitals->resident, 25U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_FALSE(vitals->is_ending);
}

TEST(Vitals, TellWhoIsEnding) {
  const auto is_ending = [](const std::string& state_to_flags) {
    const auto vitals =
        parse_vitals("17 (w) " + state_to_flags + " 0 0 0 0 1 1 0 0 20 0 2 0 1 1 25 1");
    return vitals && vitals->is_ending;
  };
  EXPECT_FALSE(is_ending("R 1 17 17 0 -1 4194304"));
  EXPECT_TRUE(is_ending("R 1 17 17 0 -1 4194308")) << "PF_EXITING";
  EXPECT_TRUE(is_ending("Z 1 17 17 0 -1 4194304"));
}

TEST(Vitals, AreThoseOfAProcessThatExists) {
  const auto own = vitals_of(::getpid());
  if (!own) FAIL();
  EXPECT_GT(own->resident, kMiB);
  EXPECT_FALSE(own->is_ending);
  EXPECT_FALSE(vitals_of(0));
}

TEST(Verdict, FollowsFromWhatIsSeen) {
  struct Case {
    Symptoms seen;
    Verdict verdict;
    const char* why;
  };
  const Case cases[] = {
      {{.cpu = 0s, .silence = 0s, .resident = 100 * kMiB}, Verdict::well, "as large as it may be"},
      {{.cpu = 0s, .silence = 0s, .resident = 100 * kMiB + 1}, Verdict::outgrown, "one byte more"},
      {{.cpu = 0s, .silence = 0s, .resident = 150 * kMiB}, Verdict::outgrown, "half as much more"},
      {{.cpu = 0s, .silence = 0s, .resident = 150 * kMiB + 1}, Verdict::bursting, "and beyond"},
      {{.cpu = 999ms, .silence = 999ms, .resident = 101 * kMiB},
       Verdict::outgrown,
       "it may answer soon"},
      {{.cpu = 1s, .silence = 1s, .resident = 101 * kMiB}, Verdict::bursting, "too large, and busy"
      },
      {{.cpu = 9999ms, .silence = 30s, .resident = 0}, Verdict::well, "computing within its limit"},
      {{.cpu = 10s, .silence = 30s, .resident = 0}, Verdict::spinning, "computing beyond it"},
      {{.cpu = 0s, .silence = 59'999ms, .resident = 0}, Verdict::well, "silent within the limit"},
      {{.cpu = 999ms, .silence = 60s, .resident = 0}, Verdict::hanging, "silent beyond it"},
      {{.cpu = 1s, .silence = 60s, .resident = 0}, Verdict::well, "slow, on a busy machine"},
  };
  for (const Case& c : cases) EXPECT_EQ(verdict(c.seen, kLimits, kCpu), c.verdict) << c.why;
}

TEST(Verdict, IsGivenAReasonThatNamesTheLimit) {
  EXPECT_THAT(reason_of(Verdict::bursting, kLimits, kCpu), HasSubstr("max_memory = 100 MiB"));
  EXPECT_THAT(reason_of(Verdict::spinning, kLimits, kCpu), HasSubstr("10 s of CPU time"));
  EXPECT_THAT(reason_of(Verdict::spinning, kLimits, 50ms), HasSubstr("50 ms of CPU time"));
  EXPECT_THAT(reason_of(Verdict::hanging, kLimits, kCpu), HasSubstr("60 s"));
}

}  // namespace
}  // namespace festina::workers
