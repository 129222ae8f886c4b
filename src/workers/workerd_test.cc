// The real process is tested with its supervisor.
#include "workers/workerd.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

TEST(Complaint, IsWhatWorkerdSaysOfTheFirstService) {
  struct Case {
    std::vector<std::string> lines;
    std::string_view complaint;
    const char* why;
  };
  const Case cases[] = {
      {{"service FRA: Uncaught SyntaxError: missing )",
        "  at src/index.js:1:45",
        "service LHR: Uncaught SyntaxError: missing )",
        "  at src/index.js:1:45"},
       "Uncaught SyntaxError: missing ) at src/index.js:1:45",
       "every colo has the same complaint"},
      {{"a warning", "service FRA: No event handlers were registered. This script does nothing."},
       "No event handlers were registered. This script does nothing.",
       "warnings come first"},
      {{"error: unexpected argument", "  see --help"},
       "error: unexpected argument see --help",
       "no service at all"},
      {{"service FRA: Uncaught TypeError: x", "  at file:///bundle/src/index.js:2:11"},
       "Uncaught TypeError: x at src/index.js:2:11",
       "the new module registry's names"},
      {{}, "", "nothing was written"},
  };
  for (const Case& c : cases) EXPECT_EQ(complaint(c.lines), c.complaint) << c.why;
}

}  // namespace
}  // namespace festina::workers
