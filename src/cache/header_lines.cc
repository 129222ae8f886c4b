#include "cache/header_lines.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/content_coding.h"
#include "http/forwarding.h"
#include "http/h1_writer.h"

namespace festina::cache {
namespace {

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

std::string_view without_status_line(std::string_view shown) {
  return shown.substr(shown.find('\n') + 1);
}

// Takes the first line off such lines; nothing at their end.
std::optional<http::Field> take_line(std::string_view& lines) {
  if (lines.empty()) return std::nullopt;
  const std::string_view line = lines.substr(0, lines.find('\r'));
  lines.remove_prefix(line.size() + 2);
  const std::string_view name = line.substr(0, line.find(':'));
  return http::Field{http::name_of(name), name, line.substr(name.size() + 2)};
}

std::optional<std::string_view> value_in(std::string_view lines, http::Name name) {
  while (const auto field = take_line(lines)) {
    if (field->name == name) return field->value;
  }
  return std::nullopt;
}

// Calls `use` with each field, those that are shown first.
template <class Use>
void for_each_field(const HeaderLines& header, Use use) {
  for (std::string_view lines : {without_status_line(header.shown), header.hidden}) {
    while (const auto field = take_line(lines)) use(*field);
  }
}

}  // namespace

HeaderText header_text(http::Response stored, Kept kept) {
  http::remove_connection_fields(stored.headers);
  http::Headers hidden = stored.headers;
  const auto is_one = [kept](const http::Field& field) {
    return is_hidden(field.name, field.name_text) ||
           (kept == Kept::coded && http::is_of_one_coding(field));
  };
  hidden.remove_if([&](const http::Field& field) { return !is_one(field); });
  stored.headers.remove_if(is_one);
  HeaderText text;
  http::append_response_lines(text.shown, stored);
  http::append_field_lines(text.hidden, hidden);
  return text;
}

http::Headers HeaderLines::fields() const {
  http::Headers headers;
  for_each_field(*this, [&](const http::Field& field) {
    headers.add(field.name_text, field.value);
  });
  return headers;
}

http::Headers HeaderLines::shown_fields() const {
  http::Headers headers;
  for_each_field(*this, [&](const http::Field& field) {
    if (!is_hidden(field.name, field.name_text)) headers.add(field.name_text, field.value);
  });
  return headers;
}

http::Headers HeaderLines::fields(std::initializer_list<http::Name> names) const {
  http::Headers headers;
  for_each_field(*this, [&](const http::Field& field) {
    if (std::ranges::find(names, field.name) != names.end())
      headers.add(field.name_text, field.value);
  });
  return headers;
}

std::optional<std::string_view> HeaderLines::value(http::Name name) const {
  const bool is_surely_hidden = is_hidden(name, http::spelling(name));
  const auto found = is_surely_hidden ? std::nullopt : value_in(without_status_line(shown), name);
  return found ? found : value_in(hidden, name);
}

}  // namespace festina::cache
