#include "http/framing.h"

#include <string>

#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::http {

FramingFields framing_fields(const Headers& headers) {
  FramingFields found;
  for (const Field& field : headers) {
    switch (field.name) {
      case Name::host:
        ++found.hosts;
        break;
      case Name::content_length:
        ++found.lengths;
        found.length = field.value;
        break;
      case Name::transfer_encoding:
        ++found.codings;
        found.coding = field.value;
        break;
      case Name::connection:
        found.close = found.close || list_has_token(field.value, "close");
        found.keep_alive = found.keep_alive || list_has_token(field.value, "keep-alive");
        break;
      case Name::expect:
        found.expects_continue = list_has_token(field.value, "100-continue");
        break;
      default:
        break;
    }
  }
  return found;
}

Result<BodyFrame> stated_frame(const FramingFields& said, Version version, Side side) {
  const auto malformed = [&](std::string_view why) {
    return Error{ErrorCode::malformed, side, std::string(why)};
  };
  if (said.codings > 0) {
    if (said.lengths > 0) return malformed("both Content-Length and Transfer-Encoding");
    if (version == Version::http_1_0) return malformed("Transfer-Encoding in HTTP/1.0");
    if (said.codings > 1 || !equal_ignoring_case(said.coding, "chunked")) {
      return malformed("a transfer coding that is not chunked");
    }
    return BodyFrame{Framing::chunked, 0};
  }
  if (said.lengths == 0) return BodyFrame{};
  const auto length = parse_decimal(said.length);
  if (said.lengths > 1 || !length) return malformed("Content-Length is not one number");
  return BodyFrame{Framing::length, *length};
}

bool keeps_alive(const FramingFields& said, Version version) {
  return !said.close && (said.keep_alive || version == Version::http_1_1);
}

bool is_framing_field(Name name) {
  return name == Name::content_length || name == Name::transfer_encoding ||
         name == Name::connection;
}

}  // namespace festina::http
