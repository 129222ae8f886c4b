#include "net/listener.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "base/guarded.h"
#include "base/log.h"

namespace festina::net {

namespace {

using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

// Out of descriptors or memory: how long until the next attempt.
constexpr std::chrono::milliseconds kAcceptPause{100};

Error bind_error(const error_code& ec, const std::string& where) {
  const auto code = [&] {
    if (ec == asio::error::address_in_use) return ErrorCode::conflict;
    if (ec == asio::error::access_denied || ec == boost::system::errc::operation_not_permitted) {
      return ErrorCode::permission_denied;
    }
    return ErrorCode::io;
  };
  return {code(), Side::self, where + ": " + ec.message()};
}

Result<asio::ip::tcp::endpoint> tcp_endpoint(const TcpAddress& address) {
  std::string text = address.host == "localhost" ? "127.0.0.1" : address.host;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  error_code ec;
  const auto ip = asio::ip::make_address(text, ec);
  if (ec) return Error{ErrorCode::unresolved, Side::self, address.host + " is no address"};
  return asio::ip::tcp::endpoint(ip, address.port);
}

// Shared with what drain() posts to the acceptor's thread.
using SharedAcceptor = std::shared_ptr<Acceptor>;

enum class Port : std::uint8_t { own, shared };  // with other sockets of this process

Result<SharedAcceptor> bound(
    asio::io_context& thread, const Endpoint& endpoint, Port port, const std::string& where
) {
  auto acceptor = std::make_shared<Acceptor>(thread.get_executor());
  error_code ec;
  const int family = endpoint.protocol().family();
  acceptor->open(Protocol(family, 0), ec);
  if (ec) return bind_error(ec, where);
  if (family != AF_UNIX) acceptor->set_option(asio::socket_base::reuse_address(true), ec);
  if (family == AF_INET6) acceptor->set_option(asio::ip::v6_only(false), ec);
  if (port == Port::shared) acceptor->set_option(ReusePort(true), ec);
  acceptor->bind(endpoint, ec);
  if (ec) return bind_error(ec, where);
  return acceptor;
}

Result<SharedAcceptor> listening(Result<SharedAcceptor> acceptor, const std::string& where) {
  if (!acceptor) return acceptor;
  error_code ec;
  (*acceptor)->listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return bind_error(ec, where);
  return acceptor;
}

std::uint16_t port_of(const Acceptor& acceptor) {
  asio::ip::tcp::endpoint endpoint;
  const Endpoint local = acceptor.local_endpoint();
  std::memcpy(endpoint.data(), local.data(), local.size());
  return endpoint.port();
}

using Acceptors = std::vector<SharedAcceptor>;

Result<Acceptors> listen_tcp(
    const TcpAddress& address, std::span<asio::io_context* const> threads
) {
  auto endpoint = tcp_endpoint(address);
  if (!endpoint) return endpoint.error();
  const std::string where = address.host + ":" + std::to_string(address.port);
  // A port that is shared among our sockets could be shared with another process too: first see that it is free.
  const auto probe = bound(*threads.front(), *endpoint, Port::own, where);
  if (!probe) return probe.error();
  endpoint->port(port_of(**probe));
  (*probe)->close();

  Acceptors acceptors;
  const Port port = threads.size() > 1 ? Port::shared : Port::own;
  for (asio::io_context* thread : threads) {
    auto acceptor = listening(bound(*thread, *endpoint, port, where), where);
    if (!acceptor) return acceptor.error();
    acceptors.push_back(std::move(*acceptor));
  }
  return acceptors;
}

// Does the path hold a socket that nobody listens on?
bool is_left_over(const std::string& path, asio::io_context& thread) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  asio::local::stream_protocol::socket probe(thread);
  error_code ec;
  probe.connect(path, ec);
  return ec == asio::error::connection_refused;
}

Result<Acceptors> listen_unix(const std::string& path, asio::io_context& thread) {
  if (path.size() > kMaxUnixPath)
    return Error{ErrorCode::too_large, Side::self, path + ": too long for a socket"};
  if (is_left_over(path, thread)) ::unlink(path.c_str());
  const asio::local::stream_protocol::endpoint endpoint(path);
  auto acceptor = listening(bound(thread, endpoint, Port::own, path), path);
  if (!acceptor) return acceptor.error();
  return Acceptors{std::move(*acceptor)};
}

// What an accept loop holds. It may outlive its Listener by a turn.
using SharedGreeting = Guarded<std::shared_ptr<const Greeting>>;
struct Service {
  http::Handler& handler;
  http::Scheme scheme;
  std::shared_ptr<ServerState> state;
  std::shared_ptr<const SharedGreeting> greeting;
  TaskGroup& group;

  H1Service of_next_connection() const {
    auto current = greeting->with([](const auto& shared) { return shared; });
    return {handler, scheme, state, std::move(current), group};
  }
};

Awaitable<> accept_connections(SharedAcceptor acceptor, Service service) {
  const Executor executor = acceptor->get_executor();
  Timer pause(executor);
  while (acceptor->is_open()) {
    if (service.state->is_full()) {
      // Nobody has to go before somebody comes.
      co_await acceptor->async_wait(Acceptor::wait_read, no_throw);
      co_await service.state->room();
      if (!acceptor->is_open()) break;
    }
    auto [ec, socket] = co_await acceptor->async_accept(no_throw);
    if (!ec) {
      Stream stream(std::move(socket), Side::client);
      auto connection = serve_h1(std::move(stream), service.of_next_connection());
      service.group.spawn(executor, std::move(connection));
    } else if (ec != asio::error::operation_aborted && ec != asio::error::connection_aborted) {
      log::warn("listener.accept_failed", {{"reason", ec.message()}});
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(no_throw);
    }
  }
}

}  // namespace

struct Listener::State {
  State(Acceptors open, ListenOptions options)
      : acceptors(std::move(open)),
        server(std::make_shared<ServerState>(options.limits, std::move(options.heads))),
        greeting(std::make_shared<SharedGreeting>(std::make_shared<const Greeting>(
            Greeting{std::move(options.tls), std::move(options.trusted_proxies)}
        ))) {}

  // Replaces the greeting by a copy that `change` has changed.
  template <class Change>
  void change_greeting(Change change) {
    greeting->with([&](auto& shared) {
      auto changed = std::make_shared<Greeting>(*shared);
      change(*changed);
      shared = std::move(changed);
    });
  }

  Acceptors acceptors;
  std::shared_ptr<ServerState> server;
  std::shared_ptr<SharedGreeting> greeting;
  std::uint16_t port = 0;
  std::string unix_path;
};

Result<std::unique_ptr<Listener>> Listener::open(
    const ListenAddress& address, std::span<asio::io_context* const> threads, ListenOptions options
) {
  const auto* tcp = std::get_if<TcpAddress>(&address);
  const auto* local = std::get_if<UnixAddress>(&address);
  auto acceptors = tcp ? listen_tcp(*tcp, threads) : listen_unix(local->path, *threads.front());
  if (!acceptors) return acceptors.error();
  auto state = std::make_unique<State>(std::move(*acceptors), std::move(options));
  if (tcp) state->port = port_of(*state->acceptors.front());
  if (local) state->unix_path = local->path;
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}

Listener::~Listener() {
  if (!state_->unix_path.empty()) ::unlink(state_->unix_path.c_str());
}

std::uint16_t Listener::port() const { return state_->port; }

void Listener::start(http::Handler& handler, http::Scheme scheme, TaskGroup& group) {
  const Service service{handler, scheme, state_->server, state_->greeting, group};
  for (const SharedAcceptor& acceptor : state_->acceptors) {
    group.spawn(acceptor->get_executor(), accept_connections(acceptor, service));
  }
}

void Listener::use(std::shared_ptr<const TlsServer> tls) {
  state_->change_greeting([&](Greeting& greeting) {
    check(greeting.tls && tls, "a listener speaks TLS from its beginning or never");
    greeting.tls = std::move(tls);
  });
}

void Listener::trust(std::vector<Cidr> proxies) {
  state_->change_greeting([&](Greeting& greeting) { greeting.trusted_proxies = std::move(proxies); }
  );
}

void Listener::drain() {
  for (const SharedAcceptor& acceptor : state_->acceptors) {
    asio::post(acceptor->get_executor(), [acceptor] {
      error_code ignored;
      acceptor->close(ignored);
    });
  }
  state_->server->drain();
}

std::size_t Listener::connections() const { return state_->server->connections(); }

}  // namespace festina::net
