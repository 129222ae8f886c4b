// Selection: what of a stored response a request gets, and whether it is worth waiting for while it is still arriving.
#pragma once

#include "edge/exchange.h"
#include "http/selection.h"

namespace festina::edge {

// A range that starts no further than this ahead of what has arrived is waited for (storage-and-cluster.md §1).
inline constexpr std::uint64_t kMaxRangeWait = std::uint64_t{1024} * 1024;

// A response whose origin sent no validator has the one the edge made for browsers (reference §1.10).
http::Selection selection_of(const Exchange&, const cache::Entry&);

// Does the request ask for bytes that are far ahead of what has arrived? They are sooner fetched than waited for.
bool is_far_ahead(const Exchange&, const cache::Entry&);

}  // namespace festina::edge
