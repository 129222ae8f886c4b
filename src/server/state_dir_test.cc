#include "server/state_dir.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"

namespace festina::server {
namespace {

class StateDirTest : public testing::Test {
 protected:
  std::string path = testing::TempDir() + "festina-state-" + random_hex(8);
  ~StateDirTest() override { std::filesystem::remove_all(path); }
};

TEST_F(StateDirTest, RefusesASecondHolderAndNamesTheFirst) {
  const Result<StateDir> first = StateDir::open(path);
  ASSERT_TRUE(first);
  const Result<StateDir> second = StateDir::open(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().detail.find("process " + std::to_string(::getpid())), std::string::npos);
}

TEST_F(StateDirTest, GivesTheLockBack) {
  {
    ASSERT_TRUE(StateDir::open(path));
  }
  EXPECT_TRUE(StateDir::open(path));
}

TEST_F(StateDirTest, IsFoundByItsProcess) {
  const pid_t self = ::getpid();
  {
    const Result<StateDir> state = StateDir::open(path);
    ASSERT_TRUE(state);
    const Result<std::string> found = state_dir_of(self);
    ASSERT_TRUE(found) << found.error();
    EXPECT_TRUE(std::filesystem::equivalent(*found, path)) << *found;
    EXPECT_EQ(*found, std::filesystem::canonical(path)) << "absolute";
  }
  const Result<std::string> left = state_dir_of(self);
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().code, ErrorCode::not_found);
  EXPECT_THAT(left.error().detail, testing::HasSubstr("holds no state directory: it is no node"));
}

TEST_F(StateDirTest, IsNoOtherFileOfThatName) {
  std::filesystem::create_directories(path);
  const std::ofstream lock(path + "/lock");
  EXPECT_FALSE(state_dir_of(::getpid())) << "open, but not locked";
}

TEST_F(StateDirTest, SaysThatThereIsNoSuchProcess) {
  const Result<std::string> found = state_dir_of(std::numeric_limits<pid_t>::max());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  EXPECT_EQ(found.error().detail, "there is no process 2147483647");
}

TEST_F(StateDirTest, RemembersTheFirstValueForTheOwnerAlone) {
  const Result<StateDir> state = StateDir::open(path);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->remembered("token", "one").value(), "one");
  EXPECT_EQ(state->remembered("token", "two").value(), "one");
  EXPECT_EQ(read_remembered(path, "token").value(), "one");

  struct stat info{};
  ASSERT_EQ(::stat((path + "/token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(StateDirTest, RemembersTheLastValueThatIsGivenIt) {
  const Result<StateDir> state = StateDir::open(path);
  ASSERT_TRUE(state);
  ASSERT_TRUE(state->remember("control", "one"));
  ASSERT_TRUE(state->remember("control", "two"));
  EXPECT_EQ(read_remembered(path, "control").value(), "two");
}

TEST_F(StateDirTest, SaysWhichValueIsMissing) {
  const Result<std::string> value = read_remembered(path, "token");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().detail.find(path + "/token"), std::string::npos);
}

TEST_F(StateDirTest, SaysWhyADirectoryCannotBeMade) {
  const Result<StateDir> state = StateDir::open("/proc/festina");
  ASSERT_FALSE(state);
  EXPECT_NE(state.error().detail.find("/proc/festina"), std::string::npos);
}

}  // namespace
}  // namespace festina::server
