// Live logs: streams of JSON lines, for as long as the client reads and the node runs.
#pragma once

#include "control/envelope.h"
#include "control/services.h"
#include "observe/feed.h"

namespace festina::control {

// The filter a query string asks for: zone, host, status, colo and, when the feed is of Workers, script; each may be
// repeated or name several with commas between them. A status is "404", "5xx" or "400-499".
// Errors: malformed (client) for another name, an empty value, a status that is none, a colo or zone that is not there.
Result<observe::FeedFilter> feed_filter(
    const ControlServices&, const Parameters&, observe::FeedKind
);

// GET /festina/v1/logs: a line for each request, as in the access log.
http::Reply logs(const ControlServices&, const http::Request&);
// GET /festina/v1/tail: the same, and what Workers print and throw.
http::Reply tail(const ControlServices&, const http::Request&);

}  // namespace festina::control
