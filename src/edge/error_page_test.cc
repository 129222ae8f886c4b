#include "edge/error_page.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

TEST(StatusOf, TellsWhatFailedTowardsTheUpstream) {
  struct Case {
    ErrorCode code;
    http::Status status;
    std::uint16_t shown;
    std::string_view why;
  };
  const Case cases[] = {
      {ErrorCode::refused, 521, 521, "nobody listens"},
      {ErrorCode::connect_timed_out, 522, 522, "no connection in time, or no place for one"},
      {ErrorCode::timed_out, 524, 524, "connected, but no answer"},
      {ErrorCode::tls_failed, 525, 525, "no TLS could be agreed on"},
      {ErrorCode::untrusted, 526, 526, "the certificate proves nothing"},
      {ErrorCode::unresolved, 530, 1016, "the name has no address"},
      {ErrorCode::disconnected, 520, 520, "closed without an answer"},
      {ErrorCode::malformed, 520, 520, "an answer that is none"},
      {ErrorCode::exhausted, 503, 503, "too many wait"},
      {ErrorCode::worker_unavailable, 503, 1102, "the Worker's process is gone"},
      {ErrorCode::io, 500, 500, "our own failure"},
  };
  for (const Case& c : cases) {
    const ErrorStatus status = status_of({c.code, Side::origin, ""});
    EXPECT_EQ(status.status, c.status) << c.why;
    EXPECT_EQ(status.code, c.shown) << c.why;
  }
}

}  // namespace
}  // namespace festina::edge
