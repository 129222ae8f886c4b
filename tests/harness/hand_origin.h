// An origin played by hand: the test takes each connection, reads what was asked and writes the answer byte by byte.
// Plain sockets, no code shared with the server.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "harness/client.h"

namespace festina::harness {

// One connection of the edge.
class HandConnection {
 public:
  explicit HandConnection(int socket) : socket_(socket) {}
  ~HandConnection();
  HandConnection(const HandConnection&) = delete;
  HandConnection& operator=(const HandConnection&) = delete;

  // The head of the next request; empty when the edge closed. Throws when patience ends.
  std::string read_request();
  // What comes behind the head, `most` bytes of it or fewer; none when the edge closed. Throws when patience ends.
  std::string read_some(std::size_t most);
  // False when the edge has closed the connection.
  bool send(std::string_view bytes);
  // So that the edge can not take it for an orderly end.
  void reset();
  void close();
  // Returns when the edge has closed the connection. Throws when patience ends.
  void await_close();

 private:
  int socket_;
  std::string buffer_;
};

class HandOrigin {
 public:
  HandOrigin();
  ~HandOrigin();
  HandOrigin(const HandOrigin&) = delete;
  HandOrigin& operator=(const HandOrigin&) = delete;

  std::string url() const;  // "http://127.0.0.1:40123"
  // The next connection. Throws when patience ends.
  std::unique_ptr<HandConnection> accept() const;
  // Is there a connection that was not taken yet?
  bool is_awaited() const;

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace festina::harness
