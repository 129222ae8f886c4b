// Media type: what a file's name says of its content (RFC 9110 §8.3.1; names as registered with IANA).
#pragma once

#include <string_view>

namespace festina::http {

// The Content-Type for an extension in lower case, without its dot. Text has the charset it is written in today;
// application/octet-stream for what is not in the table.
std::string_view media_type(std::string_view extension);

}  // namespace festina::http
