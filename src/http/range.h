// Range: parts of a representation, as a request asks for them and as a response names them (RFC 9110 §14).
//
// Byte ranges only. Ranges that ascend without overlap are served, however many up to a limit; what is odd in any other
// way is ignored, which a server may always do (§14.2); the rest is answered 416. The cases are those of reference §1.8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace festina::http {

// A Range field with more ranges than this is ignored.
inline constexpr std::size_t kMaxRanges = 299;

// Bytes `first` to `last`, both included, counted from 0.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

// What a Range field asks of a representation: nothing that counts, nothing that is there, or these parts of it.
enum class RangeVerdict : std::uint8_t { ignored, unsatisfiable, satisfiable };
struct RequestedRanges {
  RangeVerdict verdict = RangeVerdict::ignored;
  std::vector<ByteRange>
      ranges;  // satisfiable: at least one, ascending, without overlap, within the length
};
RequestedRanges requested_ranges(std::string_view range_field, std::uint64_t length);

// The value of a Content-Range field (§14.4): a range of a representation, or how long one is of which no range is given.
struct ContentRange {
  std::optional<ByteRange> range;       // unset: "*", with 416
  std::optional<std::uint64_t> length;  // of the whole; unset: "*", unknown

  bool operator==(const ContentRange&) const = default;
};
// Requires: a range or a length.
std::string content_range_text(const ContentRange&);
// Nothing for another unit and for a range that ends before it starts or beyond the length.
std::optional<ContentRange> parse_content_range(std::string_view);

}  // namespace festina::http
