#include "base/hash.h"

#include <xxhash.h>

#include "base/text.h"

namespace festina {

Hash128 KeyedHash::hash128(std::string_view bytes) const {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), secret_);
  return {.high = hash.high64, .low = hash.low64};
}

std::uint64_t KeyedHash::hash64(std::string_view bytes) const {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), secret_);
}

std::uint64_t checksum64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void Fingerprint::add(std::string_view part) {
  framed_.append(std::to_string(part.size())).append(":").append(part);
}

std::string Fingerprint::text() const { return to_hex(checksum64(framed_), 16).substr(0, 8); }

}  // namespace festina
