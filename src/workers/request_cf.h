// request.cf: what a Worker is told of who asks (reference §13.1).
//
// A member stands there only when its value is known. Where the client is comes from the MMDB file; what is said of a
// connection is of the client's own, never of that of a proxy in front of us or of a Worker that asks. Small on purpose:
// it travels on with every fetch(request) (workerd.md §8).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policy/visit.h"

namespace festina::workers {

// A longer Accept-Encoding is not shown.
inline constexpr std::size_t kMaxShownAcceptEncoding = 256;

// The connection on which the client itself asks.
struct ClientConnection {
  std::string_view protocol;     // "HTTP/1.1"
  std::string_view tls_version;  // as http::Peer has them
  std::string_view tls_cipher;
  std::optional<std::chrono::microseconds> round_trip;
};

struct Visitor {
  std::optional<ClientConnection> connection;  // nothing: the client is not at its other end
  std::string accept_encoding;                 // as it sent it
};

// What the runtime module is told beside it, and the script does not see (worker-wire.md §2).
struct ServingTag {
  std::optional<std::chrono::milliseconds>
      clock;             // how far Date runs ahead; nothing: there is no test clock
  bool console = false;  // somebody listens to what is printed
};

// The JSON object, as CF-Blob carries it.
std::string request_cf(const policy::Visit&, const Visitor&, const ServingTag&);

}  // namespace festina::workers
