#include "workers/find_program.h"

#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(FindProgram, LooksInNodeModulesAboveAndPassesScriptsOver) {
  const TemporaryDirectory directory;
  const fs::path inner = directory.path() / "a/b";
  const fs::path script = inner / "node_modules/.bin/tool-of-a-test";
  const fs::path native = directory.path() / "node_modules/package/bin/tool-of-a-test";
  fs::create_directories(script.parent_path());
  fs::create_directories(native.parent_path());
  std::ofstream(script) << "#!/usr/bin/env node\n";
  fs::permissions(script, fs::perms::owner_all);
  EXPECT_FALSE(find_program("tool-of-a-test", {"package"}, {inner}));
  fs::copy_file("/bin/true", native);
  EXPECT_EQ(find_program("tool-of-a-test", {"package"}, {inner}), native.string());
}

TEST(FindProgram, TakesAPathAsItIs) {
  EXPECT_EQ(find_program("/bin/sleep", {}, {}), "/bin/sleep");
  EXPECT_FALSE(find_program("./no-such-program", {}, {}));
}

TEST(FindProgram, LooksInPathForAName) { EXPECT_TRUE(find_program("sleep", {}, {})); }

}  // namespace
}  // namespace festina::workers
