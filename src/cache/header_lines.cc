#include "cache/header_lines.h"

#include <utility>

#include "base/text.h"
#include "http/forwarding.h"
#include "http/h1_writer.h"

namespace festina::cache {

// Fields that the edge writes anew for every reply, or shows to no client (reference §2, §3.1).
bool is_hidden(http::Name name, std::string_view name_text) {
  switch (name) {
    case http::Name::age:
    case http::Name::cache_control:
    case http::Name::cache_status:
    case http::Name::cache_tag:
    case http::Name::cloudflare_cdn_cache_control:
    case http::Name::date:
    case http::Name::expires:
    case http::Name::server:
      return true;
    default:
      return starts_with_ignoring_case(name_text, "cf-");
  }
}

HeaderText header_text(http::Response stored) {
  http::remove_connection_fields(stored.headers);
  http::Headers hidden = stored.headers;
  const auto is_one = [](const http::Field& field) {
    return is_hidden(field.name, field.name_text);
  };
  hidden.remove_if([&](const http::Field& field) { return !is_one(field); });
  stored.headers.remove_if(is_one);
  HeaderText text;
  http::append_response_lines(text.shown, stored);
  http::append_field_lines(text.hidden, hidden);
  return text;
}

std::string_view without_status_line(std::string_view shown) {
  return shown.substr(shown.find('\n') + 1);
}

std::optional<http::Field> take_line(std::string_view& lines) {
  if (lines.empty()) return std::nullopt;
  const std::string_view line = lines.substr(0, lines.find('\r'));
  lines.remove_prefix(line.size() + 2);
  const std::string_view name = line.substr(0, line.find(':'));
  return http::Field{http::name_of(name), name, line.substr(name.size() + 2)};
}

}  // namespace festina::cache
