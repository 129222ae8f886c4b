// The real process is tested with its supervisor.
#include "workers/workerd.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

TEST(Complaint, IsWhatWorkerdSaysOfTheFirstServiceAndItsScript) {
  struct Case {
    std::vector<std::string> lines;
    std::string_view script;
    std::string_view text;
    const char* why;
  };
  const Case cases[] = {
      {{"service api/FRA: Uncaught SyntaxError: missing )",
        "  at src/index.js:1:45",
        "service auth/FRA: Uncaught SyntaxError: missing )",
        "  at src/index.js:1:45"},
       "api",
       "Uncaught SyntaxError: missing ) at src/index.js:1:45",
       "the first complaint"},
      {{"a warning", "service api/FRA: No event handlers were registered. This script does nothing."
       },
       "api",
       "No event handlers were registered. This script does nothing.",
       "warnings come first"},
      {{"error: unexpected argument", "  see --help"},
       "",
       "error: unexpected argument see --help",
       "no service at all"},
      {{"service api/FRA: Uncaught TypeError: x", "  at file:///bundle/src/index.js:2:11"},
       "api",
       "Uncaught TypeError: x at src/index.js:2:11",
       "the new module registry's names"},
      {{}, "", "", "nothing was written"},
  };
  for (const Case& c : cases) {
    const auto [script, text] = complaint(c.lines);
    EXPECT_EQ(script, c.script) << c.why;
    EXPECT_EQ(text, c.text) << c.why;
  }
}

}  // namespace
}  // namespace festina::workers
