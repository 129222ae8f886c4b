// ShortText: a text of a few bytes, held in place: for what every reply writes anew and copies at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "base/errors.h"

namespace festina {

template <std::size_t Capacity>
class ShortText {
 public:
  ShortText() = default;
  ShortText(std::string_view text) { append(text); }  // NOLINT(google-explicit-constructor): a text

  // Requires: it fits.
  void append(std::string_view more) {
    check(more.size() <= Capacity - size_, "a short text has room for what is written");
    std::ranges::copy(more, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += more.size();
  }
  // Changes bytes that are there.
  char& operator[](std::size_t place) { return bytes_[place]; }

  std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const {
    return view();
  }  // NOLINT(google-explicit-constructor): a text
  friend bool operator==(const ShortText& a, std::string_view b) { return a.view() == b; }

 private:
  std::array<char, Capacity> bytes_;
  std::size_t size_ = 0;
};

}  // namespace festina
