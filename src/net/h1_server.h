// One HTTP/1.1 client connection → Handler calls (RFC 9112).
//
// Requests of a connection are answered in order; the next one is read when the answer is written. A refused message is
// answered with the 4xx or 501 it deserves and the connection closes. A handler that answers 101 with a tunnel takes the
// connection away from HTTP.
#pragma once

#include <memory>

#include "http/handler.h"
#include "net/greeting.h"
#include "net/server_state.h"
#include "net/stream.h"

namespace festina::net {

// What a connection is served with.
struct H1Service {
  http::Handler& handler;  // outlives the connection
  http::Scheme scheme;     // what the listener speaks; a target in absolute form names its own
  std::shared_ptr<ServerState> state;
  std::shared_ptr<const Greeting> greeting;
  TaskGroup& group;  // of the connections: a tunnel runs one of its ways in it
};

// Serves until the connection ends. It counts as open from this call on. A body that the handler kept is void after its
// request.
Awaitable<> serve_h1(Stream, H1Service);

}  // namespace festina::net
