#include "zone/document.h"

#include <algorithm>
#include <cmath>

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

bool says_nothing(const Value& value) {
  if (const Items* items = value.if_array()) return items->empty();
  const Members* members = value.if_table();
  return members && std::ranges::all_of(*members, [](const Member& member) {
           return says_nothing(member.value);
         });
}

}  // namespace festina::zone
