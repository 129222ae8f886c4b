// Pipeline: the life of a request, of a client's and of a Worker's. The front door of the layer.
#pragma once

#include "edge/exchange.h"
#include "workers/outbound.h"

namespace festina::edge {

// The life of one client request.
Awaitable<http::Reply> serve(Services&, http::Incoming);

// The life of one fetch() made by a Worker.
Awaitable<http::Reply> subrequest(Services&, workers::Caller, http::Incoming);

}  // namespace festina::edge
