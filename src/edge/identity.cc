#include "edge/identity.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/forwarding.h"

namespace festina::edge {
namespace {

using http::Name;

// Names of the client's address with nobody to write them but us. CF-* are removed with all that is ours.
constexpr std::string_view kAddressClaims[] = {
    "X-Real-IP",
    http::kTrueClientIp,
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "Fastly-Client-IP",
};
// What a proxy says of the client's connection. X-Forwarded-Proto is overwritten, the others are parts of the key.
constexpr std::string_view kConnectionClaims[] = {
    "X-Forwarded-Port",
    "X-Forwarded-Protocol",
    "X-Forwarded-Server",
    "X-Forwarded-Ssl",
    "X-Forwarded-Prefix",
    "X-Url-Scheme",
    "Front-End-Https",
};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [name](std::string_view each) {
    return equal_ignoring_case(name, each);
  });
}

bool is_port(std::string_view text) {
  const auto port = parse_decimal(text);
  return port && *port <= 65535;
}

// The address of one entry of X-Forwarded-For: IPv4 or IPv6, bare or with a port, as proxies of all makes write it.
// Nothing for anything else.
std::optional<std::string_view> address_of(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto halves = split_once(entry.substr(1), ']');
    if (!halves) return std::nullopt;
    const bool port_follows = halves->after.starts_with(':') && is_port(halves->after.substr(1));
    const bool is_v6 = halves->before.find(':') != std::string_view::npos;
    if (!is_v6 || !(halves->after.empty() || port_follows)) return std::nullopt;
    entry = halves->before;
  } else if (std::ranges::count(entry, ':') == 1) {
    const auto halves = split_once(entry, ':');
    if (!halves || !is_port(halves->after)) return std::nullopt;
    entry = halves->before;
  }
  if (!address_bytes(entry)) return std::nullopt;
  return entry;
}

// The client, as the hops that lead back to it say, nearest first. The walk ends at the first hop that is not trusted,
// for what stands before it could be anybody's, and at the first entry that is no address.
std::string walked_back(
    std::string_view peer, std::string_view forwarded_for, std::span<const Cidr> trusted
) {
  std::string_view client = peer;
  const std::vector<std::string_view> hops = split(forwarded_for, ',');
  for (std::size_t i = hops.size(); i > 0 && is_trusted(client, trusted); --i) {
    const auto address = address_of(trimmed(hops[i - 1]));
    if (!address) break;
    client = *address;
  }
  return std::string(client);
}

// The last value is the nearest proxy's own.
std::optional<http::Scheme> forwarded_scheme(const http::Headers& headers) {
  const auto all = headers.joined(Name::x_forwarded_proto);
  if (!all) return std::nullopt;
  const std::string_view last = trimmed(split(*all, ',').back());
  if (equal_ignoring_case(last, "https")) return http::Scheme::https;
  if (equal_ignoring_case(last, "http")) return http::Scheme::http;
  return std::nullopt;
}

}  // namespace

bool is_trusted(std::string_view address, std::span<const Cidr> trusted) {
  if (trusted.empty()) return false;
  const auto bytes = address_bytes(address);
  return bytes && std::ranges::any_of(trusted, [&bytes](const Cidr& range) {
           return range.contains(*bytes);
         });
}

Identity identity_of(
    const http::Peer& peer, const http::Headers& headers, std::span<const Cidr> trusted
) {
  Identity identity{.address = peer.address, .scheme = peer.scheme};
  if (!is_trusted(peer.address, trusted)) return identity;
  if (const auto forwarded_for = headers.joined(Name::x_forwarded_for))
    identity.address = walked_back(peer.address, *forwarded_for, trusted);
  identity.scheme = forwarded_scheme(headers).value_or(peer.scheme);
  return identity;
}

http::Url with_scheme(http::Url url, http::Scheme scheme) {
  if (url.has_default_port()) url.port = http::default_port(scheme);
  url.scheme = scheme;
  return url;
}

void remove_claims(http::Headers& headers, bool from_trusted_proxy) {
  headers.remove_if([from_trusted_proxy](const http::Field& field) {
    if (field.name == Name::x_real_ip) return true;
    if (field.name != Name::other) return false;  // nearly always
    return is_one_of(field.name_text, kAddressClaims) ||
           (!from_trusted_proxy && is_one_of(field.name_text, kConnectionClaims));
  });
}

}  // namespace festina::edge
