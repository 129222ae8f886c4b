// API client: one call of a running node's control API, for the commands that talk to one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "http/message.h"

namespace festina::server {

struct ApiTarget {
  std::string url;  // "http://127.0.0.1:8788"
  std::string token;
  std::string
      ca_file;  // PEM, whom an https address must prove itself by; empty: the system's authorities
};

struct ApiAnswer {
  http::Status status;
  json::Value body;
};

// Why the node refused, in its own words. Requires: a status of 400 or more.
Error refusal_of(const ApiAnswer&);

// Blocking. Errors: refused, timed_out, … (origin) when no node answers, untrusted (origin); malformed (origin) for an answer that is no JSON.
Result<ApiAnswer> call_api(
    const ApiTarget&, http::Method, const std::string& path_and_query, std::string body
);

// Gives every line of a stream to `take` until the node ends it. Blocking. Errors: as call_api(); unsupported (client) when
// the node refuses; disconnected, truncated, timed_out (origin) when it goes without a word.
Result<> stream_api(
    const ApiTarget&, const std::string& path_and_query,
    const std::function<void(std::string_view line)>& take
);

}  // namespace festina::server
