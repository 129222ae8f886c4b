// Type: what an expression gives (reference §7). Four kinds of values, arrays of them, and maps from texts to arrays.
#pragma once

#include <cstdint>
#include <string>

namespace festina::rules {

enum class Kind : std::uint8_t { boolean, integer, text, address };

struct Type {
  Kind kind = Kind::text;
  std::uint8_t arrays = 0;  // how deep they are nested
  bool is_map = false;      // from texts to what the rest says
  bool operator==(const Type&) const = default;

  bool is_scalar() const { return arrays == 0 && !is_map; }
};

inline constexpr Type kBoolean{.kind = Kind::boolean};
inline constexpr Type kInteger{.kind = Kind::integer};
inline constexpr Type kText{.kind = Kind::text};
inline constexpr Type kAddress{.kind = Kind::address};
inline constexpr Type kTexts{.kind = Kind::text, .arrays = 1};
inline constexpr Type kTextMap{.kind = Kind::text, .arrays = 1, .is_map = true};

// An array of such. Requires: no map.
constexpr Type array_of(Type item) {
  return {item.kind, static_cast<std::uint8_t>(item.arrays + 1)};
}
// What an array or a map holds. Requires: one of the two.
constexpr Type item_of(Type whole) {
  if (whole.is_map) return {whole.kind, whole.arrays};
  return {whole.kind, static_cast<std::uint8_t>(whole.arrays - 1)};
}

// As errors name it: "Map<Array<Bytes>>".
std::string name(Type);

}  // namespace festina::rules
