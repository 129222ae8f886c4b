#include "rules/reading.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace festina::rules {

namespace {

std::string_view view(const json::Value& text) {
  const auto& string = text.get_string();
  return {string.data(), string.size()};
}

// RFC 6901 §3
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::string must_be_within(const Reading::Bounds& bounds) {
  const bool is_open = bounds.most == std::numeric_limits<std::int64_t>::max();
  return "must be a whole number" +
         (is_open ? ", at least " + std::to_string(bounds.least)
                  : " from " + std::to_string(bounds.least) + " to " + std::to_string(bounds.most));
}

}  // namespace

Reading::Reading(const json::Value& value, Findings& findings, std::string pointer)
    : value_(&value), findings_(&findings), pointer_(std::move(pointer)) {}

bool Reading::has(std::string_view name) { return take(name) != nullptr; }

std::optional<bool> Reading::boolean(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  fault(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Reading::integer(std::string_view name, const Bounds& bounds) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  const bool fits =
      value->is_int64() && bounds.least <= value->get_int64() && value->get_int64() <= bounds.most;
  if (fits) return value->get_int64();
  fault(name, must_be_within(bounds));
  return std::nullopt;
}

std::optional<std::string> Reading::text(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(view(*value));
  fault(name, "must be a string");
  return std::nullopt;
}

std::optional<std::size_t> Reading::word(
    std::string_view name, std::span<const std::string_view> words
) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  const auto word = value->is_string() ? std::ranges::find(words, view(*value)) : words.end();
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  fault(name, "must be " + either_of(words));
  return std::nullopt;
}

std::optional<Reading> Reading::object(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return Reading(*value, *findings_, place_of(name));
  fault(name, "must be an object");
  return std::nullopt;
}

std::optional<Reading> Reading::member(std::string_view name) {
  const json::Value* value = take(name);
  if (value == nullptr) return std::nullopt;
  return Reading(*value, *findings_, place_of(name));
}

std::vector<Reading> Reading::items(std::string_view name, const ListLimits& limits) {
  auto list = member(name);
  return list ? list->own_items(limits) : std::vector<Reading>();
}

std::vector<std::string> Reading::texts(std::string_view name, const ListLimits& limits) {
  auto list = member(name);
  return list ? list->own_texts(limits) : std::vector<std::string>();
}

std::vector<std::pair<std::string, Reading>> Reading::members() {
  std::vector<std::pair<std::string, Reading>> all;
  if (!value_->is_object()) {
    fault("must be an object");
    return all;
  }
  for (const auto& [key, value] : value_->get_object()) {
    std::string name(key.data(), key.size());
    asked_.insert(name);
    Reading reading(value, *findings_, place_of(name));
    all.emplace_back(std::move(name), std::move(reading));
  }
  return all;
}

std::vector<Reading> Reading::own_items(const ListLimits& limits) {
  const json::Array* array = value_->if_array();
  if (array == nullptr) {
    fault("must be a list");
    return {};
  }
  if (array->size() < limits.least || array->size() > limits.most) {
    fault(
        array->size() < limits.least
            ? "must not be empty"
            : "must not have more than " + std::to_string(limits.most) + " items"
    );
    return {};
  }
  std::vector<Reading> items;
  items.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i)
    items.emplace_back((*array)[i], *findings_, pointer_ + "/" + std::to_string(i));
  return items;
}

std::vector<std::string> Reading::own_texts(const ListLimits& limits) {
  std::vector<std::string> texts;
  for (Reading& item : own_items(limits)) {
    if (item.value_->is_string()) {
      texts.emplace_back(view(*item.value_));
    } else {
      item.fault("must be a string");
    }
  }
  return texts;
}

void Reading::fault(std::string message) {
  findings_->faults.push_back({findings_->code, pointer_, std::move(message)});
}

void Reading::fault(std::string_view name, std::string message) {
  std::string shown = std::string(name) + " " + std::move(message);
  findings_->faults.push_back({findings_->code, place_of(name), std::move(shown)});
}

void Reading::fault(FaultCode code, std::string message) {
  findings_->faults.push_back({code, pointer_, std::move(message)});
}

void Reading::refuse_the_rest() {
  const json::Object* object = value_->if_object();
  if (object == nullptr) return;
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& [key, value] : *object) {
    const std::string_view name(key.data(), key.size());
    if (asked_.contains(name)) continue;
    const auto meant = nearest(name, known);
    const std::string hint = meant ? ", did you mean \"" + std::string(*meant) + "\"?" : "";
    fault(name, "is not known here" + hint);
  }
}

std::string Reading::place_of(std::string_view name) const {
  return pointer_ + "/" + escaped(name);
}

const json::Value* Reading::take(std::string_view name) {
  asked_.emplace(name);
  const json::Value* value = json::find(*value_, name);
  return value != nullptr && value->is_null() ? nullptr : value;
}

json::Value to_json(std::string_view text) {
  json::Value value;
  value.emplace_string().assign(text.begin(), text.end());
  return value;
}

json::Value to_json(const std::vector<std::string>& texts) {
  json::Array list;
  for (const std::string& text : texts) list.push_back(to_json(std::string_view(text)));
  return list;
}

}  // namespace festina::rules
