#include "http/forwarding.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::http {
namespace {

// RFC 9110 §7.6.1, and what frames a message. Trailers are dropped with their announcement.
bool concerns_the_connection(Name name) {
  switch (name) {
    case Name::connection:
    case Name::proxy_connection:
    case Name::keep_alive:
    case Name::te:
    case Name::trailer:
    case Name::transfer_encoding:
    case Name::content_length:
    case Name::upgrade:
      return true;
    default:
      return false;
  }
}

// Protocols whose messages an intermediary has to see.
bool carries_requests(std::string_view protocol) {
  return starts_with_ignoring_case(protocol, "h2") || starts_with_ignoring_case(protocol, "http") ||
         starts_with_ignoring_case(protocol, "tls");
}

void append_member(Headers& headers, Name name, std::string_view member) {
  std::string list = headers.joined(name).value_or("");
  festina::append_member(list, member);
  headers.set(name, list);
}

}  // namespace

void remove_connection_fields(Headers& headers) {
  const auto named = headers.joined(Name::connection);
  headers.remove_if([&](const Field& field) {
    return concerns_the_connection(field.name) ||
           (named && field.name == Name::other && list_has_token(*named, field.name_text));
  });
}

std::optional<std::string> requested_upgrade(const Headers& headers) {
  auto protocol = headers.joined(Name::upgrade);
  if (!protocol) return {};  // nearly every request
  const auto connection = headers.joined(Name::connection);
  if (!connection || !list_has_token(*connection, "upgrade")) return {};
  const bool is_one = !protocol->empty() && protocol->find(',') == std::string::npos;
  if (!is_one || carries_requests(*protocol)) return {};
  return protocol;
}

void remove_connection_fields_but_upgrade(Headers& headers) {
  const auto upgrade = requested_upgrade(headers);
  remove_connection_fields(headers);
  if (upgrade) headers.set(Name::upgrade, *upgrade);
}

bool is_order_to_proxy(const Field& field) {
  constexpr std::string_view orders[] = {
      "x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect"
  };
  return field.name == Name::other && std::ranges::any_of(orders, [&field](std::string_view order) {
           return equal_ignoring_case(field.name_text, order);
         });
}

bool is_disguised(const Field& field) {
  if (field.name != Name::other || field.name_text.find('_') == std::string_view::npos)
    return false;
  std::string plain(field.name_text);
  std::ranges::replace(plain, '_', '-');
  return name_of(plain) != Name::other || equal_ignoring_case(plain, kTrueClientIp) ||
         starts_with_ignoring_case(plain, "cf-") || starts_with_ignoring_case(plain, "x-festina-");
}

std::size_t loop_count(const Headers& headers, std::string_view cdn) {
  std::size_t times = 0;
  for (const Field& field : headers) {
    if (field.name != Name::cdn_loop) continue;
    ListReader members(field.value);
    while (const auto member = members.next()) {
      const std::string_view id = trimmed(member->substr(0, member->find(';')));
      if (equal_ignoring_case(id, cdn)) ++times;
    }
  }
  return times;
}

void mark_loop(Headers& headers, std::string_view cdn) {
  append_member(headers, Name::cdn_loop, cdn);
}

void append_via(Headers& headers, std::string_view version, std::string_view pseudonym) {
  append_member(headers, Name::via, std::string(version) + " " + std::string(pseudonym));
}

void append_forwarded(
    Headers& headers, std::string_view client_address, std::string_view host,
    std::string_view scheme
) {
  const auto value = [](std::string_view text) {
    return is_token(text) ? std::string(text) : quoted(text);
  };
  const bool is_v6 = client_address.find(':') != std::string_view::npos;
  const std::string address(client_address);
  append_member(
      headers,
      Name::forwarded,
      "for=" + value(is_v6 ? "[" + address + "]" : address) + ";host=" + value(host) +
          ";proto=" + std::string(scheme)
  );
}

void append_forwarded_for(Headers& headers, std::string_view client_address) {
  append_member(headers, Name::x_forwarded_for, client_address);
}

}  // namespace festina::http
