// Forwarding: what an intermediary takes away and adds (RFC 9110 §7.6, RFC 8586).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/headers.h"

namespace festina::http {

// Removes connection-specific fields, and those fields we do not know that Connection names (RFC 9110 §7.6.1).
// Content-Length and Transfer-Encoding go too: the writer of a message frames it anew.
// Fields we know are for every recipient; who names one in Connection wants a hop to lose it, and must not: the field
// stays.
void remove_connection_fields(Headers&);

// The protocol that a request asks to switch to: the value of Upgrade, where Connection names it (RFC 9110 §7.8).
// Deviation: nothing for a choice of several protocols, and for HTTP or TLS by another way ("h2c"): the requests behind
// such a switch would pass unseen.
std::optional<std::string> requested_upgrade(const Headers&);
// As remove_connection_fields(), but an Upgrade that requested_upgrade() gives stays: whoever sends the head on writes
// the Connection line that belongs to it.
void remove_connection_fields_but_upgrade(Headers&);

// X-Accel-Buffering, -Charset, -Limit-Rate and -Redirect: what an origin tells the proxy before it. They end here
// (reference §2.5).
bool is_order_to_proxy(const Field&);

// Does the field pass for one we know where "_" and "-" are the same? To CGI and its heirs they are (RFC 3875 §4.1.18),
// so "CF_Connecting_IP" would speak in the edge's name.
bool is_disguised(const Field&);

// Our name in CDN-Loop (RFC 8586).
inline constexpr std::string_view kOwnCdn = "festina";
// How often this name stands in CDN-Loop.
std::size_t loop_count(const Headers&, std::string_view cdn);
// Adds us to CDN-Loop.
void mark_loop(Headers&, std::string_view cdn);

// Adds us to Via, with the version of the message as we received it: "1.1" (RFC 9110 §7.6.3).
void append_via(Headers&, std::string_view version, std::string_view pseudonym);

// Who the client is, in the words of the enterprise plan (reference §13.2).
inline constexpr std::string_view kTrueClientIp = "True-Client-IP";

// Adds us to Forwarded: whose request it is, and the host and scheme that it names (RFC 7239 §4, §6.1 for IPv6).
void append_forwarded(
    Headers&, std::string_view client_address, std::string_view host, std::string_view scheme
);

// Appends the client's address to X-Forwarded-For.
void append_forwarded_for(Headers&, std::string_view client_address);

}  // namespace festina::http
