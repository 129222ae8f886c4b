#include "zone/toml.h"

#include <algorithm>
#include <sstream>
#include <toml++/toml.h>
#include <tuple>
#include <utility>

namespace festina::zone {
namespace {

constexpr std::string_view kParserPrefix = "Error while ";  // of every error text of toml++

Position position_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

std::string_view kind_of(const toml::node& node) {
  if (node.is_date()) return "a date";
  return node.is_time() ? "a time" : "a date and time";
}

Moment moment_of(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value;
  });
  return {kind_of(node), std::move(text).str()};
}

Value value_of(const toml::node& node);

// toml++ sorts its tables by key; a document has them in file order.
Members members_of(const toml::table& table) {
  Members members;
  members.reserve(table.size());
  for (const auto& [key, value] : table) {
    members.push_back({std::string(key.str()), position_of(key.source()), value_of(value)});
  }
  const auto stands_before = [](const Member& a, const Member& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  };
  std::ranges::sort(members, stands_before);
  return members;
}

Items items_of(const toml::array& array) {
  Items items;
  items.reserve(array.size());
  for (const toml::node& item : array) items.push_back(value_of(item));
  return items;
}

Value value_of(const toml::node& node) {
  const Position at = position_of(node.source());
  if (const auto* table = node.as_table()) return {members_of(*table), at};
  if (const auto* array = node.as_array()) return {items_of(*array), at};
  if (const auto* text = node.as_string()) return {text->get(), at};
  if (const auto* number = node.as_integer()) return {number->get(), at};
  if (const auto* real = node.as_floating_point()) return {real->get(), at};
  if (const auto* truth = node.as_boolean()) return {truth->get(), at};
  return {moment_of(node), at};
}

}  // namespace

std::optional<Value> parse_toml(
    std::string_view text, const std::string& file, Problems& problems
) {
  try {
    return value_of(toml::parse(text));
  } catch (const toml::parse_error& error) {
    std::string_view what = error.description();
    if (what.starts_with(kParserPrefix)) what.remove_prefix(kParserPrefix.size());
    const toml::source_position at = error.source().begin;
    problems.push_back({{file, at.line, at.column}, "no valid TOML: " + std::string(what), ""});
    return std::nullopt;
  }
}

}  // namespace festina::zone
