// An Exchange is shared by the two directions of a request with a streamed body: the upload, a task of its own, and the
// answer's body. Whichever ends last returns or closes the connection; the answer's end decides which.
#include "net/upstream_client.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/forwarding.h"
#include "http/h1_writer.h"
#include "net/buffered_body.h"

namespace festina::net {

using http::BodyFrame;
using http::Framing;
using http::Method;

namespace {

bool may_repeat(const Upstream& upstream, Method method, const Body& body) {
  return upstream.repeats == Repeats::once && is_idempotent(method) && body.is_whole();
}

// RFC 9110 §8.6: a method that means content says Content-Length: 0 when there is none.
BodyFrame request_frame(Method method, const Body& body) {
  const bool means_content =
      method == Method::post || method == Method::put || method == Method::patch;
  if (body.is_whole() && body.whole.empty() && !means_content) return {};
  if (const auto size = body.size()) return {Framing::length, *size};
  return {Framing::chunked};
}

std::string head_text(const Upstream& upstream, const http::Request& request, BodyFrame frame) {
  const bool absolute = upstream.target_form == TargetForm::absolute;
  const std::string target = absolute ? request.url.text() : request.url.target();
  return http::request_head_text(request, target, frame);
}

Error blamed_on(Side side, Error error) {
  error.side = side;
  return error;
}

struct Exchange {
  Exchange(
      const Upstream& upstream, const http::Request& request, const http::Asker* waiting,
      Stream connection, UpstreamPool::Place its_place, UpstreamPool& home
  )
      : pool(home),
        place(std::move(its_place)),
        side(upstream.side),
        limit(upstream.timeouts.read),
        tunnel_limit(upstream.timeouts.tunnel),
        upgrade(request.headers.get(http::Name::upgrade).value_or("")),
        asker(waiting),
        stream(std::move(connection)),
        parser(request.method) {}

  UpstreamPool& pool;
  UpstreamPool::Place place;  // the connection's
  Side side;
  std::chrono::milliseconds limit;  // without a byte
  std::chrono::milliseconds tunnel_limit;
  std::string upgrade;       // the protocol that was asked for; empty: none
  const http::Asker* asker;  // null: nobody who could leave
  Stream stream;
  ReadBuffer buffer;
  http::ResponseParser parser;
  bool got_bytes = false;           // of the answer
  bool is_counted = false;          // the answer's body, by Content-Length
  bool may_keep = false;            // the connection, once the answer is whole
  bool sent = false;                // the whole request
  std::optional<Error> broken_off;  // the request's body, or whoever asked has left: why

  // While the request is sent, its body tells that the asker has left; and the deadline is that of writing, too.
  bool looks_for_asker() const { return asker != nullptr && sent; }
  bool is_deserted() const { return looks_for_asker() && asker->has_left(); }

  // Whoever asked is to blame when the connection was closed because of them.
  Error blame(Error error) const {
    return broken_off ? *broken_off : blamed_on(side, std::move(error));
  }

  // All that was promised of the answer is there, and more: its length is wrong, or an answer to nobody follows. Neither
  // may be passed on (RFC 9112 §6.3), and who keeps the answer had better not.
  bool has_surplus() const { return is_counted && !buffer.empty(); }

  // The answer is whole.
  void finish() {
    if (may_keep && sent && buffer.empty()) {
      pool.give_back(std::move(place), std::move(stream));
    } else {
      abandon();
    }
  }

  // Closes the connection. Its place is free, whoever else still holds this.
  void abandon() {
    stream.close();
    place.release();
  }
};
using SharedExchange = std::shared_ptr<Exchange>;

// What comes next of the answer; zero when the upstream has closed. Looks for the asker while nothing comes.
// Errors: disconnected, timed_out (side); disconnected (client).
Awaitable<Result<std::size_t>> receive(Exchange& x) {
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
Awaitable<Result<http::ResponseHead>> read_head(Exchange& x, http::InterimSink* sink) {
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
Result<BufferedBody> next_buffered_part(Exchange& x) {
  auto part = take_buffered(x.parser, x.buffer);
  if (!part) return x.blame(part.error());
  return part;
}

// The body of an answer. Whoever destroys it before its end closes the connection. Behind the last byte that was promised a
// surplus is an error: malformed.
class ResponseBody final : public ByteSource {
 public:
  // `early`: what had come with the head.
  ResponseBody(SharedExchange exchange, BufferedBody early)
      : exchange_(std::move(exchange)), first_(std::move(early.data)), done_(early.done) {}
  ResponseBody(const ResponseBody&) = delete;
  ResponseBody& operator=(const ResponseBody&) = delete;
  ~ResponseBody() override {
    if (!done_) exchange_->abandon();
  }

  Awaitable<Result<Bytes>> read() override {
    if (!first_.empty()) co_return std::exchange(first_, Bytes());
    Exchange& x = *exchange_;
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
    Exchange& x = *exchange_;
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

  SharedExchange exchange_;
  Bytes first_;
  bool done_;
};

Awaitable<Result<>> write_part(Exchange& x, std::string_view data, Framing framing) {
  x.stream.expect_within(x.limit);
  if (framing != Framing::chunked) co_return co_await x.stream.write({&data, 1});
  const std::string prefix = http::chunk_prefix(data.size());
  const std::array<std::string_view, 3> pieces{prefix, data, http::kChunkSuffix};
  co_return co_await x.stream.write(pieces);
}

// Sends the body behind the head. A body that breaks off closes the connection: the upstream must not take it for whole.
// When writing fails, the answer's reader finds out why: perhaps an answer came early.
Awaitable<> upload(SharedExchange exchange, std::unique_ptr<ByteSource> body, BodyFrame frame) {
  Exchange& x = *exchange;
  const bool counted = frame.framing == Framing::length;
  std::uint64_t left = frame.length;
  for (;;) {
    auto part = co_await body->read();
    if (!x.stream.is_open()) co_return;
    if (part && counted && (part->empty() ? left > 0 : part->size() > left)) {
      part = Error{ErrorCode::malformed, Side::self, "the body has another length than announced"};
    }
    if (!part) {
      x.broken_off = part.error();
      x.stream.close();
      co_return;
    }
    if (counted) left -= part->size();
    if (part->empty()) break;
    const auto written = co_await write_part(x, part->view(), frame.framing);
    if (!written) co_return;
  }
  if (!counted) {
    const auto written = co_await x.stream.write({&http::kLastChunk, 1});
    if (!written) co_return;
  }
  x.sent = true;
  if (x.looks_for_asker() && x.stream.is_open()) x.stream.expect_within(kLookForAsker);
}

// 101: the connection is a tunnel from here on, and holds its place until it ends.
Result<UpstreamReply> switched_reply(SharedExchange exchange, http::ResponseHead head) {
  Exchange& x = *exchange;
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
Result<UpstreamReply> reply_of(SharedExchange exchange, http::ResponseHead head) {
  if (head.response.status == 101) return switched_reply(std::move(exchange), std::move(head));
  Exchange& x = *exchange;
  UpstreamReply reply;
  reply.closes = !head.keep_alive;
  x.is_counted = head.frame.framing == Framing::length;
  x.may_keep = head.keep_alive && head.frame.framing != Framing::until_close;
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

// Did it go out whole? If not, the answer's reader finds out why, as with upload().
Awaitable<bool> write_request(Exchange& x, std::string_view head, const Body& body) {
  const std::array<std::string_view, 2> pieces{head, body.whole.view()};
  x.stream.expect_within(x.limit);
  const auto written = co_await x.stream.write(pieces);
  co_return written.has_value();
}

Awaitable<Result<UpstreamReply>> read_reply(SharedExchange exchange, http::InterimSink* interim) {
  auto head = co_await read_head(*exchange, interim);
  if (!head) co_return head.error();
  co_return reply_of(std::move(exchange), std::move(*head));
}

// The idle connection that came with the place, or a new one.
Awaitable<Result<Stream>> stream_on(
    UpstreamPool::Turn& turn, const Upstream& upstream, Connector& connector
) {
  if (auto idle = std::exchange(turn.stream, {})) co_return std::move(*idle);
  co_return co_await connector.connect(upstream);
}

}  // namespace

UpstreamClient::UpstreamClient(UpstreamPool& pool, Resolver& resolver)
    : pool_(pool), connector_(resolver) {}
UpstreamClient::~UpstreamClient() = default;

Awaitable<Result<UpstreamReply>> UpstreamClient::send(
    const Upstream& upstream, http::Request request, Body body, const http::Asker* asker,
    http::InterimSink* interim
) {
  const Executor executor = co_await asio::this_coro::executor;
  const BodyFrame frame = request_frame(request.method, body);
  const std::string head = head_text(upstream, request, frame);
  const bool repeatable = may_repeat(upstream, request.method, body);
  auto turn = co_await pool_.take(upstream);
  if (!turn) co_return with_detail(turn.error(), upstream.address.text());

  for (;;) {
    const bool is_reused = turn->stream.has_value();
    auto stream = co_await stream_on(*turn, upstream, connector_);
    if (!stream) co_return with_detail(stream.error(), upstream.address.text());
    const auto exchange = std::make_shared<Exchange>(
        upstream, request, asker, std::move(*stream), std::move(turn->place), pool_
    );
    const bool written = co_await write_request(*exchange, head, body);
    exchange->sent = written && body.is_whole();
    if (written && body.source) {
      uploads_.spawn(executor, upload(exchange, std::move(body.source), frame));
    }
    auto reply = co_await read_reply(exchange, interim);
    if (reply) co_return reply;
    exchange->stream.close();  // ends the upload too
    turn->place = std::move(exchange->place);
    const bool died_unanswered = reply.error().code == ErrorCode::disconnected &&
                                 !exchange->got_bytes && !exchange->broken_off;
    if (!is_reused || !died_unanswered || !repeatable) {
      co_return with_detail(reply.error(), upstream.address.text());
    }
  }
}

}  // namespace festina::net
