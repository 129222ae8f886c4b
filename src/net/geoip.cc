#include "net/geoip.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/cidr.h"

namespace festina::net {
namespace {

Error unusable(ErrorCode code, const std::string& path, std::string_view why) {
  return {code, Side::self, "MMDB file \"" + path + "\": " + std::string(why)};
}

// The library says no more than "cannot open".
Result<> readable(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int reason = errno;
  if (file >= 0) {
    ::close(file);
    return Result<>();
  }
  const ErrorCode code = reason == ENOENT   ? ErrorCode::not_found
                         : reason == EACCES ? ErrorCode::permission_denied
                                            : ErrorCode::io;
  return unusable(code, path, std::strerror(reason));
}

// For the library, IPv4 is of its own family and IPv6 of the other.
sockaddr_storage socket_address(const AddressBytes& bytes) {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  sockaddr_storage storage{};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, bytes.data() + mapped.size(), 4);
    std::memcpy(&storage, &v4, sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&storage, &v6, sizeof v6);
  }
  return storage;
}

// One address's entry in the file.
class Entry {
 public:
  explicit Entry(MMDB_entry_s entry) : entry_(entry) {}

  // `path` ends with a null pointer.
  std::string text(std::initializer_list<const char*> path) const {
    const auto data = value(path, MMDB_DATA_TYPE_UTF8_STRING);
    return data ? std::string(data->utf8_string, data->data_size) : std::string();
  }
  std::optional<double> number(std::initializer_list<const char*> path) const {
    const auto data = value(path, MMDB_DATA_TYPE_DOUBLE);
    return data ? std::optional(data->double_value) : std::nullopt;
  }
  std::optional<std::uint32_t> integer(std::initializer_list<const char*> path) const {
    const auto data = value(path, MMDB_DATA_TYPE_UINT32);
    return data ? std::optional(data->uint32) : std::nullopt;
  }
  // A small number, as text; empty when unknown.
  std::string number_text(std::initializer_list<const char*> path) const {
    const auto data = value(path, MMDB_DATA_TYPE_UINT16);
    return data ? std::to_string(data->uint16) : std::string();
  }
  bool flag(std::initializer_list<const char*> path) const {
    const auto data = value(path, MMDB_DATA_TYPE_BOOLEAN);
    return data && data->boolean;
  }

 private:
  std::optional<MMDB_entry_data_s> value(
      std::initializer_list<const char*> path, std::uint32_t type
  ) const {
    MMDB_entry_s entry = entry_;
    MMDB_entry_data_s data{};
    const int status = MMDB_aget_value(&entry, &data, path.begin());
    if (status != MMDB_SUCCESS || !data.has_data || data.type != type) return std::nullopt;
    return data;
  }

  MMDB_entry_s entry_;
};

}  // namespace

struct GeoIp::Database {
  MMDB_s file{};

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    if (file.filename != nullptr) MMDB_close(&file);
  }

  std::optional<Entry> entry(std::string_view address) const {
    const auto bytes = address_bytes(address);
    if (!bytes) return std::nullopt;
    const sockaddr_storage storage = socket_address(*bytes);
    int error = MMDB_SUCCESS;
    const MMDB_lookup_result_s found =
        MMDB_lookup_sockaddr(&file, reinterpret_cast<const sockaddr*>(&storage), &error);
    if (error != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
    return Entry(found.entry);
  }
};

GeoIp::GeoIp(std::unique_ptr<Database> database) : database_(std::move(database)) {}
GeoIp::~GeoIp() = default;

Result<std::shared_ptr<const GeoIp>> GeoIp::open(const std::string& path) {
  const Result<> checked = readable(path);
  if (!checked) return checked.error();
  auto database = std::make_unique<Database>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->file);
  if (status != MMDB_SUCCESS) {
    database->file.filename = nullptr;  // the library has released what it had
    return unusable(ErrorCode::malformed, path, MMDB_strerror(status));
  }
  return std::shared_ptr<const GeoIp>(new GeoIp(std::move(database)));
}

Place GeoIp::find(std::string_view address) const {
  const auto entry = database_->entry(address);
  if (!entry) return {};
  return {
      .country = entry->text({"country", "iso_code", nullptr}),
      .continent = entry->text({"continent", "code", nullptr}),
      .is_in_european_union = entry->flag({"country", "is_in_european_union", nullptr}),
      .region = entry->text({"subdivisions", "0", "names", "en", nullptr}),
      .region_code = entry->text({"subdivisions", "0", "iso_code", nullptr}),
      .city = entry->text({"city", "names", "en", nullptr}),
      .postal_code = entry->text({"postal", "code", nullptr}),
      .metro_code = entry->number_text({"location", "metro_code", nullptr}),
      .timezone = entry->text({"location", "time_zone", nullptr}),
      .latitude = entry->number({"location", "latitude", nullptr}),
      .longitude = entry->number({"location", "longitude", nullptr}),
      .asn = entry->integer({"autonomous_system_number", nullptr}),
      .as_organization = entry->text({"autonomous_system_organization", nullptr}),
  };
}

}  // namespace festina::net
