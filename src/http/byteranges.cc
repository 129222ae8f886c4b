#include "http/byteranges.h"

#include <utility>

#include "base/crypto.h"

namespace festina::http {
namespace {

constexpr std::size_t kBoundaryDigits = 32;

std::string part_head(
    std::string_view boundary, std::string_view content_type, ContentRange content
) {
  std::string head = "--";
  head.append(boundary).append("\r\n");
  if (!content_type.empty()) head.append("Content-Type: ").append(content_type).append("\r\n");
  return head.append("Content-Range: ").append(content_range_text(content)).append("\r\n\r\n");
}

}  // namespace

std::string random_boundary() { return random_hex(kBoundaryDigits); }

std::string byteranges_type(std::string_view boundary) {
  return std::string("multipart/byteranges; boundary=").append(boundary);
}

Body byteranges_body(
    std::string_view boundary, std::string_view content_type, std::uint64_t length,
    std::vector<BytesOfRange> parts
) {
  std::vector<Body> bodies;
  bodies.reserve(2 * parts.size() + 1);
  std::string between;  // the line break behind a part belongs to the boundary that follows it
  for (BytesOfRange& part : parts) {
    between += part_head(boundary, content_type, {.range = part.range, .length = length});
    bodies.push_back(Body::of(std::exchange(between, "\r\n")));
    bodies.push_back(std::move(part.body));
  }
  between.append("--").append(boundary).append("--\r\n");
  bodies.push_back(Body::of(std::move(between)));
  return in_sequence(std::move(bodies));
}

}  // namespace festina::http
