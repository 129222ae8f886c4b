// Header lines: how an entry keeps the header of a stored response, as text in two parts.
//
// What every HTTP/1.1 client is sent is ready to send. What differs per reply (Age, Date, Server, CF-*, Cache-Status,
// Cache-Control, Expires) or concerns only us (Cache-Tag, Cloudflare-CDN-Cache-Control) is hidden behind it; of a response
// that the edge keeps coded also what differs by coding (ETag, Accept-Ranges, digests). Fields of the connection and of
// framing are not kept.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace festina::cache {

struct HeaderText {
  std::string shown;  // with the status line
  std::string hidden;
};
// How the body is kept, and whether the shown lines must fit other codings of it, too.
enum class Kept : std::uint8_t { as_it_came, coded };
HeaderText header_text(http::Response, Kept = Kept::as_it_came);

// Such text, read again.
struct HeaderLines {
  std::string_view shown;
  std::string_view hidden;

  http::Headers fields() const;
  // Those that clients are shown, under the coding that came.
  http::Headers shown_fields() const;
  // Only those of these names.
  http::Headers fields(std::initializer_list<http::Name>) const;
  // The value of the first line of this name.
  std::optional<std::string_view> value(http::Name) const;
};

}  // namespace festina::cache
