// Listener: an accept loop per thread, connection limits, draining.
//
// Every thread has a TCP socket of its own on the same port (SO_REUSEPORT), so a connection stays on the thread that
// accepted it. A Unix socket has one accept loop, on the first thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/async.h"
#include "base/cidr.h"
#include "base/errors.h"
#include "net/h1_server.h"
#include "net/tls.h"

namespace festina::net {

struct TcpAddress {
  std::string host;  // a textual address, IPv6 with or without brackets, or "localhost"
  std::uint16_t port = 0;
};
struct UnixAddress {
  std::string path;
};
using ListenAddress = std::variant<TcpAddress, UnixAddress>;

struct ListenOptions {
  ServerLimits limits = {};
  std::shared_ptr<const TlsServer> tls = nullptr;  // null: in the clear
  std::vector<Cidr> trusted_proxies = {};          // whose PROXY headers are believed
  // Shared with the other listeners of the node.
  std::shared_ptr<HeadMemory> heads = std::make_shared<HeadMemory>();
};

class Listener {
 public:
  // Binds and listens; a left-over Unix socket file is replaced.
  // Errors: conflict (self) when the address is taken, permission_denied (self), unresolved (self), too_large (self) for
  // a path no socket can have, io (self).
  static Result<std::unique_ptr<Listener>> open(
      const ListenAddress&, std::span<asio::io_context* const> threads, ListenOptions = {}
  );
  // Requires: drained, or its group is stopped: accept loops and connections do not need it to come to their end.
  ~Listener();

  // The bound port; what was asked for, or the system's choice for port 0. Zero for a Unix socket.
  std::uint16_t port() const;
  // Accepts until the group is stopped. `handler` outlives the group.
  void start(http::Handler& handler, http::Scheme, TaskGroup&);
  // What connections accepted from now on are greeted with; open ones go on as they are. Threads: any.
  // Requires: opened with TLS.
  void use(std::shared_ptr<const TlsServer>);
  void trust(std::vector<Cidr> proxies);
  // No new connections; open ones close after the answer under way, idle ones at once. Threads: any.
  void drain();
  std::size_t connections() const;

 private:
  struct State;
  explicit Listener(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace festina::net
