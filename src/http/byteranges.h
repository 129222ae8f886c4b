// Byteranges: several parts of one representation in one body, multipart/byteranges (RFC 9110 §14.6, RFC 2046 §5.1).
//
//   --boundary CRLF Content-Type: of the whole CRLF Content-Range: bytes 0-1/10 CRLF CRLF bytes CRLF   for each part
//   --boundary-- CRLF
//
// Every length is known before the first byte is read, so that such an answer has a Content-Length.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "http/range.h"

namespace festina::http {

// A line that no body holds but by a chance of 2^-128.
std::string random_boundary();
// The Content-Type of the whole message.
std::string byteranges_type(std::string_view boundary);

struct BytesOfRange {
  ByteRange range;
  Body body;  // exactly range.size() bytes
};
// `content_type`: of the representation, empty when it has none; `length`: of the representation.
Body byteranges_body(
    std::string_view boundary, std::string_view content_type, std::uint64_t length,
    std::vector<BytesOfRange> parts
);

}  // namespace festina::http
