// Bodies of any size: what an origin sends and a client compares byte by byte, without either keeping it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/client.h"
#include "harness/hand_origin.h"

namespace festina::harness {

inline constexpr std::uint64_t kMiB = 1'048'576;

// The bytes of every large body from this offset on, `most` or fewer of them, never none.
std::string_view pattern(std::uint64_t offset, std::uint64_t most);

// Sends so many bytes of the body, from this offset on. False when the edge has closed the connection.
bool send_pattern(HandConnection&, std::uint64_t offset, std::uint64_t count);

// Reads so many bytes of a request's body. False when they are others, or the edge has closed the connection.
bool receives_pattern(HandConnection&, std::uint64_t offset, std::uint64_t count);

// A client that reads a body as far as it is told to. It asks by HTTP/1.0, so that a body of unknown length ends with
// the connection: in good order, or by a reset.
class Download {
 public:
  // Reads the head of the answer.
  Download(const std::string& base_url, const std::string& path);

  const std::string& head() const { return head_; }
  // False when the body ended or broke off before.
  bool read_to(std::uint64_t offset);
  // Reads all there is. True when it came to so many bytes, all of them right, and ended in good order.
  bool is_whole(std::uint64_t size);
  std::uint64_t bytes() const { return bytes_; }
  bool is_right() const { return is_right_; }

 private:
  void take(std::string_view part);

  Connection connection_;
  std::string head_;
  std::uint64_t bytes_ = 0;
  bool is_right_ = true;
  bool was_cut_ = false;
};

}  // namespace festina::harness
