#include "http/handler.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

TEST(TextReply, SaysTypeAndLength) {
  const Reply reply = text_reply(404, "text/plain", "not here");
  EXPECT_EQ(reply.response.status, 404);
  EXPECT_EQ(reply.response.headers.get(Name::content_type), "text/plain");
  EXPECT_EQ(reply.response.headers.get(Name::content_length), "8");
  EXPECT_EQ(reply.body.whole.view(), "not here");
  EXPECT_TRUE(reply.prepared.empty());
}

TEST(TextReply, MayBeEmpty) {
  EXPECT_EQ(text_reply(200, "text/plain", "").response.headers.get(Name::content_length), "0");
}

}  // namespace
}  // namespace festina::http
