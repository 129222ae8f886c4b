// Stream: one byte stream over a TCP or Unix socket, with one moving deadline; ReadBuffer: what was read and not yet used.
//
// expect_within() moves the deadline; when it passes, the operation under way fails with timed_out. Moving it costs no
// system call: the timer that watches it looks again when it fires. One read and one write may be under way at once.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/errors.h"
#include "http/handler.h"

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

  void expect_within(std::chrono::milliseconds);

  // At least one byte; zero means the peer closed in good order. Errors: disconnected, timed_out (side).
  [[nodiscard]] Awaitable<Result<std::size_t>> read_some(std::span<char>);
  // Writes what the socket takes at once, in one system call, and says how many bytes that were.
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
  // Ends the sending direction only; the peer reads to its end.
  void end_sending();
  // Ends the sending direction, then the connection.
  void close();
  // Ends the connection so that the peer can not take it for an orderly end.
  void reset();
  bool is_open() const;
  Executor executor();
  // Address and port of the peer; empty for a Unix socket.
  http::Peer peer() const;

 private:
  struct State;
  explicit Stream(std::shared_ptr<State>);
  std::shared_ptr<State> state_;
};

inline constexpr std::size_t kSmallBuffer = 4'096;  // more than the head of nearly every message
inline constexpr std::size_t kLargeBuffer =
    65'536;  // for bodies: a read that fills it makes it grow

// Bytes of a connection that were received and not yet used. Memory is kept from message to message.
class ReadBuffer {
 public:
  std::string_view view() const { return {memory_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  // Requires: count <= view().size().
  void consume(std::size_t count);
  // Where the next bytes go, never empty; views from before are void. Calls: room, received.
  std::span<char> room();
  // So many bytes were written to the front of the room.
  void received(std::size_t count);

 private:
  std::string memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool was_filled_ = false;  // the last read took all the room there was
};

}  // namespace festina::net
