// GeoIp: where an address is, from an MMDB file (GeoLite2, GeoIP2, DB-IP and others of the same shape).
//
// The file is mapped into memory. The only door to libmaxminddb.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"

namespace festina::net {

// What a file knows of an address: of a country file a country, of an ASN file a network. Unknown is empty.
struct GeoRecord {
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
  bool operator==(const GeoRecord&) const = default;
};

// Threads: any.
class GeoIp {
 public:
  // Errors: not_found, permission_denied, io, malformed (self); the detail names the file.
  static Result<std::shared_ptr<const GeoIp>> open(const std::string& path);
  ~GeoIp();
  GeoIp(const GeoIp&) = delete;
  GeoIp& operator=(const GeoIp&) = delete;

  // Two letters, or empty. For an address that is none, empty.
  std::string country(std::string_view address) const;
  GeoRecord find(std::string_view address) const;

 private:
  struct Database;
  explicit GeoIp(std::unique_ptr<Database>);
  std::unique_ptr<Database> database_;
};

}  // namespace festina::net
