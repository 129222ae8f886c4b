// Unique: what may be given only once in a configuration, and where it was given first.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "zone/table.h"

namespace festina::zone {

class Unique {
 public:
  // `what`: with its verb, "zones are named".
  explicit Unique(std::string_view what) : what_(what) {}

  // False, and a problem of the table, when the value was claimed before.
  bool claim(const std::string& value, const Place&, const Table&);

 private:
  std::string what_;
  std::map<std::string, Place> places_;
};

}  // namespace festina::zone
