#include "http/date.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

using namespace std::chrono;

constexpr TimePoint at(year_month_day date, seconds time_of_day = 0s) {
  return sys_days(date) + time_of_day;
}

constexpr TimePoint kNow = at(2026y / January / 15);
constexpr TimePoint kExample = at(1994y / November / 6, 8h + 49min + 37s);

TEST(Date, ReadsThreeForms) {
  const struct {
    std::string_view text;
    TimePoint time;
    std::string_view why;
  } cases[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", kExample, "IMF-fixdate"},
      {"Sunday, 06-Nov-94 08:49:37 GMT", kExample, "RFC 850"},
      {"Sun Nov  6 08:49:37 1994", kExample, "asctime, day with a space"},
      {"Tue Nov 15 08:12:31 1994",
       at(1994y / November / 15, 8h + 12min + 31s),
       "asctime, day of two digits"},
      {"Thu, 29 Feb 2024 23:59:59 GMT", at(2024y / February / 29, 24h - 1s), "leap day"},
      {"Sat, 31 Dec 2016 23:59:60 GMT", at(2017y / January / 1), "leap second"},
      {"Mon, 06 Nov 1994 08:49:37 GMT", kExample, "the day's name decides nothing"},
      {"sun, 06 NOV 1994 08:49:37 gmt", kExample, "nor does case, to a cache (RFC 9111 §4.2)"},
      {"Thu, 01 Jan 1970 00:00:00 GMT", at(1970y / January / 1), "the epoch"},
      {"Mon, 01 Jan 1900 00:00:00 GMT", at(1900y / January / 1), "before the epoch"},
      {"Fri, 31 Dec 9999 23:59:59 GMT", at(9999y / December / 31, 24h - 1s), "the last one"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_date(c.text, kNow), c.time) << c.text << ": " << c.why;
}

TEST(Date, ReadsNothingElse) {
  const struct {
    std::string_view text;
    std::string_view why;
  } cases[] = {
      {"", "empty"},
      {"0", "a number, as in Expires: 0"},
      {"-1", "a number"},
      {"Sun, 06 Nov 1994 08:49:37", "no zone"},
      {"Sun, 06 Nov 1994 08:49:37 UTC", "another zone's name"},
      {"Sun, 06 Nov 1994 08:49:37 +0000", "an offset"},
      {"Sun, 06 Nov 1994 08:49:37 GMT ", "something behind it"},
      {" Sun, 06 Nov 1994 08:49:37 GMT", "something before it"},
      {"Sun, 6 Nov 1994 08:49:37 GMT", "one-digit day"},
      {"Sun, 06 Nov 94 08:49:37 GMT", "two-digit year"},
      {"Sun,  06 Nov 1994 08:49:37 GMT", "two spaces"},
      {"Sun, 31 Nov 1994 08:49:37 GMT", "no such day"},
      {"Wed, 29 Feb 2023 08:49:37 GMT", "no leap year"},
      {"Sun, 00 Nov 1994 08:49:37 GMT", "no day 0"},
      {"Sun, 06 Nov 1994 24:00:00 GMT", "no hour 24"},
      {"Sun, 06 Nov 1994 08:60:00 GMT", "no minute 60"},
      {"Sun, 06 Nov 1994 08:49:61 GMT", "no second 61"},
      {"Sun, 06 Nov 1994 8:49:37 GMT", "one-digit hour"},
      {"Sun, 06 Nov 1994 08.49.37 GMT", "points for colons"},
      {"Sun, 06 Nov 1994 -8:49:37 GMT", "a sign"},
      {"Sun Nov 6 08:49:37 1994", "asctime's day is two wide"},
      {"Sun, 06-Nov-94 08:49:37 GMT", "RFC 850 has long names of days"},
      {"1994-11-06T08:49:37Z", "RFC 3339"},
      {"Fri, 31 Dec 9999 23:59:60 GMT", "a year of five digits"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_date(c.text, kNow), std::nullopt) << c.text << ": " << c.why;
}

TEST(Date, TwoDigitYearsAreAtMostFiftyYearsAhead) {
  const struct {
    std::string_view text;
    year_month_day date;
    std::string_view why;
  } cases[] = {
      {"Thursday, 01-Jan-76 00:00:00 GMT", 2076y / January / 1, "50 years ahead"},
      {"Friday, 01-Jan-77 00:00:00 GMT", 1977y / January / 1, "51 years ahead"},
      {"Thursday, 15-Jan-26 00:00:00 GMT", 2026y / January / 15, "now"},
      {"Friday, 01-Jan-99 00:00:00 GMT", 1999y / January / 1, "far ahead"},
      {"Tuesday, 29-Feb-00 00:00:00 GMT", 2000y / February / 29, "leap year of this century"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_date(c.text, kNow), at(c.date)) << c.text << ": " << c.why;
}

TEST(Date, WritesImfFixdate) {
  EXPECT_EQ(format_date(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_date(kExample + 999ms), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_date(at(1969y / December / 31, 24h - 1s)), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(format_date(at(2000y / February / 29)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(Date, ReadsWhatItWrites) {
  for (TimePoint time = at(1970y / January / 1); time < at(2100y / January / 1);
       time += 40h + 41min + 43s) {
    EXPECT_EQ(parse_date(format_date(time), kNow), time);
  }
}

}  // namespace
}  // namespace festina::http
