#include "workers/sockets.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

class SocketsTest : public testing::Test {
 protected:
  ~SocketsTest() override { fs::remove_all(directory.parent_path()); }

  const fs::path directory = [] {
    std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
    return fs::path(::mkdtemp(pattern.data())) / "api@1";
  }();
};

TEST_F(SocketsTest, AreOneForEachScriptAndColo) {
  const auto sockets = Sockets::in(directory);
  ASSERT_TRUE(sockets) << sockets.error();
  const std::vector<std::string> colos = {"FRA", "AMS"};
  const Result<> opened = (*sockets)->open_inbound({"api", "auth"}, colos);
  ASSERT_TRUE(opened) << opened.error();
  EXPECT_EQ((*sockets)->inbound().size(), 4U);
  const Inbound* const found = (*sockets)->find("auth", "AMS");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->path, (*sockets)->path("1.AMS"));
  EXPECT_TRUE(fs::is_socket(found->path));
  EXPECT_EQ((*sockets)->find("auth", "CDG"), nullptr);
  EXPECT_EQ((*sockets)->find("other", "FRA"), nullptr);
}

TEST_F(SocketsTest, GoWithTheirDirectory) {
  {
    const auto sockets = Sockets::in(directory);
    ASSERT_TRUE(sockets) << sockets.error();
    const std::vector<std::string> colos = {"FRA"};
    ASSERT_TRUE((*sockets)->open_inbound({"api"}, colos));
    EXPECT_TRUE(fs::exists(directory));
  }
  EXPECT_FALSE(fs::exists(directory));
}

TEST_F(SocketsTest, HaveNoNamesThatAreTooLong) {
  const auto sockets = Sockets::in(directory);
  ASSERT_TRUE(sockets) << sockets.error();
  const std::vector<std::string> colos = {std::string(100, 'A')};
  const Result<> opened = (*sockets)->open_inbound({"api"}, colos);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace festina::workers
