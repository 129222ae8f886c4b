#include "zone/problem.h"

#include <utility>

#include "base/text.h"

namespace festina::zone {

std::string text_of(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string text_of(const Problem& problem) {
  const std::string suggestion = problem.suggestion.empty() ? "" : " - " + problem.suggestion;
  return text_of(problem.place) + ": " + problem.message + suggestion;
}

std::string did_you_mean(
    std::string_view word, const std::vector<std::string_view>& words, std::string otherwise
) {
  const auto near = nearest(word, words);
  return near ? "did you mean " + in_quotes(*near) + "?" : std::move(otherwise);
}

}  // namespace festina::zone
