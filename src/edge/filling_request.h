// Filling request: what a fill asks of the upstream, for everybody who waits for it.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// To the service a HEAD is a GET for everybody (reference §1.7); by the RFC it goes on as it is, and may freshen what is
// stored (RFC 9111 §4.3.5). In the background nobody waits for its answer: there a body is worth more.
bool goes_as_head(const Exchange&);

// The starter's request as it goes upstream: a GET without the client's own conditions and range, in a coding the edge can
// undo, for it is stored for everybody (reference §1.7, §1.8, §11.7); conditional where something found may be validated.
// A body of a GET has no meaning to a cache and is left behind.
http::Request filling_request(const Exchange& starter, const cache::EntryRef& found);
// What a fill knows of the request that started it, with the request it sends.
Exchange filling_exchange(const Exchange& starter, const cache::EntryRef& found);

}  // namespace festina::edge
