// Headers: field lines in order, names without case, all text in one arena.
//
// Views returned are valid until the next change of the same Headers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/field_name.h"

namespace festina::http {

struct Field {
  Name name;
  std::string_view name_text;  // as received
  std::string_view value;
};

class Headers {
 public:
  Headers() = default;

  // Texts given may be views into these very Headers. Requires: names of at most kMaxNameBytes.
  void add(Name, std::string_view value);
  void add(std::string_view name, std::string_view value);
  // Replaces every line of that name by one, at the end.
  void set(Name, std::string_view value);
  void set(std::string_view name, std::string_view value);
  // Returns how many lines were removed.
  std::size_t remove(Name);
  std::size_t remove(std::string_view name);

  bool has(Name) const;
  // The first line's value.
  std::optional<std::string_view> get(Name) const [[clang::lifetimebound]];
  std::optional<std::string_view> get(std::string_view name) const [[clang::lifetimebound]];
  std::size_t count(Name) const;
  // All lines of the name joined by ", " (RFC 9110 §5.3); nothing when there is none.
  std::optional<std::string> joined(Name) const;

  std::size_t size() const { return lines_.size(); }
  bool empty() const { return lines_.empty(); }
  Field at(std::size_t index) const;
  // Removes every line for which `unwanted(Field)` holds.
  template <class Predicate>
  void remove_if(Predicate unwanted);

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

  // Room for what a parser will add.
  void reserve(std::size_t lines, std::size_t bytes);
  void clear();

 private:
  void append(Name, std::string_view name_text, std::string_view value);

  struct Line {
    Name name;
    std::uint16_t name_length;
    std::uint32_t offset;  // of the name; the value follows it
    std::uint32_t value_length;
  };
  std::string arena_;
  std::vector<Line> lines_;
};

class Headers::Iterator {
 public:
  using value_type = Field;
  using difference_type = std::ptrdiff_t;
  Iterator(const Headers* headers, std::size_t index) : headers_(headers), index_(index) {}
  Field operator*() const { return headers_->at(index_); }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  Iterator operator++(int) {
    Iterator old = *this;
    ++index_;
    return old;
  }
  bool operator==(const Iterator&) const = default;

 private:
  const Headers* headers_;
  std::size_t index_;
};

inline Headers::Iterator Headers::begin() const { return {this, 0}; }
inline Headers::Iterator Headers::end() const { return {this, lines_.size()}; }

template <class Predicate>
void Headers::remove_if(Predicate unwanted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (!unwanted(at(i))) lines_[kept++] = lines_[i];
  }
  lines_.resize(kept);
}

}  // namespace festina::http
