// ZoneTable: host → zone. A snapshot is immutable and swapped whole; a request keeps the one it began with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "zone/zone.h"

namespace festina::zone {

class ZoneTable {
 public:
  explicit ZoneTable(std::vector<std::shared_ptr<const Zone>> zones);

  // The zone whose name is the host or its longest parent domain, else the one of a script on workers.dev; null when no
  // zone serves it.
  const std::shared_ptr<const Zone>& find(std::string_view host) const;
  const std::shared_ptr<const Zone>& by_id(std::string_view id) const;
  // The first zone in which a route or a host is the script's; null when there is none.
  const std::shared_ptr<const Zone>& by_script(std::string_view script) const;
  // "a.example, b.example", for messages.
  std::string names() const;
  const std::vector<std::shared_ptr<const Zone>>& all() const { return zones_; }

 private:
  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::vector<std::shared_ptr<const Zone>> zones_;
  std::unordered_map<std::string, std::shared_ptr<const Zone>, TextHash, std::equal_to<>> by_name_;
};

}  // namespace festina::zone
