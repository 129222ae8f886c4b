// Connector: a new connection to a next hop: its name, TCP or a Unix socket, TLS.
#pragma once

#include <chrono>
#include <string>

#include "net/resolver.h"
#include "net/stream.h"
#include "net/tls.h"
#include "net/upstream.h"

namespace festina::net {

// A connection to a Unix socket. Errors (side): refused, connect_timed_out.
[[nodiscard]] Awaitable<Result<Stream>> connect_to_path(
    std::string path, std::chrono::milliseconds limit, Side
);

// Threads: any.
class Connector {
 public:
  explicit Connector(Resolver& resolver) : resolver_(resolver) {}

  // Tries the addresses of the name in turn; the connect timeout is for everything together.
  // Errors (of upstream.side): unresolved, refused, connect_timed_out, tls_failed, untrusted. Of self: those of a file
  // of authorities that can not be used.
  [[nodiscard]] Awaitable<Result<Stream>> connect(const Upstream& upstream);

 private:
  Awaitable<Result<Stream>> connect_in_clear(const Upstream& upstream);

  Resolver& resolver_;
  TlsClients tls_;
};

}  // namespace festina::net
