#include "net/reply_writer.h"

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
  stream_.expect_within(limit_);
  const auto sent =
      stream_.write_now(pieces);  // nearly always all of it, and an awaited write costs more
  const std::size_t total = pieces[0].size() + pieces[1].size() + pieces[2].size();
  bool is_whole = sent && *sent == total;
  if (sent && !is_whole) is_whole = (co_await stream_.write(pieces, *sent)).has_value();
  if (!is_whole) stream_.close();
  if (is_whole && has_bytes && reply.body.source) {
    is_whole = co_await write_source(*reply.body.source, frame);
  }
  co_return is_whole ? goes_on : false;
}

// A body that breaks off breaks the connection (RFC 9112 §8). Where the connection's end is the body's end, only a reset
// tells the client.
Awaitable<bool> ReplyWriter::write_source(ByteSource& source, BodyFrame frame) {
  const bool counted = frame.framing == Framing::length;
  std::uint64_t left = frame.length;
  for (;;) {
    const auto part = co_await source.read();
    const bool is_end = part && part->empty();
    if (!part || (counted && (is_end ? left > 0 : part->size() > left))) break;
    if (counted) left -= part->size();
    const auto written = co_await write_part(part->view(), frame.framing);
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

// Empty data: the end of the body.
Awaitable<Result<>> ReplyWriter::write_part(std::string_view data, Framing framing) {
  stream_.expect_within(limit_);
  std::array<std::string_view, 3> pieces{"", data, ""};
  std::string prefix;
  if (framing == Framing::chunked && data.empty()) pieces[0] = http::kLastChunk;
  if (framing == Framing::chunked && !data.empty()) {
    prefix = http::chunk_prefix(data.size());
    pieces = {prefix, data, http::kChunkSuffix};
  }
  co_return co_await stream_.write(pieces);
}

}  // namespace festina::net
