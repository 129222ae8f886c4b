// Crypto: random bytes, digests and comparison in constant time, from OpenSSL. This is the
// library's only door here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace festina {

// Bytes from the system's random source. Ends the process when that source fails: nothing may go on
// without it.
std::string random_bytes(std::size_t count);
std::uint64_t random_u64();

// Lower-case hexadecimal of `digits` random hex digits; `digits` is even.
std::string random_hex(std::size_t digits);

// The 32 raw bytes of SHA-256.
std::string sha256(std::string_view bytes);

// Equality whose time does not depend on where the two differ.
bool equal_in_constant_time(std::string_view, std::string_view);

}  // namespace festina
