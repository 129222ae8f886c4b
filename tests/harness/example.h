// One Worker of examples/workers, run from the repository's own files.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "harness/edge.h"
#include "harness/origin.h"

namespace festina::harness {

class ExampleScenario : public testing::Test {
 protected:
  // `name`: of its directory, its script and the first segment of its paths.
  // `more`: further lines of its [[scripts]] table.
  explicit ExampleScenario(const std::string& name, const std::string& more = {});

  // `path` begins behind the example's segment: "/menu.json".
  Answer get(const std::string& path, const Fields& fields = {}) const;
  // The same path as the origin sees it.
  std::string at(const std::string& path) const { return "/" + name_ + path; }
  // Returns when the Worker's put() calls have ended, so many since the start. Throws when patience ends.
  void await_puts(std::size_t count) const;

  Origin origin;
  Origin mirror_a;  // a.workers.localhost
  Origin mirror_b;  // b.workers.localhost
  TempDir files;
  Edge edge;

 private:
  EdgeOptions prepared(const std::string& name, const std::string& more) const;
  std::string name_;
};

}  // namespace festina::harness
