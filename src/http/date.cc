// Names are read whatever their case: a sender must not write them so, a cache has to understand them (RFC 9111 §4.2).
#include "http/date.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace festina::http {
namespace {

using namespace std::chrono;

constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kLongDays[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
};
constexpr std::string_view kMonths[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

// Takes a text apart from the front. Once something is not as expected, `ok` stays false and all else reads as zero.
struct Reader {
  std::string_view rest;
  bool ok = true;

  void expect(std::string_view text) {
    ok = ok && starts_with_ignoring_case(rest, text);
    if (ok) rest.remove_prefix(text.size());
  }

  // Exactly so many digits; of two, the first may be a space where `padded` says so (asctime's day).
  int number(std::size_t digits, bool padded = false) {
    const std::string_view text = rest.substr(0, digits);
    const bool blank_first = padded && !text.empty() && text[0] == ' ';
    const auto value = parse_decimal(text.substr(blank_first ? 1 : 0));
    ok = ok && text.size() == digits && value;
    if (!ok) return 0;
    rest.remove_prefix(digits);
    return static_cast<int>(*value);
  }

  template <std::size_t size>
  unsigned one_of(const std::string_view (&names)[size]) {
    for (unsigned i = 0; ok && i < size; ++i) {
      if (!starts_with_ignoring_case(rest, names[i])) continue;
      rest.remove_prefix(names[i].size());
      return i;
    }
    ok = false;
    return 0;
  }

  // hour ":" minute ":" second; 60 is a leap second.
  seconds time_of_day() {
    const int hour = number(2);
    expect(":");
    const int minute = number(2);
    expect(":");
    const int second = number(2);
    ok = ok && hour < 24 && minute < 60 && second <= 60;
    return hours(hour) + minutes(minute) + seconds(second);
  }
};

// The leap second at the end of the year 9999 would lead into one of five digits.
constexpr TimePoint kEnd = sys_days(year(10'000) / January / 1);

std::optional<TimePoint> time_point(const Reader& read, year_month_day date, seconds time_of_day) {
  if (!read.ok || !read.rest.empty() || !date.ok()) return std::nullopt;
  const TimePoint time = sys_days(date) + time_of_day;
  return time < kEnd ? std::optional(time) : std::nullopt;
}

year_month_day ymd(int y, unsigned zero_based_month, int d) {
  return year(y) / month(zero_based_month + 1) / day(static_cast<unsigned>(d));
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<TimePoint> parse_imf(std::string_view text) {
  Reader read{text};
  read.one_of(kDays);
  read.expect(", ");
  const int d = read.number(2);
  read.expect(" ");
  const unsigned m = read.one_of(kMonths);
  read.expect(" ");
  const int y = read.number(4);
  read.expect(" ");
  const seconds time = read.time_of_day();
  read.expect(" GMT");
  return time_point(read, ymd(y, m, d), time);
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<TimePoint> parse_rfc850(std::string_view text, TimePoint now) {
  Reader read{text};
  read.one_of(kLongDays);
  read.expect(", ");
  const int d = read.number(2);
  read.expect("-");
  const unsigned m = read.one_of(kMonths);
  read.expect("-");
  const int short_year = read.number(2);
  read.expect(" ");
  const seconds time = read.time_of_day();
  read.expect(" GMT");

  const int this_year = static_cast<int>(year_month_day(floor<days>(now)).year());
  const int y = this_year - this_year % 100 + short_year;
  const auto in_this_century = time_point(read, ymd(y, m, d), time);
  if (in_this_century && *in_this_century <= now + years(50)) return in_this_century;
  return time_point(read, ymd(y - 100, m, d), time);
}

// Sun Nov  6 08:49:37 1994
std::optional<TimePoint> parse_asctime(std::string_view text) {
  Reader read{text};
  read.one_of(kDays);
  read.expect(" ");
  const unsigned m = read.one_of(kMonths);
  read.expect(" ");
  const int d = read.number(2, true);
  read.expect(" ");
  const seconds time = read.time_of_day();
  read.expect(" ");
  const int y = read.number(4);
  return time_point(read, ymd(y, m, d), time);
}

void put_digits(char* at, std::size_t digits, unsigned value) {
  for (std::size_t i = digits; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<TimePoint> parse_date(std::string_view text, TimePoint now) {
  if (const auto imf = parse_imf(text)) return imf;
  if (const auto rfc850 = parse_rfc850(text, now)) return rfc850;
  return parse_asctime(text);
}

DateText format_date(TimePoint time) {
  const sys_days midnight = floor<days>(time);
  const year_month_day date(midnight);
  const hh_mm_ss clock(floor<seconds>(time - midnight));

  DateText text("Sun, 06 Nov 1994 08:49:37 GMT");
  const auto put_name = [&](std::size_t at, std::string_view name) {
    std::copy(name.begin(), name.end(), &text[at]);
  };
  put_name(0, kDays[weekday(midnight).c_encoding()]);
  put_digits(&text[5], 2, static_cast<unsigned>(date.day()));
  put_name(8, kMonths[static_cast<unsigned>(date.month()) - 1]);
  put_digits(&text[12], 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(&text[17], 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(&text[20], 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(&text[23], 2, static_cast<unsigned>(clock.seconds().count()));
  return text;
}

}  // namespace festina::http
