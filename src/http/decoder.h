// Decoder: gzip, brotli or zstd back into the body, part by part (RFC 1952, RFC 7932, RFC 8878).
//
// Whoever sends the coded bytes is not trusted: a part of what comes out is never large, and the whole stands in a
// proportion to what came in. Of zstd no window beyond 8 MiB is taken (RFC 9659). Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/content_coding.h"

namespace festina::http {

inline constexpr std::size_t kMaxDecodedPart = std::size_t{64} * 1024;
// A body may become so large whatever it is made of; beyond that, so many times as large as what it is made of.
inline constexpr std::uint64_t kMaxDecodedFreely = std::uint64_t{64} * 1024 * 1024;
inline constexpr std::uint64_t kMaxExpansion = 2048;
// A zstd window, as a power of two of bytes.
inline constexpr int kMaxWindow = 23;

class Decoder {
 public:
  // Requires: not identity.
  explicit Decoder(Coding);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Decodes from the start of `coded` and cuts off what it used: at most kMaxDecodedPart bytes come out. None come when
  // all of `coded` is used and more is needed, or this was the end.
  // Errors: malformed, too_large (origin)
  Result<std::string> decode(std::string_view& coded);
  // Is what came so far a whole body? Nothing at all is one: some origins name a coding above no content.
  bool is_at_end() const;

  class Stream;

 private:
  std::unique_ptr<Stream> stream_;
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
};

}  // namespace festina::http
