#include "http/message.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

TEST(Method, IsKnownByItsExactName) {
  const struct {
    std::string_view text;
    Method method;
    bool safe;
  } cases[] = {
      {"GET", Method::get, true},
      {"HEAD", Method::head, true},
      {"POST", Method::post, false},
      {"PUT", Method::put, false},
      {"PATCH", Method::patch, false},
      {"DELETE", Method::del, false},
      {"OPTIONS", Method::options, true},
      {"TRACE", Method::trace, true},
      {"CONNECT", Method::connect, false},
      {"PURGE", Method::purge, false},
      {"PROPFIND", Method::other, false},
      {"get", Method::other, false},
      {"", Method::other, false},
      {"GETS", Method::other, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(method_of(c.text), c.method) << c.text;
    EXPECT_EQ(is_safe(c.method), c.safe) << c.text;
  }
}

TEST(Method, IsIdempotentWhenDoneTwiceIsDoneOnce) {
  for (const Method method : {Method::get, Method::head, Method::options, Method::put, Method::del})
    EXPECT_TRUE(is_idempotent(method));
  for (const Method method : {Method::post, Method::patch, Method::purge, Method::other})
    EXPECT_FALSE(is_idempotent(method));
}

TEST(ReasonPhrase, IsThatOfTheStatus) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(413), "Content Too Large");
  EXPECT_EQ(reason_phrase(522), "Connection Timed Out");
  EXPECT_EQ(reason_phrase(530), "Unknown Host");
  EXPECT_EQ(reason_phrase(299), "Unknown");
}

TEST(Body, FollowsMostResponses) {
  const struct {
    Method method;
    Status status;
    bool none;
    std::string_view why;
  } cases[] = {
      {Method::get, 200, false, "plain"},
      {Method::get, 404, false, "errors have bodies"},
      {Method::head, 200, true, "HEAD (RFC 9110 §9.3.2)"},
      {Method::head, 404, true, "HEAD"},
      {Method::get, 100, true, "informational (RFC 9110 §15.2)"},
      {Method::get, 199, true, "informational"},
      {Method::get, 204, true, "No Content (RFC 9110 §15.3.5)"},
      {Method::get, 205, false, "Reset Content is framed as empty, not bodiless"},
      {Method::get, 304, true, "Not Modified (RFC 9110 §15.4.5)"},
      {Method::connect, 200, true, "a tunnel follows (RFC 9110 §9.3.6)"},
      {Method::connect, 407, false, "a refused tunnel"},
  };
  for (const auto& c : cases) EXPECT_EQ(has_no_body(c.method, c.status), c.none) << c.why;
}

}  // namespace
}  // namespace festina::http
