// Framing: how the body behind a head ends, and whether the connection outlives it (RFC 9112 §6.3, §9.3).
//
// Ambiguous framing is refused, not guessed: it is what requests are smuggled with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/errors.h"
#include "http/headers.h"

namespace festina::http {

enum class Version : std::uint8_t { http_1_0, http_1_1 };

enum class Framing : std::uint8_t { none, length, chunked, until_close };

struct BodyFrame {
  Framing framing = Framing::none;
  std::uint64_t length = 0;  // with Framing::length
  bool operator==(const BodyFrame&) const = default;
};

// What the fields of a head say about the message and its connection.
struct FramingFields {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::string_view length;  // of the last Content-Length; into the headers
  std::string_view coding;  // of the last Transfer-Encoding; into the headers
  bool close = false;
  bool keep_alive = false;
  bool expects_continue = false;
};
FramingFields framing_fields(const Headers&);

// The frame that a head states; none when it states none.
// Errors: malformed (given side): both Content-Length and Transfer-Encoding, either one repeated, a length that is not
// one number, a transfer coding that is not chunked or comes in HTTP/1.0 (RFC 9112 §6.1, §6.3).
Result<BodyFrame> stated_frame(const FramingFields&, Version, Side);

// RFC 9112 §9.3.
bool keeps_alive(const FramingFields&, Version);

// Fields that whoever writes a message derives from its frame.
bool is_framing_field(Name);

}  // namespace festina::http
