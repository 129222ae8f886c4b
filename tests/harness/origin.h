// An origin under the test's control: what it answers, when, and what it was asked. Plain sockets, a thread per
// connection, no code shared with the server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/client.h"

namespace festina::harness {

struct Reaction {
  int status = 200;
  Fields fields;
  std::string body;
  enum class Fault { none, close_before_answer, cut_body, never_answer } fault = Fault::none;
  bool chunked = false;
  bool is_websocket = false;  // switches, then says every text again, until the client closes
};
Reaction ok(std::string body, std::string cache_control = {});
Reaction websocket_echo();
Reaction failing(Reaction::Fault fault);

class Origin {
 public:
  explicit Origin(std::uint16_t port = 0);  // 0: any
  // Over TLS, with this certificate.
  explicit Origin(const ServerSide&);
  ~Origin();

  std::string url() const;  // "http://127.0.0.1:40123", or https
  std::uint16_t port() const;

  // What the path (with query) answers from now on. Unknown paths give 404.
  void answers(const std::string& path, Reaction);
  // Requests for the path wait until releases().
  void holds(const std::string& path);
  void releases(const std::string& path);

  std::size_t requests(const std::string& path) const;
  std::size_t requests() const;
  // Returns when the path has been asked that often. Throws when patience ends.
  void await_requests(const std::string& path, std::size_t count) const;
  // A field of the last request for the path; empty when absent. ":method" gives its method.
  std::string asked(const std::string& path, std::string_view field) const;

 private:
  struct State;
  void listen(std::uint16_t port);
  std::shared_ptr<State> state_;
};

}  // namespace festina::harness
