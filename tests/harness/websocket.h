// WebSocket, as much of it as a test needs (RFC 6455): the handshake's proof and short text frames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace festina::harness::websocket {

// What Sec-WebSocket-Accept answers to this Sec-WebSocket-Key (§4.2.2).
std::string proof(std::string_view key);

enum class Sender : bool { client, server };  // a client masks what it sends (§5.3)
enum class Opcode : std::uint8_t { text = 1, close = 8 };

// Requires: at most 125 bytes.
std::string frame(Sender, Opcode, std::string_view payload);

struct Frame {
  Opcode opcode;
  std::string payload;
};
// The next frame, taken off the front of the buffer; nothing while it is not whole.
std::optional<Frame> take_frame(std::string& buffer);

}  // namespace festina::harness::websocket
