// By recursive descent, one function for each rule of the grammar. Each returns what it read, or nothing once the lexer
// has a fault.
#include "rules/parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/literal.h"
#include "rules/right_side.h"
#include "rules/typecheck.h"
#include "rules/way.h"

namespace festina::rules {
namespace {

enum class Gives : std::uint8_t { condition, texts };

// Counts how deep the parser is.
class Depth {
 public:
  explicit Depth(std::size_t& depth) : depth_(depth) { ++depth_; }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  std::size_t& depth_;
};

std::optional<Argument> as_argument(std::optional<Condition> condition) {
  if (!condition) return std::nullopt;
  const Type type = condition->type;
  return Argument{std::make_unique<Condition>(*std::move(condition)), type};
}

class Parser {
 public:
  Parser(std::string_view text, Phase phase, Plan plan, Gives gives)
      : lexer_(text), phase_(phase), allowance_{.plan = plan}, gives_(gives) {}

  std::optional<Condition> whole_condition();
  std::optional<Operand> whole_texts();
  // Requires: nothing was returned.
  const TextFault& fault() const;

 private:
  std::optional<Condition> combination(Logical operation);
  std::optional<Condition> tighter(Logical operation);
  std::optional<Condition> unary();
  std::optional<Condition> parenthesized();
  std::optional<Condition> negation();
  std::optional<Condition> quantified(Quantity);
  std::optional<Condition> comparison(Operand left);

  std::optional<Operand> operand();
  std::optional<Operand> named(std::string_view name, Span);
  std::optional<Call> call(const Function&, Span name);
  bool read_arguments(Call&);
  std::optional<Argument> argument();

  // False, and a fault, when it is too deep already.
  bool may_nest();
  bool begins_operand() const;

  Lexer lexer_;
  Phase phase_;
  Allowance allowance_;
  Gives gives_;
  std::size_t depth_ = 0;
  std::vector<const Function*> called_;  // those that may be called once
};

const TextFault& Parser::fault() const {
  const std::optional<TextFault>& fault = lexer_.fault();
  if (!fault) unreachable("what is not parsed has a fault");
  return *fault;
}

std::optional<Condition> Parser::whole_condition() {
  if (lexer_.rest() == "true") return Condition{Always{}};  // every request (reference §7.1)
  auto whole = combination(Logical::either);
  if (!whole) return std::nullopt;
  if (!lexer_.at_end()) return lexer_.fail_here("unrecognised input");
  if (whole->type != kBoolean)
    return lexer_.fail({0, lexer_.position()}, mismatch(name(kBoolean), whole->type));
  return whole;
}

std::optional<Operand> Parser::whole_texts() {
  auto whole = operand();
  if (!whole) return std::nullopt;
  if (!lexer_.at_end()) return lexer_.fail_here("unrecognised input");
  const Type type = whole->is_mapped ? array_of(whole->type) : whole->type;
  if (type != kTexts) return lexer_.fail({0, lexer_.position()}, mismatch(name(kTexts), type));
  return whole;
}

bool Parser::may_nest() {
  if (depth_ < kMaxNesting) return true;
  lexer_.fail(
      lexer_.remainder(),
      "maximum nesting depth exceeded (limit: " + std::to_string(kMaxNesting) + ")",
      ErrorCode::too_large
  );
  return false;
}

std::optional<Condition> Parser::tighter(Logical operation) {
  switch (operation) {
    case Logical::either:
      return combination(Logical::exclusive);
    case Logical::exclusive:
      return combination(Logical::both);
    case Logical::both:
      return unary();
  }
  unreachable("every operation has a tighter one");
}

// What stands between operators of one kind; one term alone is no combination.
std::optional<Condition> Parser::combination(Logical operation) {
  auto first = tighter(operation);
  if (!first) return std::nullopt;
  const Type type = first->type;
  std::vector<Condition> terms;
  terms.push_back(std::move(*first));
  while (true) {
    const Lexer before = lexer_;
    lexer_.skip_space();
    if (!lexer_.take(operation)) {
      lexer_ = before;
      break;
    }
    lexer_.skip_space();
    const std::size_t begin = lexer_.position();
    auto next = tighter(operation);
    if (!next) return std::nullopt;
    if (!combine(type, next->type))
      return lexer_.fail(lexer_.since(begin), mismatch(name(type), next->type));
    terms.push_back(std::move(*next));
  }
  if (terms.size() == 1) return std::move(terms.front());
  return Condition{Combination{operation, std::move(terms)}, type};
}

std::optional<Condition> Parser::unary() {
  if (lexer_.next() == '(') return parenthesized();
  if (lexer_.rest().starts_with("not") || lexer_.next() == '!') return negation();
  if (lexer_.take_quantifier("any")) return quantified(Quantity::any);
  if (lexer_.take_quantifier("all")) return quantified(Quantity::all);
  auto left = operand();
  if (!left) return std::nullopt;
  return comparison(std::move(*left));
}

std::optional<Condition> Parser::parenthesized() {
  if (!may_nest()) return std::nullopt;
  const Depth deeper(depth_);
  lexer_.skip(1);
  lexer_.skip_space();
  auto inner = combination(Logical::either);
  if (!inner) return std::nullopt;
  lexer_.skip_space();
  if (!lexer_.expect(")")) return std::nullopt;
  return inner;
}

std::optional<Condition> Parser::negation() {
  if (!may_nest()) return std::nullopt;
  const Depth deeper(depth_);
  if (!lexer_.take("not")) lexer_.skip(1);
  lexer_.skip_space();
  auto inner = unary();
  if (!inner) return std::nullopt;
  const Type type = inner->type;
  return Condition{Negation{std::make_unique<Condition>(std::move(*inner))}, type};
}

std::optional<Condition> Parser::quantified(Quantity quantity) {
  if (!may_nest()) return std::nullopt;
  const Depth deeper(depth_);
  if (!lexer_.expect("(")) return std::nullopt;
  lexer_.skip_space();
  const std::size_t begin = lexer_.position();
  auto of = argument();
  if (!of) return std::nullopt;
  const auto* operand = std::get_if<Operand>(&of->is);
  const bool is_mapped = operand != nullptr && operand->is_mapped;
  const Type type = is_mapped ? array_of(of->type) : of->type;
  if (type != array_of(kBoolean))
    return lexer_.fail(lexer_.since(begin), mismatch(name(array_of(kBoolean)), type));
  lexer_.skip_space();
  if (!lexer_.expect(")")) return std::nullopt;
  return Condition{Quantified{quantity, std::move(*of)}};
}

std::optional<Condition> Parser::comparison(Operand left) {
  const bool is_truths = left.type == array_of(kBoolean);
  if (is_truths && left.is_mapped) {
    return lexer_.fail_here(
        "cannot perform this operation on type " + name(array_of(array_of(kBoolean)))
    );
  }
  if (auto same = as_operator(left)) return Condition{*std::move(same)};
  if (left.type == kBoolean || is_truths) {  // takes no operator (reference §7.1)
    const Type type = is_truths ? left.type : judged(left);
    return Condition{Comparison{std::move(left), IsTrue{}}, type};
  }
  auto asked = read_test(lexer_, left.type, allowance_);
  if (!asked) return std::nullopt;
  const Type type = judged(left);
  return Condition{Comparison{std::move(left), std::move(*asked)}, type};
}

std::optional<Operand> Parser::operand() {
  const std::size_t begin = lexer_.position();
  const auto identifier = lexer_.identifier();
  if (!identifier) return std::nullopt;
  auto read = named(*identifier, lexer_.since(begin));
  if (!read || !read_way(lexer_, *read)) return std::nullopt;
  return read;
}

std::optional<Operand> Parser::named(std::string_view name, Span span) {
  if (const Field* const field = find_field(name)) {
    if (field->since > phase_)
      return lexer_.fail(span, "unknown identifier: this field is known once the origin answered");
    if (field->needs && !offers(allowance_.plan, *field->needs))
      return lexer_.fail(span, lacks(allowance_.plan, *field->needs));
    return Operand{field, {}, field->type};
  }
  const Function* const function = find_function(name);
  if (function == nullptr) return lexer_.fail(span, unknown_identifier(name));
  lexer_.skip_space();
  if (!may_nest()) return std::nullopt;
  const Depth deeper(depth_);
  auto read = call(*function, span);
  if (!read) return std::nullopt;
  const Type type = read->type;
  return Operand{std::make_unique<Call>(std::move(*read)), {}, type};
}

std::optional<Call> Parser::call(const Function& function, Span name) {
  if (function.usable == Usable::once_in_values) {
    if (gives_ == Gives::condition)
      return lexer_.fail(name, "this function is only for expressions that give a value");
    if (std::ranges::find(called_, &function) != called_.end())
      return lexer_.fail(name, "this function can be called once in an expression");
    called_.push_back(&function);
  }
  if (!lexer_.expect("(")) return std::nullopt;
  lexer_.skip_space();
  Call read{.function = &function, .arguments = {}, .prepared = {}, .type = function.gives};
  if (!read_arguments(read)) return std::nullopt;
  if (!read.arguments.empty()) {
    const auto* first = std::get_if<Operand>(&read.arguments.front().is);
    read.is_mapped = first != nullptr && first->is_mapped;
  }
  if (read.is_mapped) read.type = array_of(function.gives);
  return read;
}

// Up to the closing parenthesis, and it.
bool Parser::read_arguments(Call& call) {
  const Function& function = *call.function;
  std::vector<Span> spans;
  while (!lexer_.at_end() && lexer_.next() != ')') {
    if (!spans.empty() && !lexer_.expect(",")) return false;
    lexer_.skip_space();
    const std::size_t begin = lexer_.position();
    auto read = argument();
    if (!read) return false;
    spans.push_back(lexer_.since(begin));
    if (spans.size() > function.most) {
      lexer_.fail(spans.back(), "invalid number of arguments");
      return false;
    }
    if (auto why = why_no_argument(function, spans.size() - 1, *read)) {
      lexer_.fail(spans.back(), *std::move(why));
      return false;
    }
    call.arguments.push_back(std::move(*read));
    lexer_.skip_space();
  }
  if (spans.size() < function.least) {
    lexer_.fail_here("invalid number of arguments");
    return false;
  }
  if (const auto wrong = prepare(call)) {
    lexer_.fail(
        spans[wrong->index],
        "invalid value of argument #" + std::to_string(wrong->index) + ": " + wrong->why
    );
    return false;
  }
  return lexer_.expect(")");
}

// Can only a field or a call begin so? Anything of hexadecimal digits may be a number, an address or bytes.
bool Parser::begins_operand() const {
  Lexer ahead = lexer_;
  const auto word = ahead.identifier();
  if (!word) return false;
  if (find_field(*word) != nullptr || find_function(*word) != nullptr) return true;
  return word->front() == '_' ||
         word->find_first_not_of("0123456789abcdefABCDEF.x") != std::string_view::npos;
}

std::optional<Argument> Parser::argument() {
  const std::string_view rest = lexer_.rest();
  if (begins_string(lexer_)) {
    auto text = read_string(lexer_);
    if (!text) return std::nullopt;
    return Argument{Literal{*std::move(text)}, kText};
  }
  Lexer ahead = lexer_;
  const bool is_condition = rest.starts_with('(') || rest.starts_with('!') ||
                            rest.starts_with("not") || ahead.take_quantifier("any") ||
                            ahead.take_quantifier("all");
  if (is_condition) return as_argument(combination(Logical::either));
  if (!begins_operand()) {
    auto literal = read_literal(lexer_);
    if (!literal) return std::nullopt;
    const Type type = literal->type();
    return Argument{*std::move(literal), type};
  }
  auto left = operand();
  if (!left) return std::nullopt;
  ahead = lexer_;
  ahead.skip_space();
  if (!ahead.take_comparator()) {
    const Type type = left->type;
    return Argument{std::move(*left), type};
  }
  return as_argument(comparison(std::move(*left)));
}

Result<std::shared_ptr<const Program>> parse(
    std::string_view text, Phase phase, Plan plan, Gives gives
) {
  if (text.size() > kMaxExpressionBytes) {
    return Error{
        ErrorCode::too_large,
        Side::client,
        "the expression has " + std::to_string(text.size()) + " bytes; it may have " +
            std::to_string(kMaxExpressionBytes)
    };
  }
  Parser parser(text, phase, plan, gives);
  if (gives == Gives::condition) {
    auto condition = parser.whole_condition();
    if (!condition) return error_of(text, parser.fault());
    return std::make_shared<const Program>(std::string(text), std::move(*condition));
  }
  auto texts = parser.whole_texts();
  if (!texts) return error_of(text, parser.fault());
  return std::make_shared<const Program>(std::string(text), std::move(*texts));
}

}  // namespace

Result<std::shared_ptr<const Program>> parse_condition(
    std::string_view text, Phase phase, Plan plan
) {
  return parse(text, phase, plan, Gives::condition);
}

Result<std::shared_ptr<const Program>> parse_texts(std::string_view text, Phase phase, Plan plan) {
  return parse(text, phase, plan, Gives::texts);
}

}  // namespace festina::rules
