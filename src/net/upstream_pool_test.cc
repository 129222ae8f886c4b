#include "net/upstream_pool.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

using loopback::Plain;

UpstreamAddress apple() { return {.host = "apple.example", .port = 80, .unix_path = ""}; }
UpstreamAddress pear() { return {.host = "pear.example", .port = 80, .unix_path = ""}; }

// Connections whose far ends stay open.
class UpstreamPoolTest : public testing::Test {
 protected:
  Stream connection(asio::io_context& thread) {
    int handles[2];
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, handles);
    far_ends_.emplace_back(handles[1]);
    return {Socket(thread, asio::generic::stream_protocol(AF_UNIX, 0), handles[0]), Side::origin};
  }
  std::optional<Stream> take(const UpstreamAddress& address) {
    return pool_.take(io_.get_executor(), address);
  }
  // Which connection is given, by the order they were made? It is gone afterwards.
  std::optional<std::size_t> taken(const UpstreamAddress& address) {
    std::optional<Stream> stream = take(address);
    if (!stream) return {};
    const std::string_view mark = "m";
    EXPECT_TRUE(loopback::run(io_, stream->write({&mark, 1})));
    const auto marked = [](const Plain& far) { return far.is_connected() && far.has_bytes(); };
    const auto found = std::ranges::find_if(far_ends_, marked);
    return static_cast<std::size_t>(found - far_ends_.begin());
  }

  asio::io_context io_;
  asio::io_context other_;
  UpstreamPool pool_;
  std::vector<Plain> far_ends_;
};

TEST_F(UpstreamPoolTest, GivesTheConnectionUsedLast) {
  pool_.give_back(apple(), connection(io_));
  pool_.give_back(apple(), connection(io_));
  EXPECT_EQ(taken(apple()), 1u);
  far_ends_[1].close();
  EXPECT_EQ(taken(apple()), 0u);
  EXPECT_FALSE(take(apple()));
}

TEST_F(UpstreamPoolTest, GivesNoConnectionOfAnotherAddress) {
  const UpstreamAddress others[] = {
      pear(),
      {.host = apple().host, .port = 81, .unix_path = ""},
      {.host = "", .port = 0, .unix_path = "/run/apple.sock"},
  };
  pool_.give_back(apple(), connection(io_));
  for (const UpstreamAddress& other : others) EXPECT_FALSE(take(other)) << other.text();
  EXPECT_EQ(pool_.idle(), 1u);
}

TEST_F(UpstreamPoolTest, GivesNoConnectionOfAnotherThread) {
  pool_.give_back(apple(), connection(other_));
  EXPECT_FALSE(take(apple()));
  EXPECT_TRUE(pool_.take(other_.get_executor(), apple()));
}

TEST_F(UpstreamPoolTest, PassesOverConnectionsThatAreOfNoUse) {
  for (int i = 0; i < 3; ++i) pool_.give_back(apple(), connection(io_));
  far_ends_[1].send("unasked");
  far_ends_[2].close();
  EXPECT_EQ(taken(apple()), 0u);
  EXPECT_EQ(pool_.idle(), 0u);
}

TEST_F(UpstreamPoolTest, ForgetsAnAddressOnEveryThread) {
  pool_.give_back(apple(), connection(io_));
  pool_.give_back(apple(), connection(other_));
  pool_.give_back(pear(), connection(io_));
  pool_.forget(apple());
  EXPECT_EQ(pool_.idle(), 1u);
  EXPECT_FALSE(take(apple()));
  EXPECT_FALSE(pool_.take(other_.get_executor(), apple()));
  EXPECT_EQ(far_ends_[0].receive_all(), "") << "closed";
  EXPECT_TRUE(take(pear()));
}

TEST_F(UpstreamPoolTest, KeepsWhatComesAfterTheForgetting) {
  pool_.give_back(apple(), connection(io_));
  pool_.forget(apple());
  pool_.give_back(apple(), connection(io_));
  EXPECT_EQ(taken(apple()), 1u);
}

TEST_F(UpstreamPoolTest, ClosesTheOldestOverTheLimitOfAnUpstream) {
  pool_.give_back(pear(), connection(io_));
  for (std::size_t i = 0; i < kMaxIdlePerUpstream; ++i) pool_.give_back(apple(), connection(io_));
  EXPECT_EQ(pool_.idle(), kMaxIdlePerUpstream + 1);
  pool_.give_back(apple(), connection(io_));
  EXPECT_EQ(pool_.idle(), kMaxIdlePerUpstream + 1);
  EXPECT_EQ(far_ends_[1].receive_all(), "") << "the oldest of that upstream is closed";
  EXPECT_TRUE(take(pear()));
}

TEST_F(UpstreamPoolTest, ClosesTheOldestOverTheLimitOfAThread) {
  const auto give_back_to_port = [&](std::size_t port) {
    const UpstreamAddress address{
        .host = "a.example", .port = static_cast<std::uint16_t>(port), .unix_path = ""
    };
    pool_.give_back(address, connection(io_));
    if (port > 0) far_ends_.back().close();  // a descriptor less
  };
  for (std::size_t port = 0; port < kMaxIdlePerThread; ++port) give_back_to_port(port);
  EXPECT_EQ(pool_.idle(), kMaxIdlePerThread);
  give_back_to_port(kMaxIdlePerThread);
  EXPECT_EQ(pool_.idle(), kMaxIdlePerThread);
  EXPECT_EQ(far_ends_[0].receive_all(), "") << "the oldest of all is closed";
}

TEST(UpstreamAddress, HasAText) {
  EXPECT_EQ(apple().text(), "apple.example:80");
  EXPECT_EQ(
      (UpstreamAddress{.host = "", .port = 0, .unix_path = "/run/a.sock"}).text(),
      "unix:/run/a.sock"
  );
}

}  // namespace
}  // namespace festina::net
