// Validation: asking the upstream whether a stored response still holds, and freshening it after a 304
// (RFC 9111 §4.3, §3.2).
#pragma once

#include <cstdint>
#include <optional>

#include "http/message.h"
#include "policy/stored_response.h"

namespace festina::policy {

bool has_validator(const StoredResponse&);

// Adds If-None-Match and If-Modified-Since from the stored validators (§4.3.1), as the stored header has them. The
// client's own preconditions and Range must be gone: the edge answers those itself.
void make_conditional(http::Request&, const StoredResponse&, const http::Headers& stored_headers);

// Removes what an eligible request must not ask the upstream: Range and every precondition (reference §1.8).
void make_unconditional(http::Headers& request_headers);

// Does the 200 to a HEAD speak of the very response that is stored (RFC 9111 §4.3.5)? It says of one validator at least
// that it is the same, and of none that it is another, nor of the length.
bool confirms(
    const http::Response& to_head, http::Status stored_status, const http::Headers& stored,
    std::optional<std::uint64_t> stored_length
);

// The stored header with the fields of the 304 in place of its own (§3.2): all but those that describe the body and
// those of the connection.
http::Headers freshened(const http::Headers& stored, const http::Headers& not_modified);

}  // namespace festina::policy
