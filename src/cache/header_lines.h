// Header lines: how an entry keeps the header of a stored response, as text in two parts.
//
// What every HTTP/1.1 client is sent is ready to send. What differs per reply (Age, Date, Server, CF-*, Cache-Status,
// Cache-Control, Expires) or concerns only us (Cache-Tag, Cloudflare-CDN-Cache-Control) is hidden behind it. Fields of
// the connection and of framing are not kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace festina::cache {

struct HeaderText {
  std::string shown;  // with the status line
  std::string hidden;
};
HeaderText header_text(http::Response);

// Is a field of this name among the hidden ones?
bool is_hidden(http::Name, std::string_view name_text);

// Takes the first line off such lines; nothing at their end.
std::optional<http::Field> take_line(std::string_view& lines);
std::string_view without_status_line(std::string_view shown);

}  // namespace festina::cache
