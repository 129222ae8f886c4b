// Caching fetch: one fetch through the cache, for a client or for a Worker's subrequest. lookup → judge → serve or fill.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// Errors: those of the upstream, when nothing stored may answer in its place.
Awaitable<Result<http::Reply>> caching_fetch(Services&, Exchange&);

}  // namespace festina::edge
