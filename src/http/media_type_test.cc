#include "http/media_type.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

TEST(MediaType, IsThatOfTheExtension) {
  const struct {
    std::string_view extension;
    std::string_view type;
    std::string_view why;
  } cases[] = {
      {"7z", "application/x-7z-compressed", "the first row"},
      {"zst", "application/zstd", "the last row"},
      {"html", "text/html; charset=utf-8", "text has a charset"},
      {"mjs", "text/javascript; charset=utf-8", "RFC 9239"},
      {"json", "application/json", "JSON is always UTF-8 (RFC 8259 §8.1)"},
      {"svg", "image/svg+xml", "XML names its own charset"},
      {"wasm", "application/wasm", "compiled while it is streamed, only with this type"},
      {"webmanifest", "application/manifest+json", ""},
      {"", "application/octet-stream", "no extension"},
      {"unheard-of", "application/octet-stream", "unknown"},
      {"HTML", "application/octet-stream", "extensions are given in lower case"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(media_type(c.extension), c.type) << c.extension << " " << c.why;
}

}  // namespace
}  // namespace festina::http
