#include "rules/set.h"

#include <algorithm>
#include <utility>

namespace festina::rules {
namespace {

// In order, what overlaps made one.
template <class Range>
std::vector<Range> apart(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (merged.empty() || merged.back().last < range.first) {
      merged.push_back(range);
    } else {
      merged.back().last = std::max(merged.back().last, range.last);
    }
  }
  return merged;
}

template <class Range, class Item>
bool holds(const std::vector<Range>& ranges, const Item& item) {
  const auto behind = std::ranges::upper_bound(ranges, item, {}, &Range::first);
  return behind != ranges.begin() && !(std::prev(behind)->last < item);
}

}  // namespace

IntegerSet::IntegerSet(std::vector<IntegerRange> ranges) : ranges_(apart(std::move(ranges))) {}

bool IntegerSet::has(std::int64_t number) const { return holds(ranges_, number); }

AddressSet::AddressSet(std::vector<AddressRange> ranges) {
  const auto v6 = std::ranges::partition(ranges, [](const AddressRange& range) {
    return is_ipv4(range.first);
  });
  v6_ = apart(std::vector<AddressRange>(v6.begin(), v6.end()));
  v4_ = apart(std::vector<AddressRange>(ranges.begin(), v6.begin()));
}

bool AddressSet::has(const AddressBytes& address) const {
  return holds(is_ipv4(address) ? v4_ : v6_, address);
}

TextSet::TextSet(std::vector<std::string> texts) : texts_(std::move(texts)) {
  std::ranges::sort(texts_);
}

bool TextSet::has(std::string_view text) const {
  return std::ranges::binary_search(texts_, text, std::less<>());
}

}  // namespace festina::rules
