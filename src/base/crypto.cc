#include "base/crypto.h"

#include <array>
#include <cstring>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/errors.h"
#include "base/text.h"

namespace festina {
namespace {

void fill_from_generator(void* out, std::size_t count) {
  const int filled = RAND_bytes(static_cast<unsigned char*>(out), static_cast<int>(count));
  check(filled == 1, "the system's random source works");
}

// Random bytes drawn ahead: one call of the generator costs a microsecond, and every request needs
// a ray id. Bytes handed out are erased here, so that nothing can be read back.
class Reservoir {
 public:
  std::uint64_t take_u64() {
    if (used_ == bytes_.size()) refill();
    std::uint64_t value = 0;
    std::memcpy(&value, &bytes_[used_], sizeof value);
    std::memset(&bytes_[used_], 0, sizeof value);
    used_ += sizeof value;
    return value;
  }

 private:
  void refill() {
    fill_from_generator(bytes_.data(), bytes_.size());
    used_ = 0;
  }

  std::array<unsigned char, 64 * sizeof(std::uint64_t)> bytes_{};
  std::size_t used_ = sizeof bytes_;
};

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  fill_from_generator(bytes.data(), bytes.size());
  return bytes;
}

std::uint64_t random_u64() {
  thread_local Reservoir reservoir;
  return reservoir.take_u64();
}

std::string random_hex(std::size_t digits) {
  check(digits % 2 == 0, "random_hex() makes whole bytes");
  if (digits <= 16) return to_hex(random_u64(), digits);
  return to_hex(random_bytes(digits / 2));
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  check(done == 1 && length == digest.size(), "SHA-256 is part of OpenSSL");
  return {digest.begin(), digest.end()};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace festina
