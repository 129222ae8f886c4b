#include "workers/socket_file.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/un.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

class SocketFile : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(directory); }
  const fs::path directory = [] {
    std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
    return fs::path(::mkdtemp(pattern.data()));
  }();
};

TEST_F(SocketFile, ReplacesWhatStandsThere) {
  const std::string path = directory / "FRA.sock";
  std::ofstream(path) << "left behind";
  const auto socket = listen_at(path);
  ASSERT_TRUE(socket) << socket.error();
  EXPECT_TRUE(fs::is_socket(path));
}

TEST_F(SocketFile, HasAPathOfLimitedLength) {
  constexpr std::size_t most = sizeof(sockaddr_un::sun_path) - 1;
  std::string path = (directory / "s").string();
  path.append(most - path.size(), 's');
  const auto longest = listen_at(path);
  EXPECT_TRUE(longest) << longest.error();
  const auto longer = listen_at(path + "s");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::too_large);
}

TEST_F(SocketFile, StandsInADirectoryOfOurOwn) {
  const fs::path made = directory / "run/api@1";
  const auto result = make_private_directory(made);
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(fs::status(made).permissions(), fs::perms::owner_all);
}

TEST_F(SocketFile, CannotStandBelowAFile) {
  std::ofstream(directory / "file") << "x";
  EXPECT_FALSE(make_private_directory(directory / "file/run"));
  EXPECT_FALSE(listen_at(directory / "file/FRA.sock"));
}

}  // namespace
}  // namespace festina::workers
