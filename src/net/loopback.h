// Loopback: the other end of a connection, for tests: plain blocking sockets, a server on a thread of its own, and a
// runner for coroutines. Whatever waits here gives up after kPatience, so that a broken test fails and does not hang.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/async.h"
#include "net/listener.h"

namespace festina::net::loopback {

inline constexpr std::chrono::seconds kPatience{10};

// A connected blocking socket.
class Plain {
 public:
  explicit Plain(int handle) : handle_(handle) {
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    ::setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(handle_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  Plain(Plain&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Plain& operator=(Plain&&) = delete;
  ~Plain() { close(); }

  static Plain to_port(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connected(AF_INET, reinterpret_cast<const sockaddr&>(address), sizeof address);
  }
  static Plain to_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return connected(AF_UNIX, reinterpret_cast<const sockaddr&>(address), sizeof address);
  }

  bool is_connected() const { return handle_ >= 0; }
  // False when the peer is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Exactly so many bytes; fewer when the connection ends before.
  std::string receive(std::size_t count) {
    return receive_by([count](const std::string& text) { return count - text.size(); });
  }
  // Up to and with the first occurrence of `end`.
  std::string receive_until(std::string_view end) {
    return receive_by([end](const std::string& text) { return text.ends_with(end) ? 0 : 1; });
  }
  // Until the peer closes. "(reset)" or "(silence)" stands behind the bytes when that is how it ended.
  std::string receive_all() {
    std::string text = receive_by([](const std::string&) { return 65'536; });
    if (last_error_ == ECONNRESET) text += "(reset)";
    if (last_error_ == EAGAIN) text += "(silence)";
    return text;
  }
  // Is something there to be read? Never waits.
  bool has_bytes() const {
    char byte;
    return ::recv(handle_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  }
  void end_sending() { ::shutdown(handle_, SHUT_WR); }
  void close() {
    if (handle_ >= 0) ::close(std::exchange(handle_, -1));
  }
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(handle_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  int release() { return std::exchange(handle_, -1); }

 private:
  static Plain connected(int family, const sockaddr& address, socklen_t size) {
    Plain socket(::socket(family, SOCK_STREAM, 0));
    if (::connect(socket.handle_, &address, size) != 0) socket.close();
    return socket;
  }

  // `wanted` says how many bytes at most shall come behind the text that is there; zero ends it.
  template <class Wanted>
  std::string receive_by(Wanted wanted) {
    std::string text;
    std::string part;
    last_error_ = 0;
    for (;;) {
      part.resize(static_cast<std::size_t>(wanted(text)));
      if (part.empty()) return text;
      const ssize_t got = ::recv(handle_, part.data(), part.size(), 0);
      if (got < 0) last_error_ = errno;
      if (got <= 0) return text;
      text.append(part, 0, static_cast<std::size_t>(got));
    }
  }

  int handle_;
  int last_error_ = 0;
};

// A port that plain sockets connect to.
class PlainListener {
 public:
  explicit PlainListener(int backlog = 64) : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* bound = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(handle_, bound, sizeof address) != 0 || ::listen(handle_, backlog) != 0) close();
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    ::setsockopt(handle_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  PlainListener(const PlainListener&) = delete;
  PlainListener& operator=(const PlainListener&) = delete;
  ~PlainListener() { close(); }

  std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(handle_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  Plain accept() { return Plain(::accept(handle_, nullptr, nullptr)); }
  // Hands over the next connection, if one comes soon.
  template <class Function>
  void accept_if_any(Function use) {
    pollfd ready{.fd = handle_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 100) > 0) use(accept());
  }
  void close() {
    if (handle_ >= 0) ::close(std::exchange(handle_, -1));
  }

 private:
  int handle_;
};

struct Handles {
  int near;
  int far;
};
inline Handles connected_handles(PlainListener& listener, int family) {
  int both[2] = {-1, -1};
  if (family == AF_UNIX && ::socketpair(AF_UNIX, SOCK_STREAM, 0, both) == 0) {
    return {both[0], both[1]};
  }
  Plain far = Plain::to_port(listener.port());
  return {listener.accept().release(), far.release()};
}

// A Stream and its other end.
struct Pair {
  explicit Pair(asio::io_context& io, int family = AF_INET)
      : handles(connected_handles(listener, family)),
        far(handles.far),
        near(Socket(io, Socket::protocol_type(family, 0), handles.near), Side::client) {}

  PlainListener listener;
  Handles handles;
  Plain far;
  Stream near;
};

// A body that comes in these parts. An error among them is its end.
class Parts final : public ByteSource {
 public:
  explicit Parts(std::vector<Result<std::string>> parts) : parts_(std::move(parts)) {}
  Awaitable<Result<Bytes>> read() override {
    if (next_ == parts_.size()) co_return Bytes();
    const auto& part = parts_[next_++];
    if (!part) co_return part.error();
    co_return Bytes::copy_of(*part);
  }

 private:
  std::vector<Result<std::string>> parts_;
  std::size_t next_ = 0;
};
inline Body streamed(
    std::vector<Result<std::string>> parts, std::optional<std::uint64_t> announced = {}
) {
  return Body::streamed(std::make_unique<Parts>(std::move(parts)), announced);
}

// A body whose parts are all at hand from the beginning.
class PartsAtHand final : public ByteSource {
 public:
  explicit PartsAtHand(std::vector<std::string> parts) : parts_(std::move(parts)) {}
  Awaitable<Result<Bytes>> read() override {
    Bytes part;
    take_at_hand({&part, 1});
    co_return part;
  }
  std::size_t take_at_hand(std::span<Bytes> out) override {
    const std::size_t count = std::min(out.size(), parts_.size() - next_);
    for (Bytes& part : out.first(count)) part = Bytes::copy_of(parts_[next_++]);
    return count;
  }

 private:
  std::vector<std::string> parts_;
  std::size_t next_ = 0;
};

// More than sockets hold, when it is tens of megabytes.
inline std::string large_text(std::size_t size) {
  std::string text;
  text.resize(size, 'x');
  return text;
}

// An error as "code side".
inline std::string text_of(const Error& error) {
  return std::string(name(error.code)) + " " + std::string(name(error.side));
}

// A port where nobody listens.
inline std::uint16_t unused_port() { return PlainListener().port(); }

template <class T>
Awaitable<> keep_result(Awaitable<T> work, std::optional<T>& result) {
  result.emplace(co_await std::move(work));
}

// Runs the io_context until the coroutine has ended, and gives its result.
template <class T>
T run(asio::io_context& io, Awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr thrown;
  bool ended = false;
  asio::co_spawn(io, keep_result(std::move(work), result), [&](std::exception_ptr exception) {
    thrown = std::move(exception);
    ended = true;
  });
  io.restart();
  while (!ended && io.run_one_for(kPatience) > 0) {
  }
  if (thrown) std::rethrow_exception(thrown);
  if (!result) throw std::runtime_error("the coroutine did not end in time");
  return std::move(*result);
}
inline Awaitable<bool> as_value(Awaitable<> work) {
  co_await std::move(work);
  co_return true;
}
inline void run(asio::io_context& io, Awaitable<> work) { run(io, as_value(std::move(work))); }

// A service made of one function.
class Answers final : public http::Handler {
 public:
  explicit Answers(std::function<http::Reply(http::Incoming&)> answer)
      : answer_(std::move(answer)) {}
  Awaitable<http::Reply> handle(http::Incoming incoming) override { co_return answer_(incoming); }

 private:
  std::function<http::Reply(http::Incoming&)> answer_;
};

// A listener that serves on a thread of its own until it is destroyed.
class Server {
 public:
  explicit Server(
      http::Handler& handler, ListenOptions options = {},
      const ListenAddress& address = TcpAddress{"127.0.0.1", 0}
  ) {
    asio::io_context* const threads[] = {&io_};
    const http::Scheme scheme = options.tls ? http::Scheme::https : http::Scheme::http;
    auto opened = Listener::open(address, threads, std::move(options));
    listener_ = std::move(*opened);
    listener_->start(handler, scheme, group_);
    thread_ = std::thread([this] { io_.run(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // NOLINTNEXTLINE(bugprone-exception-escape): a test without memory may end here
  ~Server() {
    group_.stop();
    asio::co_spawn(io_, group_.join(), [this](const std::exception_ptr&) { io_.stop(); });
    thread_.join();
  }

  Listener& listener() { return *listener_; }
  std::uint16_t port() const { return listener_->port(); }
  asio::io_context& io() { return io_; }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<Executor> work_{io_.get_executor()};
  TaskGroup group_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
};

}  // namespace festina::net::loopback
