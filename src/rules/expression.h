// Expression: the text of a rule, as Cloudflare's Rules language has it (reference §7), parsed and typed once and asked
// for every request.
//
// The one face of the language; `parser` and `evaluate` are behind it. What parses is immutable, may be asked by every
// thread at once, and is copied by counting.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "rules/facts.h"
#include "rules/plan_features.h"

namespace festina::rules {

struct Condition;
struct Program;

// A condition.
class Expression {
 public:
  // Errors: malformed (client), also for what the zone's plan does not offer; too_large (client) beyond a limit. The
  // detail is what the service says: "Filter parsing error (line:column):", the line, carets under the place and the
  // reason, in three lines.
  static Result<Expression> parse(std::string_view text, Phase, Plan = Plan::enterprise);

  // Does the rule apply? One that fails does not.
  bool matches(const Facts&) const;
  // The same, for who wants to know of a failure. Errors: too_large (self): what the rule computes of this request
  // exceeds kMaxScratchBytes.
  Result<bool> evaluate(const Facts&) const;

  // As it was given.
  std::string_view text() const [[clang::lifetimebound]];
  // For who judges it before any request is there (rules/foregone).
  const Condition& condition() const [[clang::lifetimebound]];

 private:
  explicit Expression(std::shared_ptr<const Program>);
  std::shared_ptr<const Program> program_;
};

// An expression that gives texts instead of a judgement, as set_cache_tags takes it (reference §6.4):
// split(http.response.headers["x-tags"][0], ",", 10).
class ListExpression {
 public:
  // Errors: as Expression::parse(); also for what gives no array of strings.
  static Result<ListExpression> parse(std::string_view text, Phase, Plan = Plan::enterprise);

  // A value that is missing gives none. Errors: as Expression::evaluate().
  Result<std::vector<std::string>> values(const Facts&) const;

  std::string_view text() const [[clang::lifetimebound]];

 private:
  explicit ListExpression(std::shared_ptr<const Program>);
  std::shared_ptr<const Program> program_;
};

}  // namespace festina::rules
