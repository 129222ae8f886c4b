// Messages: heads of requests and responses. Bodies travel beside them, so that judging needs none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/headers.h"
#include "http/url.h"

namespace festina::http {

enum class Method : std::uint8_t {
  get,
  head,
  post,
  put,
  patch,
  del,
  options,
  trace,
  connect,
  purge,
  other
};
Method method_of(std::string_view);
// Safe methods ask for nothing but a representation (RFC 9110 §9.2.1).
bool is_safe(Method);
// Doing it twice does what doing it once does (RFC 9110 §9.2.2).
bool is_idempotent(Method);

using Status = std::uint16_t;
// The reason phrase of RFC 9110 §15 and of the edge's own 52x, 53x statuses; "Unknown" for the rest.
std::string_view reason_phrase(Status);
// A response with this status to this method has no body (RFC 9110 §6.4.1).
bool has_no_body(Method, Status);

struct Request {
  Method method = Method::get;
  std::string method_text = "GET";
  Url url;  // the effective target, normalised by whoever received the request
  Headers headers;

  std::string_view host() const { return url.host; }
};

struct Response {
  Status status = 200;
  Headers headers;
};

}  // namespace festina::http
