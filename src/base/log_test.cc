#include "base/log.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "base/crypto.h"
#include "base/text.h"

namespace festina::log {
namespace {

using namespace std::chrono_literals;

// The lines that a call writes, without the time in front ("2000-01-31T12:00:00.000Z "), and
// without the reports of lines that other tests made it drop.
template <class Call>
std::vector<std::string> written(Call call) {
  testing::internal::CaptureStderr();
  call();
  const std::string text = testing::internal::GetCapturedStderr();
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view event = line.substr(std::min<std::size_t>(25, line.size()));
    if (!event.empty() && !event.starts_with("warn log.dropped ")) lines.emplace_back(event);
  }
  return lines;
}
using Lines = std::vector<std::string>;

TEST(Log, StartsALineWithTheTimeInUtc) {
  testing::internal::CaptureStderr();
  info("timed");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(
      text,
      testing::ContainsRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z info timed\n")
  );
}

TEST(Log, WritesLevelEventAndFieldsOnOneLine) {
  const auto lines = written([] {
    warn("fill.truncated", {{"zone", "shop"}, {"got", 10}, {"expected", 20U}, {"ok", false}});
  });
  EXPECT_EQ(lines, Lines{"warn fill.truncated zone=shop got=10 expected=20 ok=false"});
}

TEST(Log, QuotesOnlyTextThatWouldBeAmbiguous) {
  struct Case {
    std::string_view value;
    std::string_view written;
    const char* why;
  };
  const Case cases[] = {
      {"http://a/b?c", "http://a/b?c", "plain"},
      {"\xC3\xA4", "\xC3\xA4", "UTF-8 stays"},
      {"", "\"\"", "empty"},
      {"a b", "\"a b\"", "space"},
      {"a=b", "\"a=b\"", "equals sign"},
      {"say \"x\"", "\"say \\\"x\\\"\"", "quotes"},
      {"a\\b", "\"a\\\\b\"", "backslash"},
      {"Error: x\n\tat f\r\n", "\"Error: x\\n\\tat f\\r\\n\"", "a stack trace"},
      {"\x1b[31m", "\"\\x1b[31m\"", "terminal control"},
  };
  for (const auto& c : cases) {
    const auto lines = written([&] { info("quoting", {{"v", c.value}}); });
    EXPECT_EQ(lines, Lines{"info quoting v=" + std::string(c.written)}) << c.why;
  }
}

TEST(Log, DropsEventsBelowItsLevel) {
  EXPECT_EQ(written([] { debug("detail"); }), Lines());
  ASSERT_TRUE(set_level("debug"));
  EXPECT_EQ(written([] { debug("detail"); }), Lines{"debug detail"});
  set_level(Level::error);
  EXPECT_EQ(written([] { warn("trouble"); }), Lines());
  set_level(Level::info);
}

TEST(Log, KnowsItsLevelsByName) {
  EXPECT_FALSE(set_level("verbose"));
  EXPECT_FALSE(set_level(""));
  EXPECT_TRUE(set_level("info"));
}

TEST(Log, WritesNoMoreOfOneEventThanItsLimit) {
  const std::string event =
      "flood." + random_hex(8);  // its own limit, however often this test runs
  const auto lines = written([&] {
    for (std::uint64_t i = 0; i < 3 * LineLimit::kMaxLines; ++i) info(event);
  });
  EXPECT_EQ(lines.size(), LineLimit::kMaxLines);
}

TEST(Log, KeepsLinesOfTwoThreadsWhole) {
  const std::string event = "threads." + random_hex(8);
  const auto log_some = [&] {
    for (int i = 0; i < 10; ++i) info(event, {{"text", "as long as a line is"}});
  };
  const auto lines = written([&] {
    std::thread other(log_some);
    log_some();
    other.join();
  });
  EXPECT_EQ(lines, Lines(20, "info " + event + " text=\"as long as a line is\""));
}

class LineLimitTest : public testing::Test {
 protected:
  // Counts so many lines of the event; the number admitted.
  std::uint64_t admitted(std::string_view event, std::uint64_t lines) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < lines; ++i) count += limit_.judge(event, now_).admitted ? 1U : 0U;
    return count;
  }

  LineLimit limit_;
  LineLimit::Instant now_ = LineLimit::Instant() + 1h;
};

TEST_F(LineLimitTest, AdmitsTheLimitAndNotOneMore) {
  EXPECT_EQ(admitted("a", LineLimit::kMaxLines), LineLimit::kMaxLines);
  EXPECT_EQ(admitted("a", 1), 0U);
}

TEST_F(LineLimitTest, CountsEachEventOnItsOwn) {
  admitted("a", LineLimit::kMaxLines + 1);
  EXPECT_EQ(admitted("b", 1), 1U);
}

TEST_F(LineLimitTest, AdmitsAgainAfterTheWindow) {
  admitted("a", LineLimit::kMaxLines);
  now_ += LineLimit::kWindow - 1ns;
  EXPECT_EQ(admitted("a", 1), 0U);
  now_ += 1ns;
  EXPECT_EQ(admitted("a", 1), 1U);
}

TEST_F(LineLimitTest, TellsOnceHowManyItDropped) {
  admitted("a", LineLimit::kMaxLines + 7);
  EXPECT_TRUE(limit_.judge("b", now_).dropped.empty());
  now_ += LineLimit::kWindow;
  const auto verdict = limit_.judge("b", now_);
  ASSERT_EQ(verdict.dropped.size(), 1U);
  EXPECT_EQ(verdict.dropped[0].event, "a");
  EXPECT_EQ(verdict.dropped[0].lines, 7U);
  EXPECT_TRUE(limit_.judge("b", now_).dropped.empty());
}

}  // namespace
}  // namespace festina::log
