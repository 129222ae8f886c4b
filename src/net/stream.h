// Stream: one byte stream over a TCP or Unix socket, in the clear or through TLS, with one moving deadline.
//
// expect_within() moves the deadline; when it passes, the operation under way fails with timed_out. Moving it on costs no
// system call: the timer that watches it looks again when it fires. One read and one write may be under way at once.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/errors.h"
#include "http/handler.h"
#include "net/tls_session.h"

namespace festina::net {

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
using Endpoint = asio::generic::stream_protocol::endpoint;

inline constexpr std::size_t kMaxUnixPath = 107;  // what a socket's address holds

class Stream {
 public:
  // `side`: who is at the other end, and to blame for what goes wrong there.
  Stream(Socket, Side side);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();  // closes. Requires: nothing is under way, or its coroutine is being destroyed.

  // Errors: refused, connect_timed_out (side).
  [[nodiscard]] static Awaitable<Result<Stream>> connect(
      Endpoint, std::chrono::milliseconds limit, Side
  );

  // Seals the stream from here on; `early` are bytes of the handshake that were read already.
  // Errors: tls_failed, untrusted, timed_out (side); then the stream is of no more use.
  [[nodiscard]] Awaitable<Result<>> start_tls(
      std::unique_ptr<TlsSession> session, std::string_view early
  );

  void expect_within(std::chrono::milliseconds);

  // At least one byte; zero means the peer closed in good order, over TLS by a close_notify.
  // Errors: disconnected, timed_out (side).
  [[nodiscard]] Awaitable<Result<std::size_t>> read_some(std::span<char>);
  // Writes what the socket takes at once, in one system call, and says how many bytes that were; over TLS one record.
  // Errors: disconnected (side).
  [[nodiscard]] Result<std::size_t> write_now(std::span<const std::string_view> pieces);
  // Writes all pieces, but for the first `written` bytes. Whenever a part gets through, the deadline moves on by the
  // span it was last given. Errors: disconnected, timed_out (side).
  [[nodiscard]] Awaitable<Result<>> write(
      std::span<const std::string_view> pieces, std::size_t written = 0
  );

  // Has the peer closed, or sent bytes nobody asked for? Never waits. An idle pooled connection that did is useless.
  bool is_readable_or_closed() const;
  // Has the peer ended its sending direction, or the connection, whatever bytes are still to be read? Never waits.
  bool has_peer_left() const;
  // TCP's own measure; nothing for a Unix socket, or before there is one. Never waits.
  std::optional<std::chrono::microseconds> round_trip() const;
  // Ends the sending direction only; the peer reads to its end.
  void end_sending();
  // Ends the sending direction, then the connection. Of a stream that was moved away nothing is left to close.
  void close();
  // Ends the connection so that the peer can not take it for an orderly end.
  void reset();
  bool is_open() const;
  Executor executor();
  // Address and port of the peer, empty for a Unix socket; what was agreed on with TLS.
  http::Peer peer() const;

 private:
  struct State;
  explicit Stream(std::shared_ptr<State>);
  Awaitable<Result<std::size_t>> read_sealed(std::span<char>);
  std::shared_ptr<State> state_;
};

}  // namespace festina::net
