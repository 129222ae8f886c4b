#include "net/stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

#include "net/pieces.h"
#include "net/raw_socket.h"

namespace festina::net {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

Error disconnected(Side side, const boost::system::error_code& ec) {
  return {ErrorCode::disconnected, side, ec.message()};
}

Error closed_by_us(Side side) { return {ErrorCode::disconnected, side, "closed on this side"}; }

// The textual address and the port of an endpoint; nothing of a Unix one. IPv4 in IPv6 is IPv4.
struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
};
HostAndPort host_and_port(const Endpoint& endpoint) {
  const int family = endpoint.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return {};
  asio::ip::tcp::endpoint tcp;
  tcp.resize(endpoint.size());
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  asio::ip::address address = tcp.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return {address.to_string(), tcp.port()};
}

}  // namespace

// Shared with the timer's handler only, so that it never finds the state gone.
struct Stream::State : std::enable_shared_from_this<State> {
  State(Socket open, Side other_end)
      : socket(std::move(open)), side(other_end), watch(socket.get_executor()) {}

  Socket socket;
  Side side;
  std::unique_ptr<TlsSession> tls;  // null: in the clear
  Timer watch;
  bool watching = false;
  SteadyTime deadline = SteadyTime::max();
  std::chrono::milliseconds span{0};
  int under_way = 0;  // operations that the deadline ends

  // One operation that the deadline watches over.
  class Watched {
   public:
    explicit Watched(State& state) : state_(state) {
      ++state_.under_way;
      state_.watch_sooner();
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched() { --state_.under_way; }

   private:
    State& state_;
  };

  void watch_deadline() {
    if (!has_deadline()) return;
    watching = true;
    watch.expires_at(deadline);
    watch.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec) self->look_at_deadline();
    });
  }

  // The timer must not fire behind a deadline that was moved forward.
  void watch_sooner() {
    if (under_way > 0 && (!watching || watch.expiry() > deadline)) watch_deadline();
  }

  void look_at_deadline() {
    watching = false;
    if (under_way == 0) return;
    if (std::chrono::steady_clock::now() < deadline) return watch_deadline();
    boost::system::error_code ignored;
    socket.cancel(ignored);
  }

  bool has_deadline() const { return deadline != SteadyTime::max(); }

  void move_deadline() { deadline = std::chrono::steady_clock::now() + span; }

  // The error of an operation that ended with `ec`. It was aborted by the deadline, by close(), or because the whole
  // task is cancelled; in the last case awaiting this throws, and the task unwinds.
  Awaitable<Error> failure(boost::system::error_code ec) {
    if (ec == asio::error::operation_aborted && socket.is_open()) {
      co_return Error{ErrorCode::timed_out, side, "nothing moved within the limit"};
    }
    co_return disconnected(side, ec);
  }

  // How many bytes the socket took at once; none when it takes none now.
  Result<IoStep> send(const Pieces& pieces) {
    if (!tls) return send_at_once(handle(), pieces, side);
    std::array<char, kMaxRecord> block;  // a small head and the body behind it make one record
    return tls->write(pieces.gathered(block));
  }

  // Waits until the socket is ready for the step's sequel, or the deadline passes.
  Awaitable<Result<>> ready_for(Wait wait) {
    const auto direction = wait == Wait::readable ? Socket::wait_read : Socket::wait_write;
    boost::system::error_code ec;
    {
      const Watched watched(*this);
      std::tie(ec) = co_await socket.async_wait(direction, no_throw);
    }
    if (ec) co_return co_await failure(ec);
    co_return Result<>();
  }

  // Orderly, as far as that can be said without waiting.
  void end_sending() {
    if (tls) tls->end_sending();
    ::shutdown(handle(), SHUT_WR);
  }

  int handle() const { return const_cast<Socket&>(socket).native_handle(); }

  void close() {
    boost::system::error_code ignored;
    watch.cancel();
    tls.reset();  // it must not outlive the descriptor, whose number another connection may get
    socket.close(ignored);
  }
};

Stream::Stream(Socket socket, Side side)
    : state_(std::make_shared<State>(std::move(socket), side)) {
  send_without_delay(state_->handle());
}
Stream::Stream(std::shared_ptr<State> state) : state_(std::move(state)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
  if (state_ && state_ != other.state_) state_->close();
  state_ = std::move(other.state_);
  return *this;
}
Stream::~Stream() {
  if (state_) state_->close();
}

Awaitable<Result<Stream>> Stream::connect(
    Endpoint endpoint, std::chrono::milliseconds limit, Side side
) {
  const Executor executor = co_await asio::this_coro::executor;
  Stream stream(std::make_shared<State>(Socket(executor), side));
  State& state = *stream.state_;
  stream.expect_within(limit);
  boost::system::error_code ec;
  {
    const State::Watched watched(state);
    std::tie(ec) = co_await state.socket.async_connect(endpoint, no_throw);
  }
  if (!ec) {
    send_without_delay(state.handle());
    co_return stream;
  }
  Error error = co_await state.failure(ec);
  const bool too_late = error.code == ErrorCode::timed_out || ec == asio::error::timed_out;
  error.code = too_late ? ErrorCode::connect_timed_out : ErrorCode::refused;
  co_return error;
}

Awaitable<Result<>> Stream::start_tls(std::unique_ptr<TlsSession> session, std::string_view early) {
  session->attach(state_->handle(), early);
  state_->tls = std::move(session);
  while (state_->tls) {
    const auto step = state_->tls->handshake();
    if (!step) co_return step.error();
    if (step->wait == Wait::none) co_return Result<>();
    const auto ready = co_await state_->ready_for(step->wait);
    if (!ready) co_return ready.error();
  }
  co_return closed_by_us(state_->side);
}

void Stream::expect_within(std::chrono::milliseconds span) {
  state_->span = span;
  state_->move_deadline();
  state_->watch_sooner();
}

Awaitable<Result<std::size_t>> Stream::read_some(std::span<char> into) {
  if (state_->tls) co_return co_await read_sealed(into);
  boost::system::error_code ec;
  std::size_t count = 0;
  {
    const State::Watched watched(*state_);
    const auto buffer = asio::buffer(into.data(), into.size());
    std::tie(ec, count) = co_await state_->socket.async_read_some(buffer, no_throw);
  }
  if (!ec) co_return count;
  if (ec == asio::error::eof) co_return std::size_t{0};
  co_return co_await state_->failure(ec);
}

Awaitable<Result<std::size_t>> Stream::read_sealed(std::span<char> into) {
  while (state_->tls) {
    const auto step = state_->tls->read(into);
    if (!step) co_return step.error();
    if (step->wait == Wait::none) {
      // Others have their turn first, as with every read of a socket.
      co_await asio::post(executor(), no_throw);
      co_return step->bytes;
    }
    const auto ready = co_await state_->ready_for(step->wait);
    if (!ready) co_return ready.error();
  }
  co_return closed_by_us(state_->side);
}

Result<std::size_t> Stream::write_now(std::span<const std::string_view> pieces) {
  const Pieces all(pieces, 0);
  if (all.done()) return std::size_t{0};
  const auto step = state_->send(all);
  if (!step) return step.error();
  return step->bytes;
}

Awaitable<Result<>> Stream::write(std::span<const std::string_view> pieces, std::size_t written) {
  for (Pieces left(pieces, written); !left.done();) {
    const auto step = state_->send(left);
    if (!step) co_return step.error();
    left.advance(step->bytes);
    if (step->wait == Wait::none) continue;
    const auto ready = co_await state_->ready_for(step->wait);
    if (!ready) co_return ready.error();
    if (state_->has_deadline()) state_->move_deadline();
  }
  co_return Result<>();
}

bool Stream::is_readable_or_closed() const {
  if (state_->tls) return state_->tls->is_readable_or_closed();
  return net::is_readable_or_closed(state_->handle());
}

bool Stream::has_peer_left() const { return net::has_peer_left(state_->handle()); }

std::optional<std::chrono::microseconds> Stream::round_trip() const {
  return net::round_trip(state_->handle());
}

void Stream::end_sending() { state_->end_sending(); }

void Stream::close() {
  if (is_open()) state_->end_sending();
  if (state_) state_->close();
}

void Stream::reset() {
  end_abruptly_at_close(state_->handle());
  state_->close();
}

bool Stream::is_open() const { return state_ && state_->socket.is_open(); }

Executor Stream::executor() { return state_->socket.get_executor(); }

http::Peer Stream::peer() const {
  boost::system::error_code ignored;
  const HostAndPort remote = host_and_port(state_->socket.remote_endpoint(ignored));
  const HostAndPort local = host_and_port(state_->socket.local_endpoint(ignored));
  http::Peer peer;
  peer.address = remote.host;
  peer.port = remote.port;
  peer.local_port = local.port;
  if (state_->tls) {
    peer.tls_version = state_->tls->version();
    peer.tls_cipher = state_->tls->cipher();
  }
  return peer;
}

}  // namespace festina::net
