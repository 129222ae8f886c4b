// API client: one call of a running node's control API, for the commands that talk to one.
#pragma once

#include <string>

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

// Blocking. Errors: refused, timed_out, … (origin) when no node answers, untrusted (origin); malformed (origin) for an answer that is no JSON.
Result<ApiAnswer> call_api(
    const ApiTarget&, http::Method, const std::string& path_and_query, std::string body
);

}  // namespace festina::server
