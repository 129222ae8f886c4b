// Dates from anybody: what is read is written in the one form, and that is read as the same time. The first byte moves the
// present, which two-digit years are read by.
#include "http/date.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace festina;
  if (size == 0) return 0;
  const TimePoint now = TimePoint() + std::chrono::years(data[0]);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  const auto time = http::parse_date(text, now);
  if (!time) return 0;
  const std::string written(http::format_date(*time).view());
  check(written.size() == 29, "a date has 29 bytes");
  check(http::parse_date(written, now) == time, "a date is read as it is written");
  check(http::parse_date(written, now + std::chrono::years(100)) == time, "whenever it is read");
  check(!http::parse_date(written + " ", now), "and is nothing with more behind it");
  return 0;
}
