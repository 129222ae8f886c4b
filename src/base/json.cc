#include "base/json.h"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

namespace festina::json {
namespace {

// "line 2, column 5" of the byte at `offset`. Columns count bytes.
std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - line_start + 1);
}

}  // namespace

Result<Value> parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::parser parser({}, options);
  boost::system::error_code ec;
  const std::size_t consumed = parser.write_some(text, ec);
  if (!ec && consumed < text.size()) ec = boost::json::error::extra_data;
  if (ec)
    return Error{ErrorCode::malformed, Side::client, place(text, consumed) + ": " + ec.message()};
  return parser.release();
}

std::string to_text(const Value& value) { return boost::json::serialize(value); }

void append_string(std::string& json, std::string_view text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (is_plain) {
    json.append("\"").append(text).append("\"");
  } else {
    json += to_text(Value(text));
  }
}

const Value* find(const Value& value, std::string_view name) {
  const Object* object = value.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::optional<std::string_view> string_member(const Value& value, std::string_view name) {
  const Value* member = find(value, name);
  if (!member || !member->is_string()) return std::nullopt;
  return std::string_view(member->get_string());
}

std::optional<std::int64_t> integer_member(const Value& value, std::string_view name) {
  const Value* member = find(value, name);
  if (!member || !member->is_int64()) return std::nullopt;
  return member->get_int64();
}

std::optional<bool> bool_member(const Value& value, std::string_view name) {
  const Value* member = find(value, name);
  if (!member || !member->is_bool()) return std::nullopt;
  return member->get_bool();
}

}  // namespace festina::json
