// Envelope: the form of every answer below /client/v4 (api-v4.md §2), and the query string of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "http/handler.h"
#include "rules/fault.h"

namespace festina::control {

// Error codes clients know.
enum class ApiCode : std::uint16_t {
  invalid_body = 6007,
  invalid_headers = 6003,
  unknown_route = 7003,
  method_not_allowed = 7001,
  purge_nothing_named = 1012,
  purge_everything_not_true = 1013,
  purge_no_list = 1014,
  purge_refused = 1016,
  authentication = 10000,
  zone_not_found = 1001,
  unknown_setting = 1003,
  read_only = 1006,  // ours: nobody wrote down what the service says
  conflict = 1009,   // ours
  internal = 10001,
  purge_reached_nothing = 10005,  // ours, of a message
  ruleset_not_found = 10002,      // ours
  no_entrypoint = 10003,
  rule_not_found = 10004,      // ours
  page_rule_not_found = 1002,  // ours
  rule_finding = 10006         // ours, of a message
};

http::Reply json_reply(http::Status, const json::Value&);
http::Reply success(json::Value result);
http::Reply success(json::Value result, json::Value result_info);
// What is worth knowing of a call though it succeeded.
struct Message {
  ApiCode code;
  std::string text;
  std::string pointer = {};  // into the request's body (RFC 6901); empty: of none of its parts
};
http::Reply success_saying(json::Value result, const std::vector<Message>& messages);
http::Reply failure(http::Status, ApiCode, std::string message);
// Each with its place as source.pointer, where it has one (RFC 6901).
http::Reply failure(http::Status, const rules::Faults&);

// The parameters of a query string, decoded, in order; names may repeat.
using Parameters = std::vector<std::pair<std::string, std::string>>;
Parameters parameters(const http::Url&);
std::optional<std::string_view> parameter(const Parameters&, std::string_view name);

inline constexpr std::size_t kMaxBodyBytes = std::size_t{1024} * 1024;
// The body as JSON. Errors: too_large, malformed (client).
Awaitable<Result<json::Value>> json_body(Body);
// The same, of a body that must be an object.
Awaitable<Result<json::Object>> object_body(Body);

}  // namespace festina::control
