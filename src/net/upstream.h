// Upstream: a next hop: where it listens, how one speaks to it, how long one waits and how many connections it gets.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/errors.h"
#include "net/tunnel.h"

namespace festina::net {

// Where a next hop listens: a TCP host and port, or the path of a Unix socket.
struct UpstreamAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string unix_path;  // when not empty, host and port are not used

  std::string text() const;
  bool operator==(const UpstreamAddress&) const = default;
};

// Whom the certificate of a next hop must name, and who must have signed it.
struct UpstreamTls {
  std::string server_name;  // a DNS name, also sent as SNI, or an address
  std::string ca_file;      // PEM; empty: the system's authorities

  bool operator==(const UpstreamTls&) const = default;
};

struct UpstreamTimeouts {
  std::chrono::milliseconds connect{10'000
  };  // name, TCP and TLS together; and waiting for a connection to be free
  std::chrono::milliseconds read{100'000};  // without a byte, either way
  std::chrono::milliseconds tunnel = kTunnelIdle;
};

// Of all threads together, those that idle too; beyond it requests wait for each other.
inline constexpr std::size_t kMaxConnectionsPerUpstream = 1'024;

enum class TargetForm : std::uint8_t { origin, absolute };  // RFC 9112 §3.2

// May a request be sent once more when the reused connection it went out on died unanswered? Not to one whose death may
// be the request's own doing.
enum class Repeats : std::uint8_t { once, never };

struct Upstream {
  UpstreamAddress address;
  std::optional<UpstreamTls> tls = {};  // unset: in the clear
  UpstreamTimeouts timeouts = {};
  std::size_t max_connections = kMaxConnectionsPerUpstream;
  TargetForm target_form = TargetForm::origin;
  Repeats repeats = Repeats::once;
  Side side = Side::origin;
};

// Connections with the same key are as good as each other.
std::string connection_key(const UpstreamAddress&, const std::optional<UpstreamTls>&);

}  // namespace festina::net
