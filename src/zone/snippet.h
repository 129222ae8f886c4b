// Snippet: a script that runs on its routes in front of the Worker there, if there is one, and of the cache (reference
// §0.3, §9.5).
//
// It has routes and a module, and nothing else: no binding, no host of its own. What it fetches of its zone goes on to what
// stands behind it, so that it never meets itself or another Snippet of the zone.
#pragma once

#include "zone/table.h"
#include "zone/wrangler.h"

namespace festina::zone {

// Makes a Snippet of what a wrangler file describes. Problems of `entry`, its [[scripts]] table: what a Snippet cannot
// have, and that it has no route.
void make_snippet(Wrangler&, const Table& entry);

}  // namespace festina::zone
