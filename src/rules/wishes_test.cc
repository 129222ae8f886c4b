#include "rules/wishes.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using namespace std::chrono_literals;

TEST(AddByStatus, PutsCodesBeforeRanges) {  // reference §6.2
  std::vector<policy::StatusTtl> ttls;
  add_by_status(ttls, {{200, 299}, 1s});
  add_by_status(ttls, {{404, 404}, 2s});
  add_by_status(ttls, {{400, 499}, 3s});
  add_by_status(ttls, {{200, 200}, 4s});
  const std::vector<policy::StatusTtl> expected = {
      {{404, 404}, 2s}, {{200, 200}, 4s}, {{200, 299}, 1s}, {{400, 499}, 3s}
  };
  EXPECT_EQ(ttls, expected);
}

}  // namespace
}  // namespace festina::rules
