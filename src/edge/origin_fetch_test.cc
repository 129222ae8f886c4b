#include "edge/origin_fetch.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

Error origin_error(ErrorCode code) { return {code, Side::origin, "why"}; }

TEST(MayMoveOn, OnlyWhenNoServerCanHaveProcessedIt) {
  using http::Method;
  const struct {
    ErrorCode code;
    Method method;
    BodyLeft left;
    bool may;
    std::string_view why;
  } cases[] = {
      {ErrorCode::refused, Method::get, BodyLeft::none_needed, true, "nobody listened"},
      {ErrorCode::refused, Method::post, BodyLeft::all, true, "nor did anybody read"},
      {ErrorCode::refused, Method::post, BodyLeft::not_all, false, "half a body is none"},
      {ErrorCode::connect_timed_out, Method::post, BodyLeft::all, true, "no connection"},
      {ErrorCode::unresolved, Method::patch, BodyLeft::all, true, "no address"},
      {ErrorCode::tls_failed, Method::post, BodyLeft::all, true, "no handshake"},
      {ErrorCode::untrusted, Method::post, BodyLeft::all, true, "an impostor got nothing"},
      {ErrorCode::exhausted, Method::post, BodyLeft::all, true, "it never left this house"},
      {ErrorCode::disconnected, Method::get, BodyLeft::none_needed, true, "twice does no harm"},
      {ErrorCode::truncated, Method::del, BodyLeft::none_needed, true, "idempotent too"},
      {ErrorCode::timed_out, Method::head, BodyLeft::none_needed, true, "unanswered"},
      {ErrorCode::disconnected, Method::put, BodyLeft::all, false, "with a body: it may be stored"},
      {ErrorCode::disconnected, Method::post, BodyLeft::none_needed, false, "it may be done"},
      {ErrorCode::timed_out, Method::post, BodyLeft::all, false, "it may be under way"},
      {ErrorCode::malformed, Method::get, BodyLeft::none_needed, false, "that was an answer"},
      {ErrorCode::too_large, Method::get, BodyLeft::none_needed, false, "that too"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(may_move_on(origin_error(c.code), c.method, c.left), c.may) << c.why;
}

TEST(MayMoveOn, NotForAFaultOfTheClient) {
  const Error broken{ErrorCode::disconnected, Side::client, "the body broke off"};
  EXPECT_FALSE(may_move_on(broken, http::Method::get, BodyLeft::none_needed));
}

}  // namespace
}  // namespace festina::edge
