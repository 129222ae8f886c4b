// One HTTP/1.1 client connection → Handler calls (RFC 9112).
//
// Requests of a connection are answered in order; the next one is read when the answer is written. A refused message is
// answered with the 4xx or 501 it deserves and the connection closes.
#pragma once

#include <cstddef>
#include <memory>

#include "http/handler.h"
#include "net/server_state.h"
#include "net/stream.h"

namespace festina::net {

// A request body that its handler did not read is read up to here, so that the connection can go on.
inline constexpr std::size_t kMaxDiscarded = 262'144;

// Serves until the connection ends. It counts as open from this call on. `scheme` is what the listener speaks; a target
// in absolute form names its own. The handler outlives the connection; a body that it kept is void after its request.
Awaitable<> serve_h1(Stream, http::Handler&, http::Scheme, std::shared_ptr<ServerState>);

}  // namespace festina::net
