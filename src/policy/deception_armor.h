// Cache Deception Armor: is a response what its URL's extension promises? (reference §3.8)
//
// An attacker may send a user to "/account/x.css": an origin that answers it with the account's page would have the page
// stored for everybody. With the armor on, a response whose Content-Type does not fit the extension is not stored.
#pragma once

#include <string_view>

#include "http/headers.h"

namespace festina::policy {

// True when the Content-Type fits the extension of the path, when it is application/octet-stream, which says nothing, and
// when the path has no extension we know a type of. Re-encodings fit: any image type an image, video a GIF. A response
// without a Content-Type, or with two, fits no extension, for browsers guess.
bool fits_extension(const http::Headers& response_headers, std::string_view path);

}  // namespace festina::policy
