// The yardstick of the hit benchmark: what answering a request costs when nothing is decided, parsed or stored.
//
// One thread, one epoll instance; every "\r\n\r\n" that is read is a request and gets the same answer of 100 bytes.
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t kBodyBytes = 100;

// As many field lines as an edge sends with a hit.
std::string answer() {
  return "HTTP/1.1 200 OK\r\n"
         "Content-Type: text/css\r\n"
         "Cache-Control: public, max-age=86400\r\n"
         "ETag: \"5f3c1a2b\"\r\n"
         "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
         "Age: 10\r\n"
         "Server: bare_loop\r\n"
         "Content-Length: 100\r\n"
         "\r\n" +
         std::string(kBodyBytes, 'x');
}

int listening(std::uint16_t port) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by what is accepted
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* bound = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(handle, bound, sizeof address) != 0 || ::listen(handle, 1024) != 0) {
    std::perror("bare_loop");
    std::exit(1);
  }
  return handle;
}

void watch(int epoll, int handle) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = handle}};
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, handle, &event);
}

// False when the connection is over. Requests come whole: the load generator sends one and waits.
bool serve(int handle, std::string_view text) {
  std::array<char, 4096> bytes;
  const ssize_t count = ::recv(handle, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  const std::string_view request(bytes.data(), static_cast<std::size_t>(count));
  if (!request.ends_with("\r\n\r\n")) return true;
  return ::send(handle, text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

void handle_event(int epoll, int listener, int handle, std::string_view text) {
  if (handle == listener) {
    watch(epoll, ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK));
  } else if (!serve(handle, text)) {
    ::close(handle);
  }
}

[[noreturn]] void loop(int listener) {
  const std::string text = answer();
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      handle_event(epoll, listener, events[static_cast<std::size_t>(i)].data.fd, text);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench_bare_loop PORT\n", stderr);
    return 2;
  }
  loop(listening(static_cast<std::uint16_t>(std::atoi(argv[1]))));
}
