// File path: which file below a directory a URL's path names.
//
// What could be read in two ways names none: an encoded slash or backslash, a NUL, a bad escape, a segment that climbs.
// So do hidden files: a segment that begins with a dot keeps ".git" and ".env" at home, whoever copied them there. The
// exception is "/.well-known/" at the root (RFC 8615).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace festina::edge {

// "/a%20b/" is "a b/index.html": relative, decoded, never empty. Requires: a path that begins with "/".
std::optional<std::string> file_path(std::string_view url_path);

}  // namespace festina::edge
