#include "net/raw_socket.h"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>

namespace festina::net {
namespace {

constexpr std::size_t kPiecesPerCall = 64;

}  // namespace

Result<IoStep> send_at_once(int socket, const Pieces& pieces, Side side) {
  std::array<iovec, kPiecesPerCall> vectors;
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = pieces.vectors(vectors);
  for (;;) {
    const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) return IoStep{.bytes = static_cast<std::size_t>(count), .wait = Wait::none};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return IoStep{.bytes = 0, .wait = Wait::writable};
    if (errno != EINTR)
      return Error{ErrorCode::disconnected, side, std::generic_category().message(errno)};
  }
}

bool is_readable_or_closed(int socket) {
  char byte;
  const ssize_t count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool has_peer_left(int socket) {
  pollfd watched{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return ::poll(&watched, 1, 0) != 0;
}

std::optional<std::chrono::microseconds> round_trip(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  const bool is_tcp = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  if (!is_tcp || info.tcpi_rtt == 0) return std::nullopt;
  return std::chrono::microseconds(info.tcpi_rtt);
}

void send_without_delay(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void end_abruptly_at_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace festina::net
