#include "net/raw_socket.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace festina::net {
namespace {

// Two ends of one connection.
class RawSocket : public testing::Test {
 protected:
  RawSocket() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
  ~RawSocket() override {
    for (const int end : ends_) ::close(end);
  }
  int here() const { return ends_[0]; }
  int there() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

TEST_F(RawSocket, SendsAllPiecesInOneCall) {
  const std::array<std::string_view, 2> texts{"hello ", "there"};
  const auto step = send_at_once(here(), Pieces(texts, 0), Side::client);
  ASSERT_TRUE(step) << step.error();
  EXPECT_EQ(step->bytes, 11U);
  EXPECT_EQ(step->wait, Wait::none);
  std::array<char, 16> got{};
  EXPECT_EQ(::read(there(), got.data(), got.size()), 11);
  EXPECT_EQ(std::string_view(got.data(), 11), "hello there");
}

TEST_F(RawSocket, SaysToWaitWhenThePeerReadsNothing) {
  const std::string much(std::size_t{1024} * 1024, 'x');
  const std::array<std::string_view, 1> texts{much};
  auto step = send_at_once(here(), Pieces(texts, 0), Side::client);
  while (step && step->wait == Wait::none)
    step = send_at_once(here(), Pieces(texts, 0), Side::client);
  ASSERT_TRUE(step) << step.error();
  EXPECT_EQ(step->wait, Wait::writable);
  EXPECT_EQ(step->bytes, 0U);
}

TEST_F(RawSocket, BlamesThePeerThatIsGone) {
  ::shutdown(there(), SHUT_RDWR);
  const std::array<std::string_view, 1> texts{"hello"};
  const auto step = send_at_once(here(), Pieces(texts, 0), Side::origin);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, ErrorCode::disconnected);
  EXPECT_EQ(step.error().side, Side::origin);
}

TEST_F(RawSocket, TellsUnreadBytesFromAnEnd) {
  EXPECT_FALSE(is_readable_or_closed(here()));
  EXPECT_FALSE(has_peer_left(here()));
  EXPECT_EQ(::write(there(), "x", 1), 1);
  EXPECT_TRUE(is_readable_or_closed(here()));
  EXPECT_FALSE(has_peer_left(here())) << "it only said something";
  ::shutdown(there(), SHUT_WR);
  EXPECT_TRUE(has_peer_left(here())) << "the byte is still to be read";
}

TEST_F(RawSocket, HasNoRoundTripOnAUnixSocket) { EXPECT_EQ(round_trip(here()), std::nullopt); }

}  // namespace
}  // namespace festina::net
