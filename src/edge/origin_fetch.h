// Origin fetch: the request as an origin is asked, over HTTP or from files; which of its servers is asked, and who next.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// The header an origin receives (reference §13.2): connection fields gone, Host of the target, who the client is, our
// entry in CDN-Loop.
http::Headers forwarded_headers(const Services&, const Exchange&);

// What is left of a request's body after an attempt to send it.
enum class BodyLeft : std::uint8_t {
  none_needed,  // the request has none
  all,
  not_all
};

// Did this failure leave the server without a connection from us? Then it has seen nothing of the request.
bool is_not_connected(const Error&);

// May a request that failed so be sent to another server? Only if no server can have processed it, or processing it
// twice does no harm (RFC 9110 §9.2.2).
bool may_move_on(const Error&, http::Method, BodyLeft);

// Asks the exchange's origin, over HTTP or from files; takes the exchange's body.
// Errors (origin): those of UpstreamClient::send, of the first server that was asked.
Awaitable<Result<http::Reply>> fetch_origin(Services&, Exchange&);

}  // namespace festina::edge
