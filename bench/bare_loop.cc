// The yardstick of the benchmarks: what answering a request costs when nothing is decided, parsed or stored. Also the
// origin of those that must not wait for one.
//
// One thread, one epoll instance; every "\r\n\r\n" that is read is a request and gets the same answer, head and body in
// one writev, the rest of it when the socket takes more.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unordered_map>

namespace {

struct Answer {
  std::string head;
  std::string body;
  std::size_t size() const { return head.size() + body.size(); }
};

// As many field lines as an edge sends with a hit.
Answer answer_of(std::size_t body_bytes) {
  return {
      .head =
          "HTTP/1.1 200 OK\r\n"
          "Content-Type: text/css\r\n"
          "Cache-Control: public, max-age=86400\r\n"
          "ETag: \"5f3c1a2b\"\r\n"
          "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
          "Server: bare_loop\r\n"
          "Content-Length: " +
          std::to_string(body_bytes) + "\r\n\r\n",
      .body = std::string(body_bytes, 'x')
  };
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

class Loop {
 public:
  Loop(int listener, Answer answer)
      : listener_(listener), answer_(std::move(answer)), epoll_(::epoll_create1(0)) {
    control(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 64> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        handle(event.data.fd, (event.events & EPOLLOUT) != 0);
      }
    }
  }

 private:
  void control(int operation, int socket, std::uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = socket}};
    ::epoll_ctl(epoll_, operation, socket, &event);
  }

  void handle(int socket, bool takes_more) {
    if (socket == listener_) {
      return control(EPOLL_CTL_ADD, ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK), EPOLLIN);
    }
    if (takes_more ? write(socket, unwritten_[socket]) : read(socket)) return;
    unwritten_.erase(socket);
    ::close(socket);
  }

  // False when the connection is over. Requests come whole: the load generator sends one and waits.
  bool read(int socket) {
    std::array<char, 4096> bytes;
    const ssize_t count = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    const std::string_view request(bytes.data(), static_cast<std::size_t>(count));
    return !request.ends_with("\r\n\r\n") || write(socket, answer_.size());
  }

  // Writes the last `left` bytes of the answer as far as the socket takes them.
  bool write(int socket, std::size_t left) {
    const std::size_t from = answer_.size() - left;
    const std::size_t of_head = std::min(from, answer_.head.size());
    const std::size_t of_body = from - of_head;
    const std::array<iovec, 2> pieces{{
        {answer_.head.data() + of_head, answer_.head.size() - of_head},
        {answer_.body.data() + of_body, answer_.body.size() - of_body},
    }};
    const ssize_t count = ::writev(socket, pieces.data(), pieces.size());
    if (count < 0 && errno != EAGAIN) return false;
    left -= count < 0 ? 0 : static_cast<std::size_t>(count);
    const bool waited = unwritten_.erase(socket) > 0;
    if (left > 0) unwritten_[socket] = left;
    if (waited != (left > 0)) control(EPOLL_CTL_MOD, socket, left > 0 ? EPOLLOUT : EPOLLIN);
    return true;
  }

  int listener_;
  Answer answer_;
  int epoll_;
  std::unordered_map<int, std::size_t> unwritten_;  // bytes of the answer, by socket
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_bare_loop PORT BODY-BYTES\n", stderr);
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  const std::size_t body_bytes = static_cast<std::size_t>(std::atoll(argv[2]));
  Loop(listening(static_cast<std::uint16_t>(std::atoi(argv[1]))), answer_of(body_bytes)).run();
}
