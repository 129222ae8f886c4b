#include "http/h1_writer.h"

#include <array>
#include <charconv>

namespace festina::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base) {
  std::array<char, 20> digits;
  const auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  out.append(digits.data(), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string request_head_text(const Request& request, std::string_view target, BodyFrame frame) {
  std::string text;
  text.reserve(1024);
  text.append(request.method_text).append(" ").append(target).append(" HTTP/1.1\r\n");
  append_line(text, spelling(Name::host), request.url.authority());
  for (const Field& field : request.headers) {
    if (field.name != Name::host && !is_framing_field(field.name))
      append_line(text, field.name_text, field.value);
  }
  if (request.headers.has(Name::upgrade)) text.append("Connection: upgrade\r\n");
  append_frame_line(text, frame);
  text.append("\r\n");
  return text;
}

void append_response_lines(std::string& out, const Response& response) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status, 10);
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  append_field_lines(out, response.headers);
}

void append_field_lines(std::string& out, const Headers& headers) {
  for (const Field& field : headers) {
    if (!is_framing_field(field.name)) append_line(out, field.name_text, field.value);
  }
}

void append_frame_line(std::string& out, BodyFrame frame) {
  if (frame.framing == Framing::chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (frame.framing != Framing::length) return;
  out.append("Content-Length: ");
  append_number(out, frame.length, 10);
  out.append("\r\n");
}

std::string chunk_prefix(std::size_t size) {
  std::string prefix;
  append_number(prefix, size, 16);
  return prefix.append("\r\n");
}

}  // namespace festina::http
