// An origin that takes anything for a request, and keeps every byte it was sent. Plain sockets, a thread per connection, no
// code shared with the server.
//
// It reads as careless servers do: a bare LF ends a line, white space before a colon and "_" in a name do not matter, any
// digits are a length. Where both framings are stated, one kind believes the length, the other the coding: what reaches
// them must mean the same to both.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace festina::harness {

class CarelessOrigin {
 public:
  enum class Believes { the_length, the_coding };

  explicit CarelessOrigin(Believes);
  ~CarelessOrigin();

  std::string url() const;  // "http://127.0.0.1:40123"

  enum class Afterwards { goes_on, closes };
  // The bytes it answers every request with from now on.
  void answers(std::string bytes, Afterwards = Afterwards::goes_on);

  // What arrived on each connection since the last call, in the order they were opened; silent ones left out.
  std::vector<std::string> take_received();
  // Returns when `text` has arrived on a connection. Throws when patience ends.
  void await_received(std::string_view text) const;
  // Returns when every connection has ended. Throws when patience ends.
  void await_closed() const;
  // How many connections were opened so far.
  std::size_t connections() const;
  // How many requests it believes to have read.
  std::size_t requests() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace festina::harness
