#include "zone/document.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace festina::zone {
namespace {

// One function for each type a value may have.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string_view text_of_no_number(double real) {
  if (std::isnan(real)) return "nan";
  return real > 0 ? "inf" : "-inf";
}

json::Value object_of(const Members& members) {
  json::Object object;
  for (const Member& member : members) object.insert_or_assign(member.key, to_json(member.value));
  return object;
}

// A segment of a JSON Pointer as the name it stands for (RFC 6901 §4).
std::string unescaped(std::string_view segment) {
  std::string name;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escapes = segment[i] == '~' && i + 1 < segment.size();
    if (!escapes) {
      name += segment[i];
      continue;
    }
    name += segment[++i] == '1' ? '/' : '~';
  }
  return name;
}

// Null: there is nothing of that name.
const Value* inside(const Value& value, std::string_view name) {
  if (const Members* members = value.if_table()) {
    const auto found = std::ranges::find(*members, name, &Member::key);
    return found == members->end() ? nullptr : &found->value;
  }
  const Items* items = value.if_array();
  const auto index = parse_decimal(name);
  return items && index && *index < items->size() ? &(*items)[*index] : nullptr;
}

json::Value array_of(const Items& items) {
  json::Array array;
  for (const Value& item : items) array.push_back(to_json(item));
  return array;
}

}  // namespace

std::string_view type_name(const Value& value) {
  return std::visit(
      Overloaded{
          [](std::monostate) -> std::string_view { return "nothing"; },
          [](const Members&) -> std::string_view { return "a table"; },
          [](const Items&) -> std::string_view { return "an array"; },
          [](const std::string&) -> std::string_view { return "a string"; },
          [](std::int64_t) -> std::string_view { return "an integer"; },
          [](double) -> std::string_view { return "a float"; },
          [](bool) -> std::string_view { return "a boolean"; },
          [](const Moment& moment) { return moment.kind; }
      },
      value.data
  );
}

json::Value to_json(const Value& value) {
  return std::visit(
      Overloaded{
          [](std::monostate) { return json::Value(nullptr); },
          [](const Members& members) { return object_of(members); },
          [](const Items& items) { return array_of(items); },
          [](const std::string& text) { return json::Value(text); },
          [](std::int64_t number) { return json::Value(number); },
          [](double real) {
            return std::isfinite(real) ? json::Value(real) : json::Value(text_of_no_number(real));
          },
          [](bool truth) { return json::Value(truth); },
          [](const Moment& moment) { return json::Value(moment.text); }
      },
      value.data
  );
}

const Value& nearest(const Value& value, std::string_view pointer) {
  const Value* found = &value;
  for (std::string_view rest = pointer; rest.starts_with('/');) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    const Value* next = inside(*found, unescaped(segment));
    if (next == nullptr) break;
    found = next;
    rest.remove_prefix(segment.size());
  }
  return *found;
}

bool says_nothing(const Value& value) {
  if (const Items* items = value.if_array()) return items->empty();
  const Members* members = value.if_table();
  return members && std::ranges::all_of(*members, [](const Member& member) {
           return says_nothing(member.value);
         });
}

}  // namespace festina::zone
