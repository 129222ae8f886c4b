#include "rules/wishes.h"

#include <algorithm>

namespace festina::rules {

void add_by_status(std::vector<policy::StatusTtl>& ttls, const policy::StatusTtl& ttl) {
  const auto is_range = [](const policy::StatusTtl& each) {
    return each.statuses.from != each.statuses.to;
  };
  ttls.insert(is_range(ttl) ? ttls.end() : std::ranges::find_if(ttls, is_range), ttl);
}

}  // namespace festina::rules
