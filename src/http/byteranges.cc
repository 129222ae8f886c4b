#include "http/byteranges.h"

#include <utility>

#include "base/crypto.h"

namespace festina::http {
namespace {

constexpr std::size_t kBoundaryDigits = 32;

// Bodies one after the other.
class Sequence final : public ByteSource {
 public:
  explicit Sequence(std::vector<Body> bodies) : bodies_(std::move(bodies)) {}

  Awaitable<Result<Bytes>> read() override {
    while (current_ < bodies_.size()) {
      Body& body = bodies_[current_];
      if (body.source) {
        Result<Bytes> piece = co_await body.source->read();
        if (!piece || !piece->empty()) co_return piece;
      }
      const Bytes whole = std::exchange(body, {}).whole;
      ++current_;
      if (!whole.empty()) co_return whole;
    }
    co_return Bytes();
  }

 private:
  std::vector<Body> bodies_;
  std::size_t current_ = 0;
};

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
  std::uint64_t size = 0;
  std::string between;  // the line break behind a part belongs to the boundary that follows it
  for (BytesOfRange& part : parts) {
    between += part_head(boundary, content_type, {.range = part.range, .length = length});
    size += between.size() + part.range.size();
    bodies.push_back(Body::of(std::exchange(between, "\r\n")));
    bodies.push_back(std::move(part.body));
  }
  between.append("--").append(boundary).append("--\r\n");
  size += between.size();
  bodies.push_back(Body::of(std::move(between)));
  return Body::streamed(std::make_unique<Sequence>(std::move(bodies)), size);
}

}  // namespace festina::http
