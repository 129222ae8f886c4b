// PROXY protocol, versions 1 and 2: how a proxy in front says whose connection it carries, in a header before all other
// bytes (haproxy.org, proxy-protocol.txt).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.h"

namespace festina::net {

inline constexpr std::size_t kMaxProxyLine = 107;  // of version 1, with its end
inline constexpr std::size_t kMaxProxyHeader =
    4'096;  // of version 2, with what it says beyond the addresses

struct ProxyHeader {
  enum class Kind : std::uint8_t {
    absent,      // other bytes begin here
    incomplete,  // what is there may be its beginning
    local,       // the proxy's own connection, or one whose addresses it does not tell
    proxied
  };
  Kind kind = Kind::absent;
  std::size_t size = 0;  // of the header, when it is whole
  // With Kind::proxied: the client, and the port it connected to.
  std::string address;
  std::uint16_t port = 0;
  std::uint16_t local_port = 0;
};

// What the bytes of a connection begin with. Of version 2, what follows the addresses (TLVs) is passed over.
// Errors: malformed, too_large (client) for what begins as a header and is none.
Result<ProxyHeader> proxy_header(std::string_view bytes);

}  // namespace festina::net
