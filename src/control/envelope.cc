#include "control/envelope.h"

#include "base/text.h"

namespace festina::control {
namespace {

std::string form_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
      continue;
    }
    const auto byte =
        text[i] == '%' && i + 2 < text.size() ? parse_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (byte) {
      out += static_cast<char>(*byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

json::Object envelope(json::Value result, bool ok, json::Array errors) {
  return {
      {"result", std::move(result)},
      {"success", ok},
      {"errors", std::move(errors)},
      {"messages", json::Array{}}
  };
}

}  // namespace

http::Reply json_reply(http::Status status, const json::Value& value) {
  return http::text_reply(status, "application/json", json::to_text(value) + "\n");
}

http::Reply success(json::Value result) {
  return json_reply(200, envelope(std::move(result), true, {}));
}

http::Reply success(json::Value result, json::Value result_info) {
  json::Object body = envelope(std::move(result), true, {});
  body["result_info"] = std::move(result_info);
  return json_reply(200, body);
}

http::Reply success_saying(json::Value result, const std::vector<Message>& messages) {
  json::Object body = envelope(std::move(result), true, {});
  for (const Message& message : messages) {
    json::Object said{
        {"code", static_cast<std::uint16_t>(message.code)}, {"message", message.text}
    };
    if (!message.pointer.empty()) said["source"] = json::Object{{"pointer", message.pointer}};
    body["messages"].as_array().push_back(std::move(said));
  }
  return json_reply(200, body);
}

http::Reply failure(http::Status status, ApiCode code, std::string message) {
  json::Array errors{
      json::Object{{"code", static_cast<std::uint16_t>(code)}, {"message", std::move(message)}}
  };
  return json_reply(status, envelope(nullptr, false, std::move(errors)));
}

http::Reply failure(http::Status status, const rules::Faults& faults) {
  json::Array errors;
  for (const rules::Fault& fault : faults) {
    json::Object error{
        {"code", static_cast<std::uint16_t>(fault.code)}, {"message", fault.message}
    };
    if (!fault.pointer.empty()) error["source"] = json::Object{{"pointer", fault.pointer}};
    errors.push_back(std::move(error));
  }
  return json_reply(status, envelope(nullptr, false, std::move(errors)));
}

Parameters parameters(const http::Url& url) {
  Parameters all;
  if (!url.query) return all;
  for (const std::string_view part : split(*url.query, '&')) {
    if (part.empty()) continue;
    const std::optional<Halves> halves = split_once(part, '=');
    all.emplace_back(
        form_decoded(halves ? halves->before : part), form_decoded(halves ? halves->after : "")
    );
  }
  return all;
}

std::optional<std::string_view> parameter(const Parameters& all, std::string_view name) {
  for (const auto& [key, value] : all) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Awaitable<Result<json::Value>> json_body(Body body) {
  Result<std::string> text = co_await collect(std::move(body), kMaxBodyBytes, Side::client);
  if (!text) co_return text.error();
  co_return json::parse(*text);
}

Awaitable<Result<json::Object>> object_body(Body body) {
  Result<json::Value> given = co_await json_body(std::move(body));
  if (!given) co_return given.error();
  if (given->is_object()) co_return std::move(given->as_object());
  co_return Error{ErrorCode::malformed, Side::client, "the body must be a JSON object"};
}

}  // namespace festina::control
