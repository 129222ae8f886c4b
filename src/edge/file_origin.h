// File origin: a directory as an origin. GET and HEAD of regular files: types, validators, conditions and ranges,
// precompressed siblings, index.html for a directory.
//
// A sibling "app.js.br", ".zst" or ".gz" stands in for "app.js" where the client prefers its coding and asks for no range;
// it is another representation, with an ETag of its own. A fill asks for br and gzip (ADR 14), so such a sibling is what
// is cached. A sibling older than its file is left alone: somebody forgot to make it anew.
#pragma once

#include "base/work_pool.h"
#include "http/handler.h"
#include "zone/zone.h"

namespace festina::edge {

// Per read of a body; what is not larger is read at once and sent in one piece.
inline constexpr std::size_t kFileReadBytes = std::size_t{256} * 1024;

// Answers from the directory: 200, 206, 301 to a directory's "/", 304, 404, 405, 412, 416.
// Errors: io, truncated (origin): the directory cannot be opened, the file changed while it was read; io (self).
// Requires: a normalised path.
Awaitable<Result<http::Reply>> fetch_file(
    WorkPool&, const zone::Origin&, http::Request request, TimePoint now
);

}  // namespace festina::edge
