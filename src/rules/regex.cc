#include "rules/regex.h"

#include <algorithm>
#include <array>
#include <re2/re2.h>
#include <utility>

namespace festina::rules {
namespace {

// Bytes, not characters; a pattern that is too much is the operator's fault, said to him and not to the log.
RE2::Options options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(kMaxRegexBytes));
  return options;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
  auto compiled = std::make_unique<RE2>(piece(pattern), options());
  if (compiled->ok()) return Regex(std::move(compiled));
  if (compiled->error_code() == RE2::ErrorPatternTooLarge) {
    return Error{
        ErrorCode::too_large,
        Side::client,
        "compiled regex exceeds size limit of " + std::to_string(kMaxRegexBytes) + " bytes"
    };
  }
  return Error{ErrorCode::malformed, Side::client, compiled->error()};
}

Regex::Regex(std::unique_ptr<re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

bool Regex::matches(std::string_view text) const {
  return compiled_->Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::string_view Regex::pattern() const { return compiled_->pattern(); }

std::size_t Regex::groups() const {
  const auto groups = static_cast<std::size_t>(compiled_->NumberOfCapturingGroups());
  return std::min(groups, kMaxRegexGroups);
}

bool Regex::find(std::string_view text, std::span<std::string_view> found) const {
  std::array<re2::StringPiece, kMaxRegexGroups + 1> pieces;
  const std::size_t count = groups() + 1;
  if (!compiled_->Match(
          piece(text), 0, text.size(), RE2::UNANCHORED, pieces.data(), static_cast<int>(count)
      )) {
    return false;
  }
  for (std::size_t i = 0; i < count; ++i) found[i] = {pieces[i].data(), pieces[i].size()};
  return true;
}

}  // namespace festina::rules
