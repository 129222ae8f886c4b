#include "base/cidr.h"

#include <algorithm>
#include <arpa/inet.h>
#include <string>

#include "base/text.h"

namespace festina {
namespace {

constexpr unsigned kAddressBits = 128;
constexpr unsigned kMappedBits = 96;  // in front of an IPv4 address in its mapped form

Error no_range(std::string_view text, std::string_view why) {
  return {ErrorCode::malformed, Side::self, in_quotes(text) + " " + std::string(why)};
}

// The address with all bits behind the first `bits` cleared.
AddressBytes network_of(AddressBytes address, unsigned bits) {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned kept = std::clamp(bits, 8 * i, 8 * (i + 1)) - 8 * i;
    address[i] = static_cast<std::uint8_t>(address[i] & (0xff00U >> kept));
  }
  return address;
}

}  // namespace

std::optional<AddressBytes> address_bytes(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  AddressBytes bytes{};
  if (::inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1) return bytes;
  bytes = {};
  bytes[10] = bytes[11] = 0xff;
  if (::inet_pton(AF_INET, terminated.data(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto halves = split_once(text, '/');
  const std::string_view address = halves ? halves->before : text;
  const auto bytes = address_bytes(address);
  if (!bytes) return no_range(text, "is no IP address or range of addresses");
  if (!halves) return Cidr(*bytes, kAddressBits);

  const unsigned offset = address.find(':') == std::string_view::npos ? kMappedBits : 0;
  const auto prefix = parse_decimal(halves->after);
  if (!prefix || *prefix > kAddressBits - offset) {
    return no_range(text, "has no prefix length that its address can have");
  }
  const unsigned bits = offset + static_cast<unsigned>(*prefix);
  if (network_of(*bytes, bits) != *bytes) return no_range(text, "has bits set behind its prefix");
  return Cidr(*bytes, bits);
}

bool Cidr::contains(std::string_view address) const {
  const auto bytes = address_bytes(address);
  return bytes && contains(*bytes);
}

bool Cidr::contains(const AddressBytes& address) const {
  return network_of(address, bits_) == network_;
}

}  // namespace festina
