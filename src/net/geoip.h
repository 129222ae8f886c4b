// GeoIp: where an address is, from an MMDB file (GeoLite2, GeoIP2, DB-IP and others of the same shape).
//
// The file is mapped into memory. The only door to libmaxminddb.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "base/place.h"

namespace festina::net {

// Threads: any.
class GeoIp {
 public:
  // Errors: not_found, permission_denied, io, malformed (self); the detail names the file.
  static Result<std::shared_ptr<const GeoIp>> open(const std::string& path);
  ~GeoIp();
  GeoIp(const GeoIp&) = delete;
  GeoIp& operator=(const GeoIp&) = delete;

  // What the file knows of it: of a country file a country, of an ASN file a network.
  Place find(std::string_view address) const;

 private:
  struct Database;
  explicit GeoIp(std::unique_ptr<Database>);
  std::unique_ptr<Database> database_;
};

}  // namespace festina::net
