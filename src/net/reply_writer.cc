#include "net/reply_writer.h"

#include <algorithm>
#include <array>

#include "http/h1_writer.h"

namespace festina::net {

using http::BodyFrame;
using http::Framing;
using http::Method;

namespace {

// How an answer's body is framed, and whether its bytes are sent at all.
struct ReplyFrame {
  BodyFrame frame;
  bool has_bytes;
};

ReplyFrame reply_frame(const AnswerTo& request, http::Status status, const Body& body) {
  const auto length = body.is_whole() && body.whole.empty() ? body.length : body.size();
  if (request.method == Method::head && !http::has_no_body(Method::get, status)) {
    // The length a GET would have, when the handler knows it (RFC 9110 §9.3.2).
    return {length ? BodyFrame{Framing::length, *length} : BodyFrame{}, false};
  }
  if (http::has_no_body(request.method, status)) return {BodyFrame{}, false};
  if (body.is_whole()) return {BodyFrame{Framing::length, body.whole.size()}, true};
  if (length) return {BodyFrame{Framing::length, *length}, true};
  return {BodyFrame{request.http_1_0 ? Framing::until_close : Framing::chunked}, true};
}

using PartsAtOnce = std::array<Bytes, kMaxPartsAtOnce>;

enum class Patience : std::uint8_t { none, for_one };

// How many parts came: those at hand, behind one that was waited for if it was to be. None, though waited for: the end.
Awaitable<Result<std::size_t>> read_parts(
    ByteSource& source, PartsAtOnce& into, Patience patience
) {
  if (patience == Patience::none) co_return source.take_at_hand(into);
  auto first = co_await source.read();
  if (!first) co_return first.error();
  if (first->empty()) co_return std::size_t{0};
  into.front() = std::move(*first);
  co_return 1 + source.take_at_hand(std::span(into).subspan(1));
}

std::size_t total_size(std::span<const Bytes> parts) {
  std::size_t size = 0;
  for (const Bytes& part : parts) size += part.size();
  return size;
}

}  // namespace

Awaitable<bool> ReplyWriter::write(http::Reply& reply, AnswerTo request) {
  const auto [frame, has_bytes] = reply_frame(request, reply.response.status, reply.body);
  const bool switches = reply.tunnel != nullptr;
  const bool goes_on = switches || (request.may_go_on && frame.framing != Framing::until_close);
  lines_.clear();
  if (reply.prepared.empty()) {
    http::append_response_lines(lines_, reply.response);
  } else {
    http::append_field_lines(lines_, reply.response.headers);
  }
  http::append_frame_line(lines_, frame);
  if (!goes_on) lines_ += "Connection: close\r\n";
  if (switches) lines_.append("Connection: upgrade\r\nUpgrade: ").append(request.upgrade) += "\r\n";
  if (goes_on && request.http_1_0) lines_ += "Connection: keep-alive\r\n";
  lines_ += "\r\n";

  const std::string_view body = has_bytes ? reply.body.whole.view() : std::string_view();
  const std::array<std::string_view, 3> pieces{reply.prepared.view(), lines_, body};
  if (has_bytes && reply.body.source) {
    const auto head = std::span(pieces).first<2>();
    const bool is_whole = co_await write_source(head, *reply.body.source, frame);
    co_return is_whole&& goes_on;
  }
  stream_.expect_within(limit_);
  const auto sent =
      stream_.write_now(pieces);  // nearly always all of it, and an awaited write costs more
  const std::size_t total = pieces[0].size() + pieces[1].size() + pieces[2].size();
  bool is_whole = sent && *sent == total;
  if (sent && !is_whole) is_whole = (co_await stream_.write(pieces, *sent)).has_value();
  if (!is_whole) stream_.close();
  co_return is_whole&& goes_on;
}

// The head leaves with what is at hand of the body, and waits for nothing. A body that breaks off breaks the connection
// (RFC 9112 §8). Where the connection's end is the body's end, only a reset tells the client.
Awaitable<bool> ReplyWriter::write_source(TextPieces head, ByteSource& source, BodyFrame frame) {
  const bool counted = frame.framing == Framing::length;
  std::uint64_t left = frame.length;
  for (;; head = {}) {
    PartsAtOnce memory;  // no longer than it takes to send them
    const Patience patience = head.empty() ? Patience::for_one : Patience::none;
    const auto count = co_await read_parts(source, memory, patience);
    if (!count) break;
    const auto parts = std::span<const Bytes>(memory).first(*count);
    const bool is_end = parts.empty() && head.empty();
    const std::uint64_t size = total_size(parts);
    if (counted && (is_end ? left > 0 : size > left)) break;
    if (counted) left -= size;
    const auto written = co_await write_parts(head, parts, frame.framing);
    if (!written) break;
    if (is_end) co_return true;
  }
  if (frame.framing == Framing::until_close) {
    stream_.reset();
  } else {
    stream_.close();
  }
  co_return false;
}

// The parts together are one chunk. Neither head nor parts: the end of the body.
Awaitable<Result<>> ReplyWriter::write_parts(
    TextPieces head, std::span<const Bytes> parts, Framing framing
) {
  stream_.expect_within(limit_);
  const bool is_chunk = framing == Framing::chunked && !parts.empty();
  const bool is_end = parts.empty() && head.empty();
  const std::string prefix = is_chunk ? http::chunk_prefix(total_size(parts)) : std::string();
  std::array<std::string_view, kMaxPartsAtOnce + 4> pieces;
  auto next = std::ranges::copy(head, pieces.begin()).out;
  *next++ = prefix;
  next = std::ranges::transform(parts, next, &Bytes::view).out;
  if (is_chunk) *next++ = http::kChunkSuffix;
  if (framing == Framing::chunked && is_end) *next++ = http::kLastChunk;
  const TextPieces used(pieces.begin(), next);
  co_return co_await stream_.write(used);
}

}  // namespace festina::net
