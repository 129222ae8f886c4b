// ZoneStore: what the API set of each zone, in SQLite (`zones.db` of the state directory).
//
// A zone's configuration has parts, each of which is set as a whole: "settings/cache_level",
// "rulesets/http_request_cache_settings", "pagerules" (docs/formats/change.md). The store follows the change log and knows
// how far. All parts are in memory, too. It belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"

namespace festina::zone {

struct Part {
  std::string body;            // JSON
  std::uint64_t sequence = 0;  // of the change that set it
  bool operator==(const Part&) const = default;
};
using Parts = std::map<std::string, Part, std::less<>>;  // by name

struct PartChange {
  std::string name;
  std::optional<std::string> body;  // nothing: the part goes
  // The sequence of the part that it was made from, 0 for none: it counts only if nobody else was faster. Nothing: it
  // counts whatever was there.
  std::optional<std::uint64_t> over;
  bool operator==(const PartChange&) const = default;
};

class ZoneStore {
 public:
  // Opens or creates the database. Errors, naming the file: io (self); unsupported (self) for a newer schema.
  static Result<ZoneStore> open(const std::string& path);

  // The last change it has seen; 0 for none.
  std::uint64_t applied() const { return applied_; }
  // What is set of a zone, by its id.
  const Parts& parts_of(std::string_view zone) const;
  // What counts of a change is durable when it returns, all of it or none. Requires: a greater sequence than applied().
  // Errors: io (self).
  Result<> apply(
      std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
  );

 private:
  explicit ZoneStore(Database database) : database_(std::move(database)) {}
  Result<> load();
  Result<> write(
      std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
  );

  Database database_;
  std::uint64_t applied_ = 0;
  std::map<std::string, Parts, std::less<>> zones_;  // by id
};

}  // namespace festina::zone
