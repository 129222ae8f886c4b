#include "http/status_range.h"

#include "base/text.h"

namespace festina::http {
namespace {

constexpr Status kLowest = 100;
constexpr Status kHighest = 599;

}  // namespace

bool contains(const StatusRange& range, Status status) {
  return range.from <= status && status <= range.to;
}

std::optional<StatusRange> parse_status_range(std::string_view text) {
  const auto ends = split_once(text, '-');
  const auto from = parse_decimal(ends ? ends->before : text);
  const auto to = parse_decimal(ends ? ends->after : text);
  if (!from || !to || *from < kLowest || *to > kHighest || *from > *to) return std::nullopt;
  return StatusRange{.from = static_cast<Status>(*from), .to = static_cast<Status>(*to)};
}

std::optional<StatusRange> parse_status_class(std::string_view text) {
  if (text.size() != 3 || !text.ends_with("xx")) return std::nullopt;
  const std::string first = std::string(text.substr(0, 1));
  return parse_status_range(first + "00-" + first + "99");
}

}  // namespace festina::http
