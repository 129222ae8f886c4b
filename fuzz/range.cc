// Range and Content-Range from anybody: what is served lies within the length, ascends and never overlaps; what is read is
// written back; a multipart answer is as long as it says.
#include "http/range.h"

#include <cstdint>
#include <string>

#include "base/errors.h"
#include "http/selection.h"

namespace {

using namespace festina;

// The first bytes choose a length: small ones meet their limits more often.
std::uint64_t length_from(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint64_t length = data[1];
  return data[0] % 2 == 0 ? length : length << (data[0] % 56);
}

void check_ranges(std::string_view field, std::uint64_t length) {
  const http::RequestedRanges requested = http::requested_ranges(field, length);
  const bool is_satisfiable = requested.verdict == http::RangeVerdict::satisfiable;
  if (is_satisfiable) check(!requested.ranges.empty(), "what is satisfiable names a range");
  check(requested.ranges.size() <= http::kMaxRanges, "ranges have a limit");
  std::uint64_t free_from = 0;
  for (const http::ByteRange range : requested.ranges) {
    check(range.first >= free_from, "ranges ascend and never overlap");
    check(range.first <= range.last && range.last < length, "a range lies within the length");
    free_from = range.last + 1;
    const http::ContentRange content{.range = range, .length = length};
    const auto read = http::parse_content_range(http::content_range_text(content));
    check(read == content, "a Content-Range is read as it is written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::uint64_t length = length_from(data, size);
  const std::size_t skipped = size < 2 ? size : 2;
  const std::string_view text(reinterpret_cast<const char*>(data + skipped), size - skipped);
  check_ranges(text, length);
  check_ranges("bytes=" + std::string(text), length);

  if (const auto content = http::parse_content_range(text)) {
    const auto again = http::parse_content_range(http::content_range_text(*content));
    check(again == content, "what is read is written back");
  }

  http::Headers asked;
  asked.add(http::Name::range, text);
  asked.add(http::Name::if_range, text);
  const http::Representation whole{
      .status = 200,
      .validators = {.etag = text, .last_modified = TimePoint()},
      .length = length,
      .is_coded = size % 2 == 0
  };
  const http::Selection selection = http::select(asked, whole, TimePoint());
  http::Reply reply;
  http::narrow_with(reply, selection, [](http::ByteRange) { return Body(); });
  return 0;
}
