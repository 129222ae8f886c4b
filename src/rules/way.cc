#include "rules/way.h"

#include <utility>

#include "rules/literal.h"
#include "rules/typecheck.h"

namespace festina::rules {
namespace {

std::optional<Index> read_index(Lexer& lexer) {
  if (lexer.take("*")) return EachItem{};
  if (lexer.next() == '"') {
    auto key = read_text(lexer);
    if (!key) return std::nullopt;
    return *std::move(key);
  }
  Lexer ahead = lexer;
  const auto number = read_integer(ahead);
  if (!number) return lexer.fail_here("expected quoted utf8 string or positive integer");
  if (!std::in_range<std::uint32_t>(*number))
    return lexer.fail_here("expected positive integer as index");
  lexer = ahead;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

bool read_way(Lexer& lexer, Operand& operand) {
  while (lexer.next() == '[') {
    const std::size_t begin = lexer.position();
    lexer.skip(1);
    lexer.skip_space();
    auto step = read_index(lexer);
    if (!step) return false;
    lexer.skip_space();
    if (!lexer.expect("]")) return false;
    const auto type = type_at(operand.type, *step);
    if (!type) {
      lexer.fail(
          lexer.since(begin),
          "cannot access index " + name(*step) + " for type " + name(operand.type)
      );
      return false;
    }
    operand.type = *type;
    operand.is_mapped = operand.is_mapped || std::holds_alternative<EachItem>(*step);
    operand.way.push_back(std::move(*step));
  }
  return true;
}

}  // namespace festina::rules
