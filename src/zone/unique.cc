#include "zone/unique.h"

#include "base/text.h"

namespace festina::zone {

bool Unique::claim(const std::string& value, const Place& place, const Table& table) {
  const auto [first, is_new] = places_.emplace(value, place);
  if (is_new) return true;
  table.problem(
      place, "two " + what_ + " " + in_quotes(value), "the first is at " + text_of(first->second)
  );
  return false;
}

}  // namespace festina::zone
