// Deliver: the reply as the asker gets it: preconditions answered, header edited, the edge's own fields added.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// Makes the final reply of an exchange. `reply` is what caching_fetch gave; an error becomes its page.
http::Reply deliver(const Services&, Exchange&, Result<http::Reply> reply);

}  // namespace festina::edge
