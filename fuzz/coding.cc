// Coded bodies from anybody: whatever the bytes are, a decoder gives parts within its limit, stands still when they are
// used up, and gives back what an encoder made of them.
#include <cstdint>
#include <string>

#include "base/errors.h"
#include "http/decoder.h"
#include "http/encoder.h"

namespace {

using namespace festina;

constexpr http::Coding kCodings[] = {http::Coding::gzip, http::Coding::brotli, http::Coding::zstd};

// Decodes bytes that are nothing in particular, in parts of this size.
void decode(http::Coding coding, std::string_view bytes, std::size_t size) {
  http::Decoder decoder(coding);
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, size);
    bytes.remove_prefix(part.size());
    while (true) {
      const auto decoded = decoder.decode(part);
      if (!decoded) return;
      check(decoded->size() <= http::kMaxDecodedPart, "a part has a limit");
      if (decoded->empty()) break;
    }
    check(part.empty(), "what gives nothing more is used up");
  }
}

void there_and_back(http::Coding coding, std::string_view text) {
  const std::string coded = http::encoded(text, coding, http::Effort::quick);
  http::Decoder decoder(coding);
  std::string_view rest = coded;
  std::string back;
  while (true) {
    const auto decoded = decoder.decode(rest);
    check(decoded.has_value(), "what was encoded is decoded");
    if (decoded->empty()) break;
    back += *decoded;
  }
  check(back == text && decoder.is_at_end(), "all of it comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const http::Coding coding = kCodings[data[0] % 3];
  const std::size_t part = std::size_t{1} + data[1];
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  decode(coding, bytes, part);
  there_and_back(coding, bytes);
  return 0;
}
