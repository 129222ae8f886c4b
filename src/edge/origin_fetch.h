// Origin fetch: the request as an origin is asked, over HTTP or from files.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// The header an origin receives (reference §13.2): connection fields gone, Host of the target, who the client is, our
// entry in CDN-Loop.
http::Headers forwarded_headers(const Services&, const Exchange&);

// Asks the exchange's origin, over HTTP or from files; takes the exchange's body.
// Errors (origin): those of UpstreamClient::send.
Awaitable<Result<http::Reply>> fetch_origin(Services&, Exchange&);

}  // namespace festina::edge
