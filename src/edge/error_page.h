// Error pages: what the edge itself answers when nobody else can. The one table from errors to statuses.
#pragma once

#include <string>

#include "edge/exchange.h"

namespace festina::edge {

// The status for an error of an upstream (reference §1.3 rule 9, workerd.md §2), and the code people know it by.
struct ErrorStatus {
  http::Status status;
  std::uint16_t code;  // 521, 1101, …: what the page shows
};
ErrorStatus status_of(const Error&);

// A page, or JSON for a client that asks for it: what failed, whose fault it is, the ray, where to read more.
http::Reply error_reply(const Services&, const Exchange&, const Error&);
http::Reply refusal_reply(const Services&, const Exchange&, Refusal);
// In place of the origin's own page for its 502 or 504 (reference §6.2).
http::Reply gateway_error_reply(const Services&, const Exchange&, http::Status);
// What its page says of the refusal.
std::string refusal_detail(const Exchange&, Refusal);
std::string gateway_error_detail(http::Status);

}  // namespace festina::edge
