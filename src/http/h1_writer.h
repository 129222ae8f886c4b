// Writer: heads of HTTP/1.1 messages and the bytes around their chunks (RFC 9112).
//
// Connection, Content-Length and Transfer-Encoding come from the frame: such lines in headers are not written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "http/message.h"

namespace festina::http {

// A whole request head. Host is the authority of the request's URL, whatever its headers say (RFC 9112 §3.2.2); Upgrade
// among them gets its Connection line (RFC 9110 §7.8).
std::string request_head_text(const Request&, std::string_view target, BodyFrame);

// Appends status line and field lines, without the empty line at the end.
void append_response_lines(std::string& out, const Response&);
// Appends only the field lines.
void append_field_lines(std::string& out, const Headers&);
// Appends the line that frames the body, "Content-Length: n" or "Transfer-Encoding: chunked"; nothing for the rest.
void append_frame_line(std::string& out, BodyFrame);

// The bytes around one chunk, and those that end a chunked body (RFC 9112 §7.1). Requires: size > 0.
std::string chunk_prefix(std::size_t size);
inline constexpr std::string_view kChunkSuffix = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace festina::http
