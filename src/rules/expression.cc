#include "rules/expression.h"

#include <utility>

#include "rules/evaluate.h"
#include "rules/parser.h"

namespace festina::rules {
namespace {

Error too_much() {
  return {
      ErrorCode::too_large,
      Side::self,
      "what the expression computes exceeds " + std::to_string(kMaxScratchBytes) + " bytes"
  };
}

}  // namespace

Expression::Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

Result<Expression> Expression::parse(std::string_view text, Phase phase, Plan plan) {
  auto program = parse_condition(text, phase, plan);
  if (!program) return program.error();
  return Expression(std::move(*program));
}

bool Expression::matches(const Facts& facts) const {
  const Result<bool> judgement = evaluate(facts);
  return judgement && *judgement;
}

Result<bool> Expression::evaluate(const Facts& facts) const {
  Scratch scratch;
  const bool judgement = judge(*program_, facts, scratch);
  if (scratch.is_exhausted()) return too_much();
  return judgement;
}

std::string_view Expression::text() const { return program_->text; }

const Condition& Expression::condition() const { return std::get<Condition>(program_->root); }

ListExpression::ListExpression(std::shared_ptr<const Program> program)
    : program_(std::move(program)) {}

Result<ListExpression> ListExpression::parse(std::string_view text, Phase phase, Plan plan) {
  auto program = parse_texts(text, phase, plan);
  if (!program) return program.error();
  return ListExpression(std::move(*program));
}

Result<std::vector<std::string>> ListExpression::values(const Facts& facts) const {
  Scratch scratch;
  const Value texts = texts_of(*program_, facts, scratch);
  if (scratch.is_exhausted()) return too_much();
  std::vector<std::string> values;
  if (texts.is_missing()) return values;
  values.reserve(texts.list().count);
  for (const Value& text : texts.list()) values.emplace_back(text.text());
  return values;
}

std::string_view ListExpression::text() const { return program_->text; }

}  // namespace festina::rules
