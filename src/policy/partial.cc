#include "policy/partial.h"

#include <limits>

#include "http/conditional.h"
#include "policy/validation.h"

namespace festina::policy {
namespace {

std::optional<http::EntityTag> strong_tag(const http::Headers& headers) {
  return http::strong_entity_tag(headers.get(http::Name::etag));
}

bool follows(const http::ByteRange& second, const http::ByteRange& first) {
  return second.first == first.last + 1;
}

// What of the wanted bytes is missing, where that is one piece beside the held ones.
std::optional<http::ByteRange> missing(const http::ByteRange& held, const http::ByteRange& wanted) {
  const bool goes_on = held.first <= wanted.first && wanted.first <= held.last + 1;
  const bool leads_up = wanted.last <= held.last && held.first <= wanted.last + 1;
  if (goes_on) return http::ByteRange{held.last + 1, wanted.last};
  if (leads_up) return http::ByteRange{wanted.first, held.first - 1};
  return std::nullopt;
}

// As a Range field says it: what goes on to the end names no last byte.
std::string range_text(const http::ByteRange& range, std::uint64_t length) {
  std::string text = "bytes=" + std::to_string(range.first) + "-";
  if (range.last + 1 < length) text += std::to_string(range.last);
  return text;
}

// What the client itself asks for, where that is one range.
std::optional<PartToAsk> as_asked(const http::Request& request) {
  constexpr auto unknown = std::numeric_limits<std::uint64_t>::max();
  if (!range_wanted(request, unknown)) return std::nullopt;
  return PartToAsk{.range = std::string(*request.headers.get(http::Name::range))};
}

}  // namespace

std::optional<Part> part_of(const http::Response& response) {
  const bool is_one =
      response.status == 206 && response.headers.count(http::Name::content_range) == 1;
  if (!is_one) return std::nullopt;
  const auto content = http::parse_content_range(*response.headers.get(http::Name::content_range));
  if (!content || !content->range || !content->length) return std::nullopt;
  return Part{.range = *content->range, .length = *content->length};
}

std::optional<http::ByteRange> range_wanted(const http::Request& request, std::uint64_t length) {
  const http::Headers& headers = request.headers;
  const bool may_want_one = request.method == http::Method::get &&
                            headers.count(http::Name::range) == 1 &&
                            !headers.has(http::Name::if_range);
  if (!may_want_one) return std::nullopt;
  const auto requested = http::requested_ranges(*headers.get(http::Name::range), length);
  return requested.ranges.size() == 1 ? std::optional(requested.ranges.front()) : std::nullopt;
}

bool holds_wanted(const Part& part, const http::Request& request) {
  const auto wanted = range_wanted(request, part.length);
  return wanted && part.range.first <= wanted->first && wanted->last <= part.range.last;
}

std::optional<PartToAsk> part_to_ask(const http::Request& request, const http::Response* held) {
  const auto part = held ? part_of(*held) : std::nullopt;
  const auto tag = held ? strong_tag(held->headers) : std::nullopt;
  if (!part || !tag || request.method != http::Method::get) return as_asked(request);
  const bool wants_whole = !request.headers.has(http::Name::range);
  const auto wanted =
      wants_whole ? http::ByteRange{0, part->length - 1} : range_wanted(request, part->length);
  const auto rest = wanted ? missing(part->range, *wanted) : std::nullopt;
  if (!rest) return as_asked(request);
  return PartToAsk{
      .range = range_text(*rest, part->length),
      .if_range = std::string(*held->headers.get(http::Name::etag))
  };
}

std::optional<Part> joined(const http::Response& held, const http::Response& got) {
  const auto first = part_of(held);
  const auto second = part_of(got);
  const auto tag = strong_tag(held.headers);
  const auto other = strong_tag(got.headers);
  const bool are_of_one = first && second && first->length == second->length && tag && other &&
                          http::strongly_equal(*tag, *other);
  if (!are_of_one) return std::nullopt;
  if (follows(second->range, first->range)) {
    return Part{{first->range.first, second->range.last}, first->length};
  }
  if (follows(first->range, second->range)) {
    return Part{{second->range.first, first->range.last}, first->length};
  }
  return std::nullopt;
}

http::Response joined_head(
    const http::Response& held, const http::Response& got, const Part& both
) {
  http::Response head{
      .status = both.is_whole() ? http::Status{200} : http::Status{206},
      .headers = freshened(held.headers, got.headers)
  };
  head.headers.remove(http::Name::content_range);
  if (!both.is_whole()) {
    head.headers.add(
        http::Name::content_range,
        http::content_range_text({.range = both.range, .length = both.length})
    );
  }
  return head;
}

}  // namespace festina::policy
