// Coded body: bodies read through a decoder, and parts of bodies.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "http/content_coding.h"
#include "http/range.h"

namespace festina::http {

// The body without its coding, decoded as it is read. `length`: of what comes out, when that is known.
// Errors of reading: malformed, too_large, truncated (origin), those of the body.
// Requires: not identity.
Body decoded_body(Body coded, Coding, std::optional<std::uint64_t> length = {});

// Those bytes of a body; what stands before them is read and dropped. Requires: the body has them.
// Errors of reading: truncated (self) when it has not.
Body part_of_body(Body, ByteRange);

}  // namespace festina::http
