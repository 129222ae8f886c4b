// Cidr: a range of IP addresses, "192.0.2.0/24" or "2001:db8::/32" (RFC 4632, RFC 4291 §2.3).
//
// Addresses are texts, as connections and header fields give them. IPv4 written in IPv6 ("::ffff:192.0.2.1") is IPv4.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/errors.h"

namespace festina {

// An IP address as 16 bytes; IPv4 in its mapped form.
using AddressBytes = std::array<std::uint8_t, 16>;
// IPv6 without brackets and zone. Nothing when the text is no address.
std::optional<AddressBytes> address_bytes(std::string_view);

class Cidr {
 public:
  // An address alone is a range of one. Errors: malformed (self) for what is no address, a prefix longer than the
  // address, or bits set behind the prefix.
  static Result<Cidr> parse(std::string_view);
  // False for what is no address.
  bool contains(std::string_view address) const;
  bool contains(const AddressBytes&) const;

 private:
  Cidr(const AddressBytes& network, unsigned bits) : network_(network), bits_(bits) {}

  AddressBytes network_;
  unsigned bits_;  // of the 128
};

}  // namespace festina
