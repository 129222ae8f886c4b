// A Connection is shared by the coroutine that serves it and by the body of a request that was streamed to a handler:
// who still holds such a body when its request is over reads an error, not another request's bytes.
#include "net/h1_server.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "http/h1_request.h"
#include "net/reply_writer.h"

namespace festina::net {

using http::BodyFrame;
using http::Framing;
using http::Method;

namespace {

// After the last answer: how long the client's bytes are still taken, lest a reset destroys what it has not read yet
// (RFC 9112 §9.6).
constexpr std::chrono::seconds kLingerFor{2};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Error client_error(ErrorCode code, std::string_view detail) {
  return {code, Side::client, std::string(detail)};
}

Result<http::Url> url_of(const http::RequestHead& head, http::Scheme scheme) {
  if (head.method == Method::connect)
    return client_error(ErrorCode::unsupported, "CONNECT is not served here");
  const auto host = head.headers.get(http::Name::host);
  return http::target_url(scheme, host.value_or(""), head.target);
}

using SharedState = std::shared_ptr<ServerState>;

class Connection final : public OpenConnection,
                         public http::Asker,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream, http::Handler&, http::Scheme, SharedState);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  Awaitable<> serve();
  // The next part of the body of that request.
  Awaitable<Result<Bytes>> read_body(std::uint64_t request);
  void close_when_idle() override;
  // A client that ends its sending direction has left, too: no other sign tells a client that hung up.
  bool has_left() const override { return stream_.has_peer_left(); }

 private:
  // What is known of the request under way.
  struct Request {
    Method method = Method::get;
    std::size_t head_consumed = 0;  // bytes that the parser took
    bool http_1_0 = false;
    bool keep_alive = true;
    bool awaits_continue = false;  // no body comes before 100 is read (RFC 9110 §10.1.1)
    bool answered = false;         // the head of the answer is under way
    BodyFrame frame;
    bool body_done = true;
    bool body_broken = false;  // what follows on the connection is anything
  };

  Awaitable<bool> read_head();
  Result<bool> feed_head();
  http::Status status_of_head(const Error& error) const;
  Result<http::Incoming> take_request();
  Result<Body> take_body();
  Result<Bytes> next_buffered_part();
  Awaitable<Result<>> receive_body_bytes();
  bool may_go_on() const;
  AnswerTo begin_answer();
  Awaitable<bool> discard_body();
  Awaitable<> refuse(http::Status status, std::string why);
  Awaitable<> linger();

  SharedState state_;
  Stream stream_;
  http::Handler& handler_;
  http::Peer peer_;
  ReadBuffer buffer_;
  http::RequestParser parser_;
  ReplyWriter writer_;
  Request request_;
  std::uint64_t request_number_ = 0;
  bool idle_ = false;        // waits for a request
  bool reads_body_ = false;  // a body read waits for bytes
};

// The body of one request. It keeps the connection's memory alive, and is void when the request is over.
class RequestBody final : public ByteSource {
 public:
  RequestBody(std::shared_ptr<Connection> connection, std::uint64_t request, Bytes first)
      : connection_(std::move(connection)), request_(request), first_(std::move(first)) {}

  Awaitable<Result<Bytes>> read() override {
    if (!first_.empty()) co_return std::exchange(first_, Bytes());
    co_return co_await connection_->read_body(request_);
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::uint64_t request_;
  Bytes first_;  // what had come with the head
};

Connection::Connection(
    Stream stream, http::Handler& handler, http::Scheme scheme, SharedState state
)
    : state_(std::move(state)),
      stream_(std::move(stream)),
      handler_(handler),
      peer_(stream_.peer()),
      writer_(stream_, state_->limits().body) {
  peer_.scheme = scheme;
  state_->enter(*this);
}

Connection::~Connection() { state_->leave(*this); }

void Connection::close_when_idle() {
  asio::post(stream_.executor(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->idle_) self->stream_.close();
  });
}

Awaitable<> Connection::serve() {
  while (co_await read_head()) {
    auto incoming = take_request();
    if (!incoming) {
      const Error& error = incoming.error();
      co_await refuse(error.code == ErrorCode::unsupported ? 501 : 400, error.detail);
      break;
    }
    http::Reply reply = co_await handler_.handle(std::move(*incoming));
    const bool goes_on = co_await writer_.write(reply, begin_answer());
    ++request_number_;       // voids the body
    if (reads_body_) break;  // in the middle of a read: nobody can say what comes behind it
    if (!stream_.is_open()) break;
    const bool may_read_on = goes_on && (request_.body_done || co_await discard_body());
    if (!may_read_on) {
      co_await linger();
      break;
    }
  }
  stream_.close();  // a body that somebody still holds must not hold the connection open
}

// False when the connection is over: it ended before a head began or inside it, or the head was refused.
Awaitable<bool> Connection::read_head() {
  request_ = {};
  parser_.reset();
  for (bool had_begun = false;;) {
    const auto is_whole = feed_head();
    if (!is_whole) {
      co_await refuse(status_of_head(is_whole.error()), is_whole.error().detail);
      co_return false;
    }
    if (*is_whole) co_return true;
    const bool begun = request_.head_consumed > 0 || !buffer_.empty();
    if (!begun && state_->is_draining()) co_return false;
    if (!begun) stream_.expect_within(state_->limits().idle);
    if (begun && !had_begun) stream_.expect_within(state_->limits().head);
    had_begun = begun;

    idle_ = !begun;
    const auto count = co_await stream_.read_some(buffer_.room());
    idle_ = false;
    const bool too_slow = !count && count.error().code == ErrorCode::timed_out;
    if (too_slow && begun) co_await refuse(408, "the head did not come within the limit");
    if (!count || *count == 0) co_return false;
    buffer_.received(*count);
  }
}

// Is the head whole? Errors: malformed, too_large, unsupported.
Result<bool> Connection::feed_head() {
  if (buffer_.empty()) return false;
  const auto progress = parser_.feed_head(buffer_.view());
  if (!progress) return progress.error();
  buffer_.consume(progress->consumed);
  request_.head_consumed += progress->consumed;
  return progress->complete;
}

http::Status Connection::status_of_head(const Error& error) const {
  if (error.code == ErrorCode::unsupported) return 505;
  if (error.code != ErrorCode::too_large) return 400;
  const std::string_view left = buffer_.view();
  const bool in_start_line = request_.head_consumed == 0;
  const std::size_t line = std::min(left.find('\n'), left.size());
  return in_start_line && line > http::kMaxTargetBytes ? 414 : 431;
}

Result<http::Incoming> Connection::take_request() {
  http::RequestHead head = parser_.take_head();
  request_.method = head.method;
  request_.http_1_0 = head.http_1_0;
  request_.keep_alive = head.keep_alive;
  request_.awaits_continue = head.expects_continue;
  request_.frame = head.frame;

  auto url = url_of(head, peer_.scheme);
  if (!url) return url.error();
  auto body = take_body();
  if (!body) return body.error();
  // The target names the host, whatever Host says (RFC 9112 §3.2.2).
  if (!head.target.starts_with('/')) head.headers.set(http::Name::host, url->authority());

  Result<http::Incoming> result(boost::system::in_place_value);  // made in place: it is large
  http::Incoming& incoming = *result;
  incoming.request.method = head.method;
  incoming.request.method_text = std::move(head.method_text);
  incoming.request.url = std::move(*url);
  incoming.request.headers = std::move(head.headers);
  incoming.body = std::move(*body);
  incoming.peer = peer_;
  incoming.asker = this;
  return result;
}

// The body is whole when all of it came with the head.
Result<Body> Connection::take_body() {
  std::string early;
  for (;;) {
    const auto part = next_buffered_part();
    if (!part) return part.error();
    if (part->empty()) break;
    early += part->view();
  }
  if (request_.body_done) return Body::of(std::move(early));
  std::optional<std::uint64_t> length;
  if (request_.frame.framing == Framing::length) length = request_.frame.length;
  auto source = std::make_unique<RequestBody>(
      shared_from_this(), request_number_, Bytes::from(std::move(early))
  );
  return Body::streamed(std::move(source), length);
}

// Body bytes out of the buffer; none when it holds too little or the body is done.
Result<Bytes> Connection::next_buffered_part() {
  for (;;) {
    const auto part = parser_.feed_body(buffer_.view());
    if (!part) return part.error();
    Bytes data = Bytes::copy_of(part->data);
    buffer_.consume(part->consumed);
    request_.body_done = part->done;
    if (!data.empty() || part->done || part->consumed == 0) return data;
  }
}

Awaitable<Result<Bytes>> Connection::read_body(std::uint64_t request) {
  for (;;) {
    if (request != request_number_ || request_.body_broken) {
      co_return client_error(ErrorCode::truncated, "the request is over");
    }
    auto part = next_buffered_part();
    if (!part) request_.body_broken = true;
    if (!part || !part->empty() || request_.body_done) co_return part;
    const auto received = co_await receive_body_bytes();
    if (!received) {
      request_.body_broken = true;
      co_return received.error();
    }
  }
}

Awaitable<Result<>> Connection::receive_body_bytes() {
  if (request_.awaits_continue) {
    if (request_.answered)
      co_return client_error(ErrorCode::truncated, "answered before the body was asked for");
    request_.awaits_continue = false;
    const auto written = co_await stream_.write({&kContinue, 1});
    if (!written) co_return client_error(ErrorCode::truncated, written.error().detail);
  }
  stream_.expect_within(state_->limits().body);
  reads_body_ = true;
  const auto count = co_await stream_.read_some(buffer_.room());
  reads_body_ = false;
  if (!count && count.error().code == ErrorCode::timed_out) co_return count.error();
  if (!count) co_return client_error(ErrorCode::truncated, count.error().detail);
  if (*count == 0) co_return client_error(ErrorCode::truncated, "closed within the body");
  buffer_.received(*count);
  co_return Result<>();
}

AnswerTo Connection::begin_answer() {
  request_.answered = true;
  return {.method = request_.method, .http_1_0 = request_.http_1_0, .may_go_on = may_go_on()};
}

// May another request follow on this connection? When not, the answer says so.
bool Connection::may_go_on() const {
  const bool body_is_small =
      request_.frame.framing != Framing::length || request_.frame.length <= kMaxDiscarded;
  return request_.keep_alive && !state_->is_draining() && !request_.body_broken &&
         (request_.body_done || (body_is_small && !request_.awaits_continue));
}

// Reads what the handler left of the body; false when it is too much or ends badly.
Awaitable<bool> Connection::discard_body() {
  std::size_t discarded = 0;
  while (!request_.body_done) {
    const auto part = co_await read_body(request_number_);
    if (!part) co_return false;
    discarded += part->size();
    if (discarded > kMaxDiscarded) co_return false;
  }
  co_return true;
}

Awaitable<> Connection::refuse(http::Status status, std::string why) {
  request_.keep_alive = false;
  request_.body_done = false;  // who knows what else is on its way
  http::Reply reply = http::text_reply(status, "text/plain", why + "\n");
  co_await writer_.write(reply, begin_answer());
  if (stream_.is_open()) co_await linger();
}

// Closes. While the client may still be sending, its bytes are taken first.
Awaitable<> Connection::linger() {
  if (request_.body_done && buffer_.empty()) co_return stream_.close();
  stream_.end_sending();
  stream_.expect_within(kLingerFor);
  std::size_t discarded = 0;
  while (discarded <= kMaxDiscarded) {
    buffer_.consume(buffer_.view().size());
    const auto count = co_await stream_.read_some(buffer_.room());
    if (!count || *count == 0) break;
    discarded += *count;
  }
  stream_.close();
}

Awaitable<> serve_connection(std::shared_ptr<Connection> connection) {
  co_await connection->serve();
}

}  // namespace

Awaitable<> serve_h1(
    Stream stream, http::Handler& handler, http::Scheme scheme, std::shared_ptr<ServerState> state
) {
  return serve_connection(
      std::make_shared<Connection>(std::move(stream), handler, scheme, std::move(state))
  );
}

}  // namespace festina::net
