#include "net/upstream_exchange.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "http/forwarding.h"
#include "net/buffered_body.h"

namespace festina::net {
namespace {

// What comes next of the answer; zero when the upstream has closed. Looks for the asker while nothing comes.
// Errors: disconnected, timed_out (side); disconnected (client).
Awaitable<Result<std::size_t>> receive(UpstreamExchange& x) {
  std::chrono::milliseconds left = x.limit;
  for (;;) {
    const bool looks = x.looks_for_asker();
    const auto span = looks ? std::min(left, kLookForAsker) : left;
    x.stream.expect_within(span);
    auto count = co_await x.stream.read_some(x.buffer.room());
    const bool is_late = !count && count.error().code == ErrorCode::timed_out;
    if (!is_late) co_return count;
    if (x.is_deserted()) {
      x.broken_off = {ErrorCode::disconnected, Side::client, "the client has left"};
      co_return *x.broken_off;
    }
    if (looks)
      left -= span;  // else the request has been sent meanwhile, and the answer's time begins
    if (left.count() == 0 || !x.looks_for_asker()) co_return count;
  }
}

Awaitable<> hand_over(std::vector<http::Response> interim, http::InterimSink* sink) {
  if (!sink) co_return;
  for (http::Response& response : interim) co_await sink->take_interim(std::move(response));
}

// Reads until a head is there. Errors: malformed, too_large, truncated, disconnected, timed_out.
Awaitable<Result<http::ResponseHead>> read_head(UpstreamExchange& x, http::InterimSink* sink) {
  for (;;) {
    if (!x.buffer.empty()) {
      x.got_bytes = true;
      const auto progress = x.parser.feed_head(x.buffer.view());
      if (!progress) co_return x.blame(progress.error());
      x.buffer.consume(progress->consumed);
      co_await hand_over(x.parser.take_interim(), sink);
      if (progress->complete) co_return x.parser.take_head();
    }
    const auto count = co_await receive(x);
    if (!count) co_return x.blame(count.error());
    x.buffer.received(*count);
    if (*count == 0) {
      const auto whole = x.parser.finish();
      co_return x.blame(whole ? Error{ErrorCode::disconnected, x.side, "closed"} : whole.error());
    }
  }
}

// Body bytes out of the buffer. Errors: malformed, too_large.
Result<BufferedBody> next_buffered_part(UpstreamExchange& x) {
  auto part = take_buffered(x.parser, x.buffer);
  if (!part) return x.blame(part.error());
  return part;
}

// The body of an answer. Whoever destroys it before its end closes the connection. Behind the last byte that was promised a
// surplus is an error: malformed.
class ResponseBody final : public ByteSource {
 public:
  // `early`: what had come with the head.
  ResponseBody(SharedUpstreamExchange exchange, BufferedBody early)
      : exchange_(std::move(exchange)), first_(std::move(early.data)), done_(early.done) {}
  ResponseBody(const ResponseBody&) = delete;
  ResponseBody& operator=(const ResponseBody&) = delete;
  ~ResponseBody() override {
    if (!done_) exchange_->abandon();
  }

  Awaitable<Result<Bytes>> read() override {
    if (!first_.empty()) co_return std::exchange(first_, Bytes());
    UpstreamExchange& x = *exchange_;
    while (!done_) {
      auto part = next_buffered_part(x);
      if (!part) co_return part.error();
      if (part->done) finish();
      if (!part->data.empty()) co_return std::move(part->data);
      if (done_) break;
      const auto received = co_await receive_more();
      if (!received) co_return received.error();
    }
    if (x.has_surplus()) {
      co_return x.blame({ErrorCode::malformed, x.side, "more bytes than Content-Length promised"});
    }
    co_return Bytes();
  }

 private:
  Awaitable<Result<>> receive_more() {
    UpstreamExchange& x = *exchange_;
    const auto count = co_await receive(x);
    if (count) x.buffer.received(*count);
    if (count && *count > 0) co_return Result<>();
    if (!count && count.error().code == ErrorCode::timed_out) co_return x.blame(count.error());
    if (!count) co_return x.blame({ErrorCode::truncated, x.side, count.error().detail});
    const auto whole = x.parser.finish();
    if (!whole) co_return x.blame(whole.error());
    finish();
    co_return Result<>();
  }

  void finish() {
    done_ = true;
    exchange_->finish();
  }

  SharedUpstreamExchange exchange_;
  Bytes first_;
  bool done_;
};

// 101: the connection is a tunnel from here on, and holds its place until it ends.
Result<UpstreamReply> switched_reply(SharedUpstreamExchange exchange, http::ResponseHead head) {
  UpstreamExchange& x = *exchange;
  const auto protocol = head.response.headers.joined(http::Name::upgrade);
  const bool is_asked = !x.upgrade.empty() && protocol && equal_ignoring_case(*protocol, x.upgrade);
  if (!is_asked) return x.blame({ErrorCode::malformed, x.side, "switched protocols unasked"});
  http::remove_connection_fields(head.response.headers);
  UpstreamReply reply;
  reply.reply.response = std::move(head.response);
  reply.reply.tunnel = std::make_unique<TunnelEnd>(
      std::move(x.stream), std::move(x.buffer), x.tunnel_limit, std::move(exchange)
  );
  return reply;
}

// The reply of a head that was read, with the body bytes that came with it.
Result<UpstreamReply> reply_of(SharedUpstreamExchange exchange, http::ResponseHead head) {
  if (head.response.status == 101) return switched_reply(std::move(exchange), std::move(head));
  UpstreamExchange& x = *exchange;
  UpstreamReply reply;
  reply.closes = !head.keep_alive;
  x.is_counted = head.frame.framing == http::Framing::length;
  x.may_keep = head.keep_alive && head.frame.framing != http::Framing::until_close;
  std::optional<std::uint64_t> length;
  if (const auto field = head.response.headers.get(http::Name::content_length))
    length = parse_decimal(*field);
  http::remove_connection_fields(head.response.headers);
  reply.reply.response = std::move(head.response);

  auto early = next_buffered_part(x);
  if (!early) return early.error();
  if (early->done) x.finish();
  if (early->done && !x.has_surplus()) {
    reply.reply.body = Body::of(std::move(early->data));
    reply.reply.body.length = length;
  } else {
    auto source = std::make_unique<ResponseBody>(std::move(exchange), std::move(*early));
    reply.reply.body = Body::streamed(std::move(source), length);
  }
  return reply;
}

}  // namespace

Awaitable<Result<UpstreamReply>> read_reply(
    SharedUpstreamExchange exchange, http::InterimSink* interim
) {
  auto head = co_await read_head(*exchange, interim);
  if (!head) co_return head.error();
  co_return reply_of(std::move(exchange), std::move(*head));
}

}  // namespace festina::net
