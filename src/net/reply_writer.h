// ReplyWriter: answers of one HTTP/1.1 connection as bytes (RFC 9112 §6, §9). Head and whole body leave in one write; a
// streamed body leaves as many parts at once as are at hand, and is never given a clean end it did not have.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "http/handler.h"
#include "net/stream.h"

namespace festina::net {

// Parts of a streamed body that leave in one write.
inline constexpr std::size_t kMaxPartsAtOnce = 32;

// What an answer depends on beside itself.
struct AnswerTo {
  http::Method method = http::Method::get;
  bool http_1_0 = false;
  bool may_go_on = true;          // another request may follow; when not, the answer says so
  std::string_view upgrade = {};  // the protocol that an answer with a tunnel switches to
};

class ReplyWriter {
 public:
  // `limit`: how long the client may take no byte. The stream outlives the writer.
  ReplyWriter(Stream& stream, std::chrono::milliseconds limit) : stream_(stream), limit_(limit) {}

  // True when the answer is whole and another request, or the tunnel, may follow. When it broke off, the stream is
  // closed.
  Awaitable<bool> write(http::Reply& reply, AnswerTo request);

 private:
  using TextPieces = std::span<const std::string_view>;
  Awaitable<bool> write_source(TextPieces head, ByteSource& source, http::BodyFrame frame);
  Awaitable<Result<>> write_parts(
      TextPieces head, std::span<const Bytes> parts, http::Framing framing
  );

  Stream& stream_;
  std::chrono::milliseconds limit_;
  std::string lines_;  // kept from answer to answer
};

}  // namespace festina::net
