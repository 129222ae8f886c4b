// A connected socket of a test, in the clear or through TLS.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/sealed.h"

namespace festina::harness {

// As a client with a server name, or as a server with a certificate. Neither verifies the other.
struct ClientSide {
  std::string server_name;
};
using ServerSide = net::certificates::Pem;

class Channel {
 public:
  // Takes over the socket.
  explicit Channel(int socket) : socket_(socket) {}
  Channel(int socket, const ClientSide&);
  Channel(int socket, const ServerSide&);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // False when the peer is gone.
  bool send(std::string_view bytes);
  // In good order.
  void close();
  // Nothing more is sent; the peer reads to its end.
  void end_sending();
  // Appends what comes next; false when nothing does.
  bool receive(std::string& buffer);
  // What comes next, as far as there is room: how many bytes, none at the end; nothing when the connection broke.
  // Requires: in the clear.
  std::optional<std::size_t> receive_into(std::span<char> room) const;

 private:
  int socket_;  // -1 when it is sealed
  std::optional<net::Sealed> sealed_;
};

}  // namespace festina::harness
