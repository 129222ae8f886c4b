// Place: where an address is, and whose network it is in. Unknown is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace festina {

struct Place {
  std::string country;    // two letters
  std::string continent;  // two letters
  bool is_in_european_union = false;
  std::string region;  // in English
  std::string region_code;
  std::string city;  // in English
  std::string postal_code;
  std::string metro_code;  // of the United States, a number
  std::string timezone;
  std::optional<double> latitude;  // degrees
  std::optional<double> longitude;
  std::optional<std::uint32_t> asn;
  std::string as_organization;
  bool operator==(const Place&) const = default;
};

}  // namespace festina
