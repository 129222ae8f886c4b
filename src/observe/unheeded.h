// Unheeded: what a Worker says in vain: what it wrote into its answer for a cache that is not there.
//
// A Worker runs before the cache, so nothing stores its answer (reference §16.11). Fields that speak to this cache alone have
// no effect then, and directives that speak to every cache reach browsers alone. Explain says so, and what to do.
#pragma once

#include <string>

#include "http/headers.h"

namespace festina::observe {

// The fields that nothing heeds in an answer that a Worker made itself, and the three remedies, as one sentence each, with
// a line end between them; empty when there are none. An answer that carries CF-Cache-Status came out of a cache, which
// has heeded them.
std::string unheeded(const http::Headers& answer);

}  // namespace festina::observe
