// Hashes: XXH3 with a secret seed, so that nobody outside can construct collisions; and checksums
// without one.
//
// 128 bits name cache keys, 64 bits name tags and purge facts. Hashes route, bytes decide: whoever
// looks something up by a hash compares the full key afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace festina {

struct Hash128 {
  std::uint64_t high;
  std::uint64_t low;
  bool operator==(const Hash128&) const = default;
};

class KeyedHash {
 public:
  explicit KeyedHash(std::uint64_t secret) : secret_(secret) {}
  Hash128 hash128(std::string_view bytes) const;
  std::uint64_t hash64(std::string_view bytes) const;

 private:
  std::uint64_t secret_;
};

// The same on every machine and in every run; for file integrity and stable names, never for
// untrusted keys.
std::uint64_t checksum64(std::string_view bytes);

// A short name of a list of texts, such as a version. Each counts with its length: "ab", "c" is not "a", "bc".
class Fingerprint {
 public:
  void add(std::string_view part);
  std::string text() const;  // 8 hex digits

 private:
  std::string framed_;
};

}  // namespace festina
