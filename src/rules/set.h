// Set: what stands between "{" and "}", in order, so that looking something up takes no time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/literal.h"

namespace festina::rules {

// More do not fit into an expression, unless it says things twice.
inline constexpr std::size_t kMaxSetItems = 1024;

class IntegerSet {
 public:
  explicit IntegerSet(std::vector<IntegerRange>);
  bool has(std::int64_t) const;
  bool operator==(const IntegerSet&) const = default;

 private:
  std::vector<IntegerRange> ranges_;  // ascending, apart from each other
};

// IPv4 and IPv6 are strangers: ::/0 holds no IPv4 address.
class AddressSet {
 public:
  explicit AddressSet(std::vector<AddressRange>);
  bool has(const AddressBytes&) const;
  bool operator==(const AddressSet&) const = default;

 private:
  std::vector<AddressRange> v4_;  // ascending, apart from each other
  std::vector<AddressRange> v6_;
};

class TextSet {
 public:
  explicit TextSet(std::vector<std::string>);
  bool has(std::string_view) const;
  const std::vector<std::string>& texts() const { return texts_; }
  bool operator==(const TextSet&) const = default;

 private:
  std::vector<std::string> texts_;  // ascending
};

}  // namespace festina::rules
