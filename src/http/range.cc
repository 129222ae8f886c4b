#include "http/range.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::http {
namespace {

// "first-last", "first-" or "-count" (RFC 9110 §14.1.1): the last `count` bytes have no first one.
struct RangeSpec {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  // or the count
};

// Nothing when it is no such text, or a number is beyond 64 bits.
std::optional<RangeSpec> parse_spec(std::string_view text) {
  const auto halves = split_once(text, '-');
  if (!halves) return std::nullopt;
  const RangeSpec spec{
      .first = parse_decimal(halves->before), .last = parse_decimal(halves->after)
  };
  const bool is_spec = (spec.first || halves->before.empty()) &&
                       (spec.last || halves->after.empty()) && (spec.first || spec.last);
  if (!is_spec) return std::nullopt;
  return spec;
}

// The bytes a spec names; nothing when there are none. "9-3" names none either (reference §1.8).
std::optional<ByteRange> satisfied(const RangeSpec& spec, std::uint64_t length) {
  if (length == 0) return std::nullopt;
  if (!spec.first) {
    const std::uint64_t count = std::min(spec.last.value_or(0), length);
    if (count == 0) return std::nullopt;
    return ByteRange{length - count, length - 1};
  }
  const std::uint64_t last = std::min(spec.last.value_or(length - 1), length - 1);
  if (*spec.first > last) return std::nullopt;
  return ByteRange{*spec.first, last};
}

}  // namespace

RequestedRanges requested_ranges(std::string_view range_field, std::uint64_t length) {
  const auto halves = split_once(range_field, '=');
  if (!halves || !equal_ignoring_case(halves->before, "bytes")) return {};

  RequestedRanges requested{.verdict = RangeVerdict::unsatisfiable, .ranges = {}};
  std::size_t specs = 0;
  ListReader list(halves->after);
  while (const auto member = list.next()) {
    const auto spec = parse_spec(*member);
    if (!spec || ++specs > kMaxRanges) return {};
    const auto range = satisfied(*spec, length);
    if (!range) continue;  // others may be satisfiable (RFC 9110 §14.2)
    if (!requested.ranges.empty() && range->first <= requested.ranges.back().last) return {};
    requested.ranges.push_back(*range);
  }
  if (!requested.ranges.empty()) requested.verdict = RangeVerdict::satisfiable;
  return requested;
}

std::string content_range_text(const ContentRange& content) {
  check(content.range || content.length, "a Content-Range names a range or a length");
  std::string text = "bytes ";
  if (content.range) {
    text += std::to_string(content.range->first) + "-" + std::to_string(content.range->last);
  } else {
    text += "*";
  }
  return text + "/" + (content.length ? std::to_string(*content.length) : "*");
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  const auto unit = split_once(text, ' ');
  if (!unit || !equal_ignoring_case(unit->before, "bytes")) return std::nullopt;
  const auto halves = split_once(unit->after, '/');
  if (!halves) return std::nullopt;

  ContentRange content;
  content.length = parse_decimal(halves->after);
  if (!content.length && halves->after != "*") return std::nullopt;
  if (halves->before == "*") return content.length ? std::optional(content) : std::nullopt;

  const auto spec = parse_spec(halves->before);
  if (!spec || !spec->first || !spec->last) return std::nullopt;
  content.range = ByteRange{*spec->first, *spec->last};
  const bool is_valid = content.range->first <= content.range->last &&
                        (!content.length || content.range->last < *content.length);
  return is_valid ? std::optional(content) : std::nullopt;
}

}  // namespace festina::http
