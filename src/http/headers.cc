#include "http/headers.h"

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "base/text.h"

namespace festina::http {

void Headers::add(Name name, std::string_view value) { append(name, spelling(name), value); }

void Headers::add(std::string_view name, std::string_view value) {
  append(name_of(name), name, value);
}

void Headers::set(Name name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

std::size_t Headers::remove(Name name) {
  const std::size_t before = lines_.size();
  std::erase_if(lines_, [&](const Line& line) { return line.name == name; });
  return before - lines_.size();
}

std::size_t Headers::remove(std::string_view name) {
  const Name known = name_of(name);
  if (known != Name::other) return remove(known);
  const std::size_t before = lines_.size();
  remove_if([&](const Field& field) { return equal_ignoring_case(field.name_text, name); });
  return before - lines_.size();
}

bool Headers::has(Name name) const { return count(name) > 0; }

std::optional<std::string_view> Headers::get(Name name) const {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].name == name) return at(i).value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  const Name known = name_of(name);
  if (known != Name::other) return get(known);
  for (const Field& field : *this) {
    if (field.name == Name::other && equal_ignoring_case(field.name_text, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(Name name) const {
  const auto named = std::count_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.name == name;
  });
  return static_cast<std::size_t>(named);
}

std::optional<std::string> Headers::joined(Name name) const {
  std::optional<std::string> all;
  for (const Field& field : *this) {
    if (field.name != name) continue;
    if (all) {
      all->append(", ").append(field.value);
    } else {
      all = field.value;
    }
  }
  return all;
}

Field Headers::at(std::size_t index) const {
  const Line& line = lines_[index];
  const std::string_view text = std::string_view(arena_).substr(line.offset);
  return {
      line.name, text.substr(0, line.name_length), text.substr(line.name_length, line.value_length)
  };
}

void Headers::reserve(std::size_t lines, std::size_t bytes) {
  lines_.reserve(lines);
  arena_.reserve(bytes);
}

void Headers::clear() {
  lines_.clear();
  arena_.clear();
}

void Headers::append(Name name, std::string_view name_text, std::string_view value) {
  const std::size_t offset = arena_.size();
  const std::size_t end = offset + name_text.size() + value.size();
  check(name_text.size() <= kMaxNameBytes, "parsers refuse longer names");
  check(end <= std::numeric_limits<std::uint32_t>::max(), "parsers limit what a head holds");
  if (end <= arena_.capacity()) {
    arena_.append(name_text).append(value);
  } else {
    // The texts may be views into this arena: they must outlive its growth.
    std::string grown;
    grown.reserve(std::max(end, 2 * arena_.capacity()));
    grown.append(arena_).append(name_text).append(value);
    arena_ = std::move(grown);
  }
  lines_.push_back(
      {name,
       static_cast<std::uint16_t>(name_text.size()),
       static_cast<std::uint32_t>(offset),
       static_cast<std::uint32_t>(value.size())}
  );
}

}  // namespace festina::http
