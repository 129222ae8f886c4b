#include "harness/channel.h"

#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace festina::harness {

Channel::Channel(int socket, const ClientSide& side)
    : socket_(-1), sealed_(net::Sealed::connect(socket, {.server_name = side.server_name})) {}

Channel::Channel(int socket, const ServerSide& side)
    : socket_(-1), sealed_(net::Sealed::accept(socket, side)) {}

Channel::~Channel() { close(); }

void Channel::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  if (sealed_ && sealed_->is_up()) sealed_->end_sending();
  sealed_.reset();
}

void Channel::end_sending() {
  if (sealed_) {
    sealed_->end_sending();
  } else {
    ::shutdown(socket_, SHUT_WR);
  }
}

bool Channel::send(std::string_view bytes) {
  if (sealed_) return sealed_->is_up() && sealed_->send(bytes);
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Channel::receive(std::string& buffer) {
  if (sealed_) {
    const std::string part = sealed_->is_up() ? sealed_->receive_some() : "";
    buffer += part;
    return !part.empty();
  }
  char bytes[65536];
  const ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
  if (n > 0) buffer.append(bytes, static_cast<std::size_t>(n));
  return n > 0;
}

std::optional<std::size_t> Channel::receive_into(std::span<char> room) const {
  const ssize_t n = ::recv(socket_, room.data(), room.size(), 0);
  if (n < 0) return std::nullopt;
  return static_cast<std::size_t>(n);
}

}  // namespace festina::harness
