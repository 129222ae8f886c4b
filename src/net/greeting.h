// Greeting: what comes before HTTP on a connection that was accepted: a trusted proxy's PROXY header, then TLS.
#pragma once

#include <memory>
#include <vector>

#include "base/cidr.h"
#include "http/handler.h"
#include "net/read_buffer.h"
#include "net/stream.h"
#include "net/tls.h"

namespace festina::net {

struct Greeting {
  std::shared_ptr<const TlsServer> tls;  // null: in the clear
  std::vector<Cidr> trusted_proxies;     // whose PROXY headers are read; they may also send none
};

// Takes both off the stream, within its deadline, and says who is at the other end. What came behind them is left in the
// buffer, or sealed. A PROXY header of somebody else is not read: HTTP or TLS will refuse it.
// Errors: malformed, too_large (client) for a PROXY header; tls_failed, timed_out, disconnected (client).
[[nodiscard]] Awaitable<Result<http::Peer>> greet(
    Stream& stream, ReadBuffer& buffer, const Greeting& greeting
);

}  // namespace festina::net
