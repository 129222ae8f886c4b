// Route patterns: which requests of a zone run a Worker.
//
// "example.com/api/*": a host and a path, with "*" only at the front of the host and at the end of the path, where it
// stands for any text. No scheme means both; no path means "/"; the query counts as part of the path. A pattern has no
// port, so it matches on every one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/url.h"

namespace festina::zone {

struct Route {
  std::string pattern;
  std::string script;  // empty: no Worker runs here
};

// A pattern taken apart; the views point into its text.
struct RoutePattern {
  std::optional<http::Scheme> scheme;
  bool any_prefix = false;  // "*" before the host
  std::string_view host;    // without the "*"; as written
  std::string_view path;    // without the "*"
  bool any_suffix = false;  // "*" behind the path

  // The host's name: without the dot of "*.example.com".
  std::string_view host_name() const;
};

// Errors: malformed (client) with the reason.
Result<RoutePattern> parse_route_pattern(std::string_view pattern);
Result<> check_route_pattern(std::string_view pattern);

// A pattern that is malformed matches nothing.
bool route_matches(std::string_view pattern, const http::Url&);

// Of two patterns that match one URL, the more specific decides: more labels in the host, where "*" costs two; then more
// segments in the path, likewise; then the longer text; then the greater.
bool is_more_specific(std::string_view pattern, std::string_view than);

}  // namespace festina::zone
