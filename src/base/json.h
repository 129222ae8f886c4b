// JSON: reading with errors that name the place, and writing. The only door to Boost.JSON.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"

namespace festina::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

inline constexpr std::size_t kMaxDepth = 32;

// Errors: malformed (client), with line and column; also for nesting deeper than kMaxDepth.
Result<Value> parse(std::string_view text);
std::string to_text(const Value&);
// The text as a JSON string.
void append_string(std::string& json, std::string_view text);

// The member of an object, or null when the value is no object or has no such member.
const Value* find(const Value&, std::string_view name);

// Members read strictly; absence is normal, another type is not.
std::optional<std::string_view> string_member(const Value&, std::string_view name);
std::optional<std::int64_t> integer_member(const Value&, std::string_view name);
std::optional<bool> bool_member(const Value&, std::string_view name);

}  // namespace festina::json
