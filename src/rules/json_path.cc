#include "rules/json_path.h"

#include "base/json.h"

namespace festina::rules {
namespace {

const json::Value* item_at(const json::Array& items, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(items.size());
  const std::int64_t place = index < 0 ? size + index : index;
  return place < 0 || place >= size ? nullptr : &items[static_cast<std::size_t>(place)];
}

const json::Value* follow(const json::Value& from, const Value& key) {
  if (const auto* name = std::get_if<std::string_view>(&key.is)) return json::find(from, *name);
  return from.is_array() ? item_at(from.get_array(), key.integer()) : nullptr;
}

// Null when the way leads nowhere.
const json::Value* find(const json::Value& root, std::span<const Value> path) {
  const json::Value* at = &root;
  for (const Value& key : path) {
    at = follow(*at, key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace

Value json_text(std::string_view json, std::span<const Value> path, Scratch& scratch) {
  const auto root = json::parse(json);
  const json::Value* const found = root ? find(*root, path) : nullptr;
  if (found == nullptr || !found->is_string()) return {};
  return {scratch.joined({std::string_view(found->get_string())})};
}

Value json_integer(std::string_view json, std::span<const Value> path) {
  const auto root = json::parse(json);
  const json::Value* const found = root ? find(*root, path) : nullptr;
  if (found == nullptr || !found->is_int64()) return {};
  return {found->get_int64()};
}

}  // namespace festina::rules
