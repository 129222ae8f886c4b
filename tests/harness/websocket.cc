#include "harness/websocket.h"

#include <array>
#include <openssl/evp.h>
#include <stdexcept>

namespace festina::harness::websocket {
namespace {

constexpr std::string_view kMask = "mask";

std::string masked(std::string_view payload, std::string_view mask) {
  std::string text(payload);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
  return text;
}

}  // namespace

std::string proof(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return {base64.begin(), base64.begin() + length};
}

std::string frame(Sender sender, Opcode opcode, std::string_view payload) {
  if (payload.size() > 125) throw std::runtime_error("too long for a frame of a test");
  const bool masks = sender == Sender::client;
  std::string bytes;
  bytes += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  bytes += static_cast<char>((masks ? 0x80 : 0) | payload.size());
  if (masks) bytes += kMask;
  return bytes + (masks ? masked(payload, kMask) : std::string(payload));
}

std::optional<Frame> take_frame(std::string& buffer) {
  if (buffer.size() < 2) return {};
  const auto length_byte = static_cast<unsigned char>(buffer[1]);
  const bool is_masked = (length_byte & 0x80) != 0;
  const std::size_t length = length_byte & 0x7f;
  const std::size_t head = is_masked ? 6 : 2;
  if (length > 125) throw std::runtime_error("too long a frame for a test");
  if (buffer.size() < head + length) return {};
  Frame frame{static_cast<Opcode>(buffer[0] & 0x0f), buffer.substr(head, length)};
  if (is_masked) frame.payload = masked(frame.payload, std::string_view(buffer).substr(2, 4));
  buffer.erase(0, head + length);
  return frame;
}

}  // namespace festina::harness::websocket
