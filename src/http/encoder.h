// Encoder: a body into gzip, brotli or zstd, as it comes (RFC 1952, RFC 7932, RFC 8878).
//
// What it keeps meanwhile is bounded: the windows are named below, and none is larger than every decoder must take
// (8 MiB of zstd, RFC 9659). Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/content_coding.h"

namespace festina::http {

// quick: while somebody waits for it; thorough: once for many.
enum class Effort : std::uint8_t { quick, thorough };

// Windows, as powers of two of bytes. That of gzip is 15 by its definition.
inline constexpr int kQuickWindow = 18;     // 256 KiB: one for every body that is being coded
inline constexpr int kThoroughWindow = 21;  // 2 MiB

// What comes out of what was given so far: as much as there happens to be, all of it, or all of it and the end.
enum class Until : std::uint8_t { later, now, end };

class Encoder {
 public:
  // Requires: not identity.
  Encoder(Coding, Effort);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  // Requires: the end was not asked for before.
  std::string encode(std::string_view bytes, Until);

  class Stream;

 private:
  std::unique_ptr<Stream> stream_;
};

// All of it at once.
std::string encoded(std::string_view bytes, Coding, Effort);

}  // namespace festina::http
