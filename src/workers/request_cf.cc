#include "workers/request_cf.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/json.h"

namespace festina::workers {
namespace {

// A JSON object, member by member.
class ObjectText {
 public:
  void number(std::string_view name, std::int64_t value) {
    open(name);
    text_ += std::to_string(value);
  }
  void text(std::string_view name, std::string_view value) {
    open(name);
    json::append_string(text_, value);
  }
  void text_if_known(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  // JSON itself.
  void value(std::string_view name, std::string_view json) {
    open(name);
    text_ += json;
  }
  std::string whole() && { return std::move(text_.append(text_.empty() ? "{}" : "}")); }

 private:
  void open(std::string_view name) {
    text_ += text_.empty() ? '{' : ',';
    json::append_string(text_, name);
    text_ += ':';
  }
  std::string text_;
};

// Degrees, as the reference's examples have them: "50.11552".
void degrees(ObjectText& cf, std::string_view name, const std::optional<double>& value) {
  if (!value) return;
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%.5f", *value);
  cf.text(name, {text, static_cast<std::size_t>(length)});
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

void tell_of_place(ObjectText& cf, const Place& place) {
  if (place.is_in_european_union) cf.text("isEUCountry", "1");
  cf.text_if_known("continent", place.continent);
  cf.text_if_known("region", place.region);
  cf.text_if_known("regionCode", place.region_code);
  cf.text_if_known("city", place.city);
  cf.text_if_known("postalCode", place.postal_code);
  cf.text_if_known("metroCode", place.metro_code);
  degrees(cf, "latitude", place.latitude);
  degrees(cf, "longitude", place.longitude);
  cf.text_if_known("timezone", place.timezone);
  if (place.asn) cf.number("asn", *place.asn);
  cf.text_if_known("asOrganization", place.as_organization);
}

// In the clear the texts of TLS are empty, which is an answer too.
void tell_of_connection(ObjectText& cf, const ClientConnection& connection) {
  cf.text("httpProtocol", connection.protocol);
  cf.text("tlsVersion", connection.tls_version);
  cf.text("tlsCipher", cipher_name(connection.tls_cipher));
  if (!connection.round_trip) return;
  using std::chrono::milliseconds;
  cf.number("clientTcpRtt", std::chrono::round<milliseconds>(*connection.round_trip).count());
}

// Nothing when there is nothing to tell: with a tag the runtime module has to copy the request.
void tell_module(ObjectText& cf, const ServingTag& tag) {
  if (!tag.clock && !tag.console) return;
  ObjectText told;
  if (tag.clock) told.number("clock", tag.clock->count());
  if (tag.console) told.value("console", "true");
  cf.value("$f", std::move(told).whole());
}

}  // namespace

std::string request_cf(const policy::Visit& visit, const Visitor& who, const ServingTag& tag) {
  ObjectText cf;
  cf.text_if_known("colo", visit.colo);
  cf.text_if_known("country", visit.country);
  tell_of_place(cf, visit.place);
  if (who.connection) tell_of_connection(cf, *who.connection);
  if (is_shown(who.accept_encoding)) cf.text_if_known("clientAcceptEncoding", who.accept_encoding);
  tell_module(cf, tag);
  return std::move(cf).whole();
}

}  // namespace festina::workers
