#include "net/buffered_body.h"

#include <string>
#include <utility>

namespace festina::net {
namespace {

template <class Parser>
Result<BufferedBody> take(Parser& parser, ReadBuffer& buffer) {
  std::string joined;
  for (;;) {
    const auto part = parser.feed_body(buffer.view());
    if (!part) return part.error();
    joined += part->data;
    buffer.consume(part->consumed);
    if (!part->done && part->consumed > 0) continue;
    joined.shrink_to_fit();  // it may be kept for long
    return BufferedBody{.data = Bytes::from(std::move(joined)), .done = part->done};
  }
}

}  // namespace

Result<BufferedBody> take_buffered(http::RequestParser& parser, ReadBuffer& buffer) {
  return take(parser, buffer);
}

Result<BufferedBody> take_buffered(http::ResponseParser& parser, ReadBuffer& buffer) {
  return take(parser, buffer);
}

}  // namespace festina::net
