// Resolver: names → addresses, remembered for a while. One per thread set; answers are shared between threads.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/errors.h"

namespace festina::net {

// The system's resolver tells no TTL, so every answer is kept this long.
inline constexpr std::chrono::seconds kResolvedFor{30};
// Workers may ask for any name; beyond this many the oldest answer is forgotten.
inline constexpr std::size_t kMaxResolvedNames = 4'096;

// May anybody on the Internet have this address? Not loopback, private, link-local, shared, multicast, documentation or
// unspecified ones (RFC 6890); an IPv6 address that carries an IPv4 one is judged by that.
bool is_public(const asio::ip::address&);

class Resolver {
 public:
  Resolver();
  ~Resolver();
  // The addresses of a host, in the order to try them, at least one. A textual address (IPv6 with or without brackets)
  // gives itself; "localhost" and "*.localhost" are loopback, "*.invalid" has no address (RFC 6761 §6.3, §6.4).
  // Errors: unresolved (origin).
  [[nodiscard]] Awaitable<Result<std::vector<asio::ip::address>>> resolve(std::string host);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::net
