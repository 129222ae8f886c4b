// Upstream: whoever answers when the cache does not: an origin, or a Worker.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// Who answers this request for its zone: the Snippet of the most specific route, else who stands behind it.
Upstream upstream_for(const std::shared_ptr<const zone::Zone>&, const http::Request&);
// Behind the Snippets: the Worker of the most specific route, else the origin of `host`, as a rule the URL's.
Upstream behind_snippets(
    const std::shared_ptr<const zone::Zone>&, const http::Url&, std::string_view host
);
// What stands behind the routes for this host: a Worker's fetch() never meets those of its own zone again (reference
// §4.5). The Worker of a custom domain is an origin like any other.
Upstream origin_of(const std::shared_ptr<const zone::Zone>&, std::string_view host);
// A host that is no zone of ours, as the URL names it.
Upstream foreign_origin(const http::Url&);

// What the Worker that is asked may do for this request, and counts as the request's own.
std::shared_ptr<workers::Quota> new_quota(const Exchange&);

// Asks the upstream and streams its answer; takes the exchange's body, notes the status that came.
// Errors: those of the origin or Worker; permission_denied (worker) for a private address a Worker may not reach.
Awaitable<Result<http::Reply>> fetch_upstream(Services&, Exchange&);

}  // namespace festina::edge
