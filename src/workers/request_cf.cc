#include "workers/request_cf.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"

namespace festina::workers {
namespace {

json::Value text_or_nothing(std::string_view text) {
  return text.empty() ? json::Value() : json::Value(text);
}

// Degrees, as the reference's examples have them: "50.11552".
json::Value degrees(const std::optional<double>& value) {
  if (!value) return {};
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%.5f", *value);
  return json::Value(std::string_view(text, static_cast<std::size_t>(length)));
}

// OpenSSL names the ciphers of TLS 1.3 as RFC 8446 does, the service as BoringSSL once did; those of TLS 1.2 have one name.
std::string_view cipher_name(std::string_view openssl) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"TLS_AES_128_GCM_SHA256", "AEAD-AES128-GCM-SHA256"},
      {"TLS_AES_256_GCM_SHA384", "AEAD-AES256-GCM-SHA384"},
      {"TLS_CHACHA20_POLY1305_SHA256", "AEAD-CHACHA20-POLY1305-SHA256"},
  };
  for (const auto& [rfc, service] : names) {
    if (openssl == rfc) return service;
  }
  return openssl;
}

// A list of tokens and weights is printable ASCII; what is not is no such list.
bool is_shown(std::string_view accept_encoding) {
  return accept_encoding.size() <= kMaxShownAcceptEncoding &&
         std::ranges::all_of(accept_encoding, [](char c) { return c >= ' ' && c <= '~'; });
}

json::Value accept_encoding(const Visitor& who) {
  return is_shown(who.accept_encoding) ? text_or_nothing(who.accept_encoding) : json::Value();
}

// Whole milliseconds.
json::Value round_trip(const Visitor& who) {
  if (!who.connection || !who.connection->round_trip) return {};
  return std::chrono::round<std::chrono::milliseconds>(*who.connection->round_trip).count();
}

using Visit = policy::Visit;

// One of what is said of the connection; empty in the clear, which is an answer too.
template <auto kMember>
json::Value of_connection(const Visit&, const Visitor& who) {
  return who.connection ? json::Value((*who.connection).*kMember) : json::Value();
}
template <auto kMember>
json::Value of_place(const Visit& visit, const Visitor&) {
  return text_or_nothing(visit.place.*kMember);
}

struct Member {
  std::string_view name;
  json::Value (*value)(const Visit&, const Visitor&);  // null: not known
};

// clang-format off
constexpr Member kMembers[] = {
    {"colo", [](const Visit& visit, const Visitor&) { return text_or_nothing(visit.colo); }},
    {"country", [](const Visit& visit, const Visitor&) { return text_or_nothing(visit.country); }},
    {"isEUCountry", [](const Visit& visit, const Visitor&) { return visit.place.is_in_european_union ? json::Value("1") : json::Value(); }},
    {"continent", of_place<&Place::continent>},
    {"region", of_place<&Place::region>},
    {"regionCode", of_place<&Place::region_code>},
    {"city", of_place<&Place::city>},
    {"postalCode", of_place<&Place::postal_code>},
    {"metroCode", of_place<&Place::metro_code>},
    {"latitude", [](const Visit& visit, const Visitor&) { return degrees(visit.place.latitude); }},
    {"longitude", [](const Visit& visit, const Visitor&) { return degrees(visit.place.longitude); }},
    {"timezone", of_place<&Place::timezone>},
    {"asn", [](const Visit& visit, const Visitor&) { return visit.place.asn ? json::Value(*visit.place.asn) : json::Value(); }},
    {"asOrganization", of_place<&Place::as_organization>},
    {"httpProtocol", of_connection<&ClientConnection::protocol>},
    {"tlsVersion", of_connection<&ClientConnection::tls_version>},
    {"tlsCipher", [](const Visit&, const Visitor& who) { return who.connection ? json::Value(cipher_name(who.connection->tls_cipher)) : json::Value(); }},
    {"clientTcpRtt", [](const Visit&, const Visitor& who) { return round_trip(who); }},
    {"clientAcceptEncoding", [](const Visit&, const Visitor& who) { return accept_encoding(who); }},
};
// clang-format on

// Nothing when there is nothing to tell: with a tag the runtime module has to copy the request.
json::Value tag_value(const ServingTag& tag) {
  json::Object value;
  if (tag.clock) value["clock"] = tag.clock->count();
  if (tag.console) value["console"] = true;
  return value.empty() ? json::Value() : json::Value(std::move(value));
}

}  // namespace

std::string request_cf(const Visit& visit, const Visitor& who, const ServingTag& tag) {
  json::Object cf;
  for (const Member& member : kMembers) {
    json::Value value = member.value(visit, who);
    if (!value.is_null()) cf[member.name] = std::move(value);
  }
  json::Value told = tag_value(tag);
  if (!told.is_null()) cf["$f"] = std::move(told);
  return json::to_text(cf);
}

}  // namespace festina::workers
