#include "server/words.h"

#include <gtest/gtest.h>

namespace festina::server {
namespace {

TEST(HeaderLine, IsNameAndValueWithoutSpaceAround) {
  EXPECT_EQ(header_line("Accept:  text/html "), (HeaderLine{"Accept", "text/html"}));
  EXPECT_EQ(header_line("X-Empty:"), (HeaderLine{"X-Empty", ""}));
  for (const char* text : {"", "Accept", ": a", "Accept text: a", "Accept : a"})
    EXPECT_FALSE(header_line(text)) << text;
}

TEST(ThreadsProblem, AllowsOneToTheLimit) {
  EXPECT_EQ(threads_problem("1"), "");
  EXPECT_EQ(threads_problem(std::to_string(kMaxThreads)), "");
  for (const std::string text : {"", "0", "-1", "two"})
    EXPECT_NE(threads_problem(text), "") << text;
  EXPECT_NE(threads_problem(std::to_string(kMaxThreads + 1)), "");
}

TEST(DateProblem, AllowsDaysThereAre) {
  EXPECT_EQ(date_problem("2024-02-29"), "");
  for (const std::string text : {"", "2026-02-29", "2026-2-1", "today", "2026-01-01T00:00:00Z"})
    EXPECT_EQ(date_problem(text), "\"" + text + "\" is no date: write it as YYYY-MM-DD");
}

TEST(PidProblem, AllowsWhatAProcessIdCanBe) {
  EXPECT_EQ(pid_problem("1"), "");
  EXPECT_EQ(pid_problem("2147483647"), "");
  for (const std::string text : {"", "0", "-1", "2147483648", "99999999999999999999", "node"})
    EXPECT_EQ(pid_problem(text), "\"" + text + "\" is no process id");
}

TEST(UrlProblem, AsksForAnAbsoluteUrl) {
  EXPECT_EQ(url_problem("http://example.com/a?b"), "");
  EXPECT_NE(url_problem("example.com/a"), "");
  EXPECT_EQ(control_problem("http://127.0.0.1:8788"), "");
  EXPECT_NE(control_problem("127.0.0.1:8788"), "");
}

TEST(Suggestion, NamesTheNearestWord) {
  EXPECT_EQ(suggestion("srve", {"serve", "check"}), " - did you mean \"serve\"?");
  EXPECT_EQ(suggestion("xyzzy", {"serve", "check"}), "");
}

}  // namespace
}  // namespace festina::server
