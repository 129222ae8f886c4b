// A Connection is shared by the coroutine that serves it and by the body of a request that was streamed to a handler.
#include "net/h1_server.h"

#include <atomic>
#include <boost/asio/post.hpp>

#include "http/h1_writer.h"
#include "net/reply_writer.h"
#include "net/request_reader.h"

namespace festina::net {

namespace {

// After the last answer: how long the client's bytes are still taken, lest a reset destroys what it has not read yet
// (RFC 9112 §9.6).
constexpr std::chrono::seconds kLingerFor{2};

class Connection final : public OpenConnection,
                         public HalfOpen,
                         public http::Asker,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream, H1Service);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override;

  Awaitable<> serve();
  std::optional<Time> idle_since() const override;
  void close_when_idle() override;
  void give_up(HeadId) override;
  // A client that ends its sending direction has left, too: no other sign tells a client that hung up.
  bool has_left() const override { return stream_.has_peer_left(); }
  // Behind a proxy that speaks PROXY the packets are the proxy's.
  std::optional<std::chrono::microseconds> round_trip() const override {
    return is_direct_ ? stream_.round_trip() : std::nullopt;
  }
  Awaitable<> send_interim(http::Response) override;

 private:
  Awaitable<bool> greet_client();
  Awaitable<> serve_requests();
  Awaitable<bool> read_head();
  Awaitable<Result<std::size_t>> receive_idle();
  Awaitable<bool> answer(http::Reply& reply);
  Awaitable<> carry_tunnel(http::Reply reply);
  AnswerTo begin_answer();
  Awaitable<> refuse(http::Status status, std::string why);
  Awaitable<> linger();

  H1Service service_;
  const Executor executor_;
  Stream stream_;
  http::Peer peer_;
  bool is_direct_ = false;  // `peer_` is the other end of the connection itself
  RequestReader reader_;
  ReplyWriter writer_;
  SlowHead slow_head_;
  std::atomic<Time> idle_since_{kBusy};  // written on this connection's thread

  static constexpr Time kBusy = Time::max();
};

Connection::Connection(Stream stream, H1Service service)
    : service_(std::move(service)),
      executor_(stream.executor()),
      stream_(std::move(stream)),
      reader_(stream_, service_.state->limits()),
      writer_(stream_, service_.state->limits().body),
      slow_head_(service_.state->heads(), *this) {
  service_.state->enter(*this);
}

Connection::~Connection() { service_.state->leave(*this); }

std::optional<OpenConnection::Time> Connection::idle_since() const {
  const Time since = idle_since_;
  if (since == kBusy) return {};
  return since;
}

void Connection::close_when_idle() {
  asio::post(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->idle_since()) self->stream_.close();
  });
}

void Connection::give_up(HeadId head) {
  asio::post(executor_, [head, weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->slow_head_.is(head)) self->stream_.close();
  });
}

Awaitable<> Connection::serve() {
  if (co_await greet_client()) co_await serve_requests();
  stream_.close();  // a body that somebody still holds must not hold the connection open
}

// Until it is through, the connection has asked for nothing: it is idle.
Awaitable<bool> Connection::greet_client() {
  if (service_.state->is_draining()) co_return false;
  stream_.expect_within(service_.state->limits().head);
  idle_since_ = std::chrono::steady_clock::now();
  service_.state->became_idle();
  auto peer = co_await greet(stream_, reader_.buffer(), *service_.greeting);
  idle_since_ = kBusy;
  if (peer) {
    peer_ = std::move(*peer);
    is_direct_ = stream_.peer().address == peer_.address;
    peer_.scheme = service_.scheme;
    co_return true;
  }
  const bool is_malformed =
      peer.error().code == ErrorCode::malformed || peer.error().code == ErrorCode::too_large;
  if (is_malformed && !service_.greeting->tls) co_await refuse(400, peer.error().detail);
  co_return false;
}

Awaitable<> Connection::serve_requests() {
  while (co_await read_head()) {
    const std::shared_ptr<RequestReader> reader(shared_from_this(), &reader_);
    auto incoming = reader_.take(reader, peer_);
    if (!incoming) {
      const Error& error = incoming.error();
      co_return co_await refuse(error.code == ErrorCode::unsupported ? 501 : 400, error.detail);
    }
    incoming->asker = this;
    http::Reply reply = co_await service_.handler.handle(std::move(*incoming));
    if (reply.tunnel) co_return co_await carry_tunnel(std::move(reply));
    if (!co_await answer(reply)) co_return;
  }
}

// Not to a client of HTTP/1.0, which takes none (RFC 9110 §15.2), nor while its body is being read: 100 Continue may be
// on its way then.
Awaitable<> Connection::send_interim(http::Response interim) {
  if (reader_.is_http_1_0() || !reader_.is_body_done()) co_return;
  std::string text;
  http::append_response_lines(text, interim);
  text += "\r\n";
  const std::string_view piece = text;
  stream_.expect_within(service_.state->limits().body);
  const auto written = co_await stream_.write({&piece, 1});
  if (!written) stream_.close();
}

// True when another request may follow.
Awaitable<bool> Connection::answer(http::Reply& reply) {
  const bool goes_on = co_await writer_.write(reply, begin_answer());
  const bool is_quiet = reader_.end_request();
  if (!is_quiet || !stream_.is_open()) co_return false;
  const bool may_read_on = goes_on && (reader_.is_body_done() || co_await reader_.discard_body());
  if (!may_read_on) co_await linger();
  co_return may_read_on;
}

// False when the connection is over: it ended before a head began or inside it, or the head was refused.
Awaitable<bool> Connection::read_head() {
  reader_.expect_head();
  for (bool had_begun = false;;) {
    const auto is_whole = reader_.feed_head();
    if (!is_whole) {
      co_await refuse(reader_.status_of(is_whole.error()), is_whole.error().detail);
      co_return false;
    }
    if (*is_whole) break;
    const bool begun = reader_.has_begun();
    if (!begun && service_.state->is_draining()) co_return false;
    if (begun && !had_begun) stream_.expect_within(service_.state->limits().head);
    if (begun) slow_head_.hold(reader_.head_size());
    had_begun = begun;

    const auto count = begun ? co_await reader_.receive() : co_await receive_idle();
    const bool too_slow = !count && count.error().code == ErrorCode::timed_out;
    if (too_slow && begun) co_await refuse(408, "the head did not come within the limit");
    if (!count || *count == 0) co_return false;
  }
  slow_head_.release();
  co_return true;
}

// Waits for a request. Meanwhile the connection may be closed, for another or at the end.
Awaitable<Result<std::size_t>> Connection::receive_idle() {
  stream_.expect_within(service_.state->limits().idle);
  idle_since_ = std::chrono::steady_clock::now();
  service_.state->became_idle();
  auto count = co_await reader_.receive();
  idle_since_ = kBusy;
  co_return count;
}

// The 101, then bytes both ways until both have ended. What came behind the request belongs to the tunnel.
Awaitable<> Connection::carry_tunnel(http::Reply reply) {
  check(!reader_.upgrade().empty(), "a tunnel answers a request for one");
  if (!co_await writer_.write(reply, begin_answer())) co_return;
  auto client = std::make_unique<TunnelEnd>(
      std::move(stream_), std::move(reader_.buffer()), service_.state->limits().tunnel
  );
  co_await carry_both_ways(service_.group, std::move(client), std::move(reply.tunnel));
}

AnswerTo Connection::begin_answer() {
  reader_.answering();
  return {
      .method = reader_.method(),
      .http_1_0 = reader_.is_http_1_0(),
      .may_go_on = reader_.may_go_on() && !service_.state->is_draining(),
      .upgrade = reader_.upgrade()
  };
}

Awaitable<> Connection::refuse(http::Status status, std::string why) {
  reader_.give_up();
  http::Reply reply = http::text_reply(status, "text/plain", why + "\n");
  co_await writer_.write(reply, begin_answer());
  if (stream_.is_open()) co_await linger();
}

// Closes. While the client may still be sending, its bytes are taken first.
Awaitable<> Connection::linger() {
  ReadBuffer& buffer = reader_.buffer();
  if (reader_.is_body_done() && buffer.empty()) co_return stream_.close();
  stream_.end_sending();
  stream_.expect_within(kLingerFor);
  std::size_t discarded = 0;
  while (discarded <= kMaxDiscarded) {
    buffer.consume(buffer.view().size());
    const auto count = co_await reader_.receive();
    if (!count || *count == 0) break;
    discarded += *count;
  }
  stream_.close();
}

Awaitable<> serve_connection(std::shared_ptr<Connection> connection) {
  co_await connection->serve();
}

}  // namespace

Awaitable<> serve_h1(Stream stream, H1Service service) {
  return serve_connection(std::make_shared<Connection>(std::move(stream), std::move(service)));
}

}  // namespace festina::net
