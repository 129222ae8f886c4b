// Document: a configuration file as values with their places, whatever its syntax was.
//
// The parsers (toml, jsonc) make it, Table reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "zone/problem.h"

namespace festina::zone {

// Dates and times, which only TOML has: as written.
struct Moment {
  std::string_view kind;  // "a date"
  std::string text;
};

struct Value;
struct Member;
using Items = std::vector<Value>;
using Members = std::vector<Member>;  // in file order, each key once

struct Value {
  std::variant<std::monostate, Members, Items, std::string, std::int64_t, double, bool, Moment>
      data;
  Position at = {};

  const Members* if_table() const { return std::get_if<Members>(&data); }
  const Items* if_array() const { return std::get_if<Items>(&data); }
  const std::string* if_string() const { return std::get_if<std::string>(&data); }
};

struct Member {
  std::string key;
  Position at;  // of the key
  Value value;
};

// What the value is, with its article: "a table", "an integer"; JSON's null is "nothing".
std::string_view type_name(const Value&);

// The same as JSON. Dates, times and floats that are no number become text, as TOML writes them.
json::Value to_json(const Value&);

// The value at a JSON Pointer (RFC 6901) within this one, or the nearest one around that place.
const Value& nearest(const Value&, std::string_view pointer);

// Is it what the key's absence would mean? An empty table or array, or one of nothing but such members.
bool says_nothing(const Value&);

}  // namespace festina::zone
