#include "rules/replacement.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace festina::rules {
namespace {

// The next piece: some text, or the group of that number.
struct Piece {
  std::string_view text;
  std::size_t group = 0;  // 0: the text
};

// Takes a piece from the front of what is left. Nothing for a dollar that begins none.
std::optional<Piece> take_piece(std::string_view& rest) {
  const std::size_t dollar = std::min(rest.find('$'), rest.size());
  Piece piece{rest.substr(0, dollar)};
  if (dollar > 0) {
    rest.remove_prefix(dollar);
    return piece;
  }
  if (rest.starts_with("$$")) {
    piece.text = rest.substr(0, 1);
    rest.remove_prefix(2);
    return piece;
  }
  const std::size_t brace = rest.find('}');
  if (!rest.starts_with("${") || brace == std::string_view::npos) return std::nullopt;
  const auto number = parse_decimal(rest.substr(2, brace - 2));
  if (!number || *number == 0) return std::nullopt;
  piece.group = *number;
  rest.remove_prefix(brace + 1);
  return piece;
}

// Gives each piece in turn, groups put in.
template <class Visit>
void each_text(
    std::string_view replacement, std::span<const std::string_view> groups, Visit visit
) {
  while (!replacement.empty()) {
    const auto piece = take_piece(replacement);
    if (!piece) unreachable("a replacement was checked");
    visit(piece->group == 0 ? piece->text : groups[piece->group - 1]);
  }
}

}  // namespace

Result<void> check_replacement(std::string_view replacement, std::size_t groups) {
  while (!replacement.empty()) {
    const auto piece = take_piece(replacement);
    if (!piece)
      return Error{ErrorCode::malformed, Side::client, "expected ${number} or $$ after $"};
    if (piece->group > groups) {
      return Error{
          ErrorCode::malformed,
          Side::client,
          "there is no group " + std::to_string(piece->group) + " among " + std::to_string(groups)
      };
    }
  }
  return {};
}

std::string_view filled_in(
    std::string_view before, std::string_view replacement, std::span<const std::string_view> groups,
    std::string_view behind, Scratch& scratch
) {
  std::size_t size = before.size() + behind.size();
  each_text(replacement, groups, [&size](std::string_view text) { size += text.size(); });
  const std::span<char> whole = scratch.make<char>(size);
  if (whole.empty()) return {};
  char* next = std::ranges::copy(before, whole.data()).out;
  each_text(replacement, groups, [&next](std::string_view text) {
    next = std::ranges::copy(text, next).out;
  });
  std::ranges::copy(behind, next);
  return {whole.data(), whole.size()};
}

}  // namespace festina::rules
