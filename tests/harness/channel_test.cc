#include "harness/channel.h"

#include <gtest/gtest.h>

#include "harness/client.h"
#include "harness/origin.h"
#include "harness/websocket.h"

namespace festina::harness {
namespace {

TEST(Harness, SpeaksTls) {
  Origin origin(net::certificates::Authority().issue({}));
  origin.answers("/a", ok("hello"));
  EXPECT_TRUE(origin.url().starts_with("https://"));
  const Answer answer = fetch(origin.url(), "https://localhost/a");
  EXPECT_EQ(answer.body, "hello");
  EXPECT_TRUE(answer.complete);
}

TEST(Harness, SpeaksWebSocket) {
  // The example of RFC 6455 §1.3.
  EXPECT_EQ(websocket::proof("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  using websocket::Opcode;
  using websocket::Sender;
  for (const Sender sender : {Sender::client, Sender::server}) {
    std::string bytes = websocket::frame(sender, Opcode::text, "hello");
    EXPECT_EQ(bytes.find("hello") == std::string::npos, sender == Sender::client) << "masked";
    std::string half = bytes.substr(0, bytes.size() - 1);
    EXPECT_FALSE(websocket::take_frame(half));
    bytes += "behind";
    const auto frame = websocket::take_frame(bytes);
    if (!frame) FAIL();
    EXPECT_EQ(frame->payload, "hello");
    EXPECT_EQ(bytes, "behind");
  }
}

}  // namespace
}  // namespace festina::harness
