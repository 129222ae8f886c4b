#include "net/stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace festina::net {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kPiecesPerCall = 16;

// What is left to write, as the system wants it.
class Pieces {
 public:
  Pieces(std::span<const std::string_view> pieces, std::size_t written) : pieces_(pieces) {
    advance(written);
  }

  bool done() const { return pieces_.empty(); }

  // Fills `out` and returns how many entries.
  std::size_t vectors(std::span<iovec> out) const {
    const std::size_t count = std::min(out.size(), pieces_.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view piece = pieces_[i].substr(i == 0 ? offset_ : 0);
      out[i] = {const_cast<char*>(piece.data()), piece.size()};
    }
    return count;
  }

  void advance(std::size_t written) {
    while (!pieces_.empty() && written >= pieces_.front().size() - offset_) {
      written -= pieces_.front().size() - offset_;
      pieces_ = pieces_.subspan(1);
      offset_ = 0;
    }
    offset_ += written;
  }

 private:
  std::span<const std::string_view> pieces_;
  std::size_t offset_ = 0;  // into the first piece
};

Error disconnected(Side side, const boost::system::error_code& ec) {
  return {ErrorCode::disconnected, side, ec.message()};
}

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
      if (!state_.watching || state_.watch.expiry() > state_.deadline) state_.watch_deadline();
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
  Result<std::size_t> send(const Pieces& pieces) const {
    std::array<iovec, kPiecesPerCall> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = pieces.vectors(vectors);
    for (;;) {
      const ssize_t count = ::sendmsg(handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) return static_cast<std::size_t>(count);
      const boost::system::error_code ec(errno, boost::system::system_category());
      if (ec == asio::error::would_block) return std::size_t{0};
      if (ec != asio::error::interrupted) return disconnected(side, ec);
    }
  }

  void no_delay() const {
    const int on = 1;  // fails on a Unix socket, which never delays
    ::setsockopt(handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  int handle() const { return const_cast<Socket&>(socket).native_handle(); }

  void close() {
    boost::system::error_code ignored;
    watch.cancel();
    socket.close(ignored);
  }
};

Stream::Stream(Socket socket, Side side)
    : state_(std::make_shared<State>(std::move(socket), side)) {
  state_->no_delay();
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
    state.no_delay();
    co_return stream;
  }
  Error error = co_await state.failure(ec);
  const bool too_late = error.code == ErrorCode::timed_out || ec == asio::error::timed_out;
  error.code = too_late ? ErrorCode::connect_timed_out : ErrorCode::refused;
  co_return error;
}

void Stream::expect_within(std::chrono::milliseconds span) {
  state_->span = span;
  state_->move_deadline();
}

Awaitable<Result<std::size_t>> Stream::read_some(std::span<char> into) {
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

Result<std::size_t> Stream::write_now(std::span<const std::string_view> pieces) {
  return state_->send(Pieces(pieces, 0));
}

Awaitable<Result<>> Stream::write(std::span<const std::string_view> pieces, std::size_t written) {
  for (Pieces left(pieces, written); !left.done();) {
    const auto sent = state_->send(left);
    if (!sent) co_return sent.error();
    left.advance(*sent);
    if (*sent > 0) continue;
    boost::system::error_code ec;
    {
      const State::Watched watched(*state_);
      std::tie(ec) = co_await state_->socket.async_wait(Socket::wait_write, no_throw);
    }
    if (ec) co_return co_await state_->failure(ec);
    if (state_->has_deadline()) state_->move_deadline();
  }
  co_return Result<>();
}

bool Stream::is_readable_or_closed() const {
  char byte;
  const ssize_t count = ::recv(state_->handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool Stream::has_peer_left() const {
  pollfd watched{.fd = state_->handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&watched, 1, 0) != 0;
}

void Stream::end_sending() { ::shutdown(state_->handle(), SHUT_WR); }

void Stream::close() {
  if (is_open()) end_sending();
  state_->close();
}

void Stream::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(state_->handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
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
  return peer;
}

void ReadBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> ReadBuffer::room() {
  if (memory_.empty()) memory_.resize(kSmallBuffer);
  if (was_filled_ && memory_.size() < kLargeBuffer) memory_.resize(memory_.size() * 2);
  if (begin_ > 0 && memory_.size() - end_ < memory_.size() / 2) {
    std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == memory_.size()) memory_.resize(memory_.size() * 2);
  return {memory_.data() + end_, memory_.size() - end_};
}

void ReadBuffer::received(std::size_t count) {
  end_ += count;
  was_filled_ = end_ == memory_.size();
}

}  // namespace festina::net
