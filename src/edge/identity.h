// Identity: who asks, as far as it is known.
//
// A connection's other end is a fact. What header fields say of somebody behind it is a claim, believed only of a proxy
// the operator trusts: X-Forwarded-For from the right, as far as each hop that wrote it is trusted too, and the last
// value of X-Forwarded-Proto.
#pragma once

#include <span>
#include <string>

#include "base/cidr.h"
#include "http/handler.h"

namespace festina::edge {

struct Identity {
  std::string address;  // the client's; empty for a Unix socket
  http::Scheme scheme = http::Scheme::http;
};

bool is_trusted(std::string_view address, std::span<const Cidr> trusted);

Identity identity_of(const http::Peer&, const http::Headers&, std::span<const Cidr> trusted);

// The URL as the client asked for it: with that scheme, and its port where the URL had the other scheme's own.
http::Url with_scheme(http::Url, http::Scheme);

// Removes the fields by which only a proxy in front of us could speak, and which are no part of the cache key (reference
// §11.1): what one client claims with them would be answered to all. Those that name the client's address are ours alone
// and always go; those about its connection stay when a trusted proxy sent them.
void remove_claims(http::Headers&, bool from_trusted_proxy);

}  // namespace festina::edge
