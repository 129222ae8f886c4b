#include "observe/journal.h"

#include <gtest/gtest.h>

namespace festina::observe {
namespace {

TEST(Journal, RemembersWhatItIsTold) {
  Journal journal;
  Record record;
  record.ray = 7;
  journal.tell(record);
  journal.tell(Thrown{
      .ray = 7,
      .script = "api",
      .colo = "FRA",
      .name = "Error",
      .message = "",
      .stack = "",
      .at = {}
  });
  const auto found = journal.history.find(7);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(journal.history.thrown_in(found).size(), 1U);
}

}  // namespace
}  // namespace festina::observe
