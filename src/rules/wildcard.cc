#include "rules/wildcard.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"

namespace festina::rules {
namespace {

Error invalid(std::string why, ErrorCode code = ErrorCode::malformed) {
  return {code, Side::client, std::move(why)};
}

// How much of the beginning still fits where the byte at [i] does not (Knuth, Morris and Pratt).
std::vector<std::uint16_t> retries(std::string_view text) {
  std::vector<std::uint16_t> retry(text.size(), 0);
  std::size_t fits = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    retry[i] = static_cast<std::uint16_t>(fits);
    while (fits > 0 && text[i] != text[fits]) fits = retry[fits];
    if (text[i] == text[fits]) ++fits;
  }
  return retry;
}

}  // namespace

Result<Wildcard> Wildcard::parse(std::string_view pattern, LetterCase letter_case) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      if (i > 0 && pattern[i - 1] == '*' && parts.back().empty())
        return invalid("wildcard contains a double star");
      parts.emplace_back();
      continue;
    }
    if (pattern[i] == '\\') {
      ++i;
      if (i == pattern.size() || (pattern[i] != '*' && pattern[i] != '\\'))
        return invalid("invalid wildcard: expected * or \\ after \\");
    }
    parts.back() += pattern[i];
  }
  if (parts.size() - 1 > kMaxStars) {
    return invalid(
        "wildcard has " + std::to_string(parts.size() - 1) +
            " star metacharacters, but the limit is " + std::to_string(kMaxStars),
        ErrorCode::too_large
    );
  }
  return Wildcard(std::move(parts), letter_case);
}

Wildcard::Wildcard(std::vector<std::string> parts, LetterCase letter_case)
    : letter_case_(letter_case) {
  parts_.reserve(parts.size());
  for (std::string& text : parts) {
    if (letter_case == LetterCase::ignored) text = lower(text);
    std::vector<std::uint16_t> retry = retries(text);
    parts_.push_back({std::move(text), std::move(retry)});
  }
}

char Wildcard::folded(char c) const { return letter_case_ == LetterCase::ignored ? lower(c) : c; }

bool Wildcard::is_same(std::string_view text, const Part& part) const {
  return std::ranges::equal(text, part.text, {}, [this](char c) { return folded(c); });
}

std::size_t Wildcard::find(std::string_view text, const Part& part) const {
  std::size_t fits = 0;
  for (std::size_t i = 0; i < text.size() && fits < part.text.size(); ++i) {
    const char c = folded(text[i]);
    while (fits > 0 && c != part.text[fits]) fits = part.retry[fits];
    if (c == part.text[fits]) ++fits;
    if (fits == part.text.size()) return i + 1 - fits;
  }
  return part.text.empty() ? 0 : std::string_view::npos;
}

bool Wildcard::matches(std::string_view text) const { return matches(text, {}); }

bool Wildcard::matches(std::string_view text, std::span<std::string_view> found) const {
  const Part& first = parts_.front();
  if (parts_.size() == 1) return is_same(text, first);
  const Part& last = parts_.back();
  if (text.size() < first.text.size() + last.text.size()) return false;
  if (!is_same(text.substr(0, first.text.size()), first)) return false;
  if (!is_same(text.substr(text.size() - last.text.size()), last)) return false;

  text = text.substr(first.text.size(), text.size() - first.text.size() - last.text.size());
  for (std::size_t star = 0; star + 1 < stars(); ++star) {
    const Part& part = parts_[star + 1];
    const std::size_t at = find(text, part);
    if (at == std::string_view::npos) return false;
    if (!found.empty()) found[star] = text.substr(0, at);
    text.remove_prefix(at + part.text.size());
  }
  if (!found.empty()) found[stars() - 1] = text;
  return true;
}

// The other pattern is read as a text in which a byte that this one never names stands for each of its stars: only a star
// takes such a byte, and takes then whatever may stand there.
bool Wildcard::covers(const Wildcard& other) const {
  if (letter_case_ == LetterCase::matters && other.letter_case_ == LetterCase::ignored)
    return false;
  constexpr char anything = '\0';
  std::string text = other.parts_.front().text;
  for (const Part& part : std::span(other.parts_).subspan(1)) text += anything + part.text;
  const bool is_named = std::ranges::any_of(parts_, [](const Part& part) {
    return part.text.find(anything) != std::string::npos;
  });
  return !is_named && matches(text);
}

}  // namespace festina::rules
