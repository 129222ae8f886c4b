// Problems: what is wrong with a configuration, where, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace festina::zone {

// Both from 1, columns in characters; 0: the file as a whole.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Place {
  std::string file;
  std::uint32_t line = 0;  // as in a Position
  std::uint32_t column = 0;
};
// "festina.toml:12:3"
std::string text_of(const Place&);

struct Problem {
  Place place;
  std::string message;
  std::string suggestion;  // what to do about it; may be empty
};
// "festina.toml:12:3: unknown key "nam" - did you mean "name"?"
std::string text_of(const Problem&);

using Problems = std::vector<Problem>;

// "did you mean "name"?" for the nearest of the words; when none is near, what `otherwise` says.
std::string did_you_mean(
    std::string_view word, const std::vector<std::string_view>& words, std::string otherwise = {}
);

}  // namespace festina::zone
