#include "net/tls_session.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "net/loopback.h"
#include "net/sealed.h"
#include "net/tls.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::run;

// A stream that speaks TLS, as the client, and the server at its other end.
class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest() {
    const certificates::Authority authority;
    std::ofstream(ca_file_) << authority.certificate();
    const certificates::Pem pem = authority.issue({});
    std::thread server([&] { far_.emplace(Sealed::accept(pair_.far.release(), pem)); });
    auto session = TlsClient::load(ca_file_).value()->session("localhost", Side::client);
    pair_.near.expect_within(loopback::kPatience);
    const auto started = run(io_, pair_.near.start_tls(std::move(session), ""));
    server.join();
    EXPECT_TRUE(started);
  }
  ~TlsStreamTest() override { std::filesystem::remove(ca_file_); }

  static Awaitable<std::string> read_text(Stream& stream) {
    std::string text(4096, '\0');
    const auto count = co_await stream.read_some(text);
    if (!count) co_return loopback::text_of(count.error());
    text.resize(*count);
    co_return text;
  }
  static Awaitable<Result<>> write_texts(Stream& stream, std::vector<std::string_view> pieces) {
    co_return co_await stream.write(pieces);
  }
  Stream& near() { return pair_.near; }
  Sealed& far() {
    if (!far_) throw std::logic_error("the handshake failed");
    return *far_;
  }

  const std::string ca_file_ = testing::TempDir() + "session_" + std::to_string(::getpid());
  asio::io_context io_;
  loopback::Pair pair_{io_};
  std::optional<Sealed> far_;
};

TEST_F(TlsStreamTest, CarriesBytesBothWays) {
  ASSERT_TRUE(run(io_, write_texts(near(), {"a", "", "bc"})));
  EXPECT_EQ(far().receive_until("c"), "abc");
  far().send("hello");
  EXPECT_EQ(run(io_, read_text(near())), "hello");
}

TEST_F(TlsStreamTest, MakesOneRecordOfSmallPieces) {
  const std::vector<std::string_view> pieces{"head", "body"};
  EXPECT_EQ(*near().write_now(pieces), 8u);
  EXPECT_EQ(far().receive_some(), "headbody");
}

TEST_F(TlsStreamTest, WritesMoreThanTheSocketTakes) {
  const std::string large = loopback::large_text(16'777'216);
  std::string received;
  std::thread reader([&] { received = far().receive_until(">"); });
  ASSERT_TRUE(run(io_, write_texts(near(), {"<", large, ">"})));
  reader.join();
  EXPECT_TRUE(received == "<" + large + ">");
}

TEST_F(TlsStreamTest, TellsAnEndFromACut) {
  far().send("abc");
  far().end_sending();
  EXPECT_EQ(run(io_, read_text(near())), "abc");
  EXPECT_EQ(run(io_, read_text(near())), "") << "it said so";
}

TEST_F(TlsStreamTest, TakesACloseWithoutACloseNotifyForACut) {
  far().send("abc");
  far().close();
  EXPECT_EQ(run(io_, read_text(near())), "abc");
  EXPECT_EQ(run(io_, read_text(near())), "disconnected client");
}

TEST_F(TlsStreamTest, TellsThePeerOfItsEnd) {
  near().end_sending();
  EXPECT_EQ(far().receive_all(), "");
  far().send("still there");
  EXPECT_EQ(run(io_, read_text(near())), "still there") << "one direction only";
}

TEST_F(TlsStreamTest, AResetIsACut) {
  near().reset();
  EXPECT_EQ(far().receive_all(), "(cut)");
}

TEST_F(TlsStreamTest, TimesOut) {
  near().expect_within(20ms);
  EXPECT_EQ(run(io_, read_text(near())), "timed_out client");
}

TEST_F(TlsStreamTest, TakesTicketsForNoSignOfLife) {
  EXPECT_FALSE(near().is_readable_or_closed()) << "the server's tickets are there, unread";
  far().send("unasked");
  while (!near().is_readable_or_closed()) std::this_thread::yield();
  EXPECT_EQ(run(io_, read_text(near())), "unasked") << "it was only looked at";
  far().end_sending();
  while (!near().is_readable_or_closed()) std::this_thread::yield();
}

TEST_F(TlsStreamTest, IsOfNoUseOnceClosed) {
  near().close();
  EXPECT_EQ(run(io_, read_text(near())).substr(0, 12), "disconnected");
  const std::string_view text = "x";
  EXPECT_FALSE(near().write_now({&text, 1}));
}

}  // namespace
}  // namespace festina::net
