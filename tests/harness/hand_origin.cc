#include "harness/hand_origin.h"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace festina::harness {
namespace {

constexpr int kPatienceMs = static_cast<int>(kPatience.count()) * 1000;

void await_readable(int socket, const char* what) {
  pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
  if (::poll(&watched, 1, kPatienceMs) <= 0) throw std::runtime_error(what);
}

}  // namespace

HandConnection::~HandConnection() { close(); }

std::string HandConnection::read_request() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    await_readable(socket_, "the edge asked for nothing");
    char bytes[16384];
    const ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
    if (n <= 0) return {};
    buffer_.append(bytes, static_cast<std::size_t>(n));
  }
  std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  return head;
}

std::string HandConnection::read_some(std::size_t most) {
  if (!buffer_.empty()) {
    std::string early = buffer_.substr(0, most);
    buffer_.erase(0, early.size());
    return early;
  }
  await_readable(socket_, "the edge sends no more");
  std::string bytes(std::min<std::size_t>(most, 65'536), '\0');
  const ssize_t n = ::recv(socket_, bytes.data(), bytes.size(), 0);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

bool HandConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void HandConnection::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void HandConnection::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void HandConnection::await_close() {
  char bytes[16384];
  do {
    await_readable(socket_, "the edge keeps the connection");
  } while (::recv(socket_, bytes, sizeof bytes, 0) > 0);
}

HandOrigin::HandOrigin() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool listening =
      ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::listen(listener_, 512) == 0 &&
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) throw std::runtime_error("the test origin cannot listen");
  port_ = ntohs(address.sin_port);
}

HandOrigin::~HandOrigin() { ::close(listener_); }

std::string HandOrigin::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::unique_ptr<HandConnection> HandOrigin::accept() const {
  await_readable(listener_, "nobody connects to the origin");
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) throw std::runtime_error("the test origin cannot accept");
  return std::make_unique<HandConnection>(socket);
}

bool HandOrigin::is_awaited() const {
  pollfd watched{.fd = listener_, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, 0) > 0;
}

}  // namespace festina::harness
