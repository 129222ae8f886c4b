// Expression: the text of a rule, as Cloudflare's Rules language has it (reference §7), parsed and typed once and asked
// for every request.
//
// The one face of the language: behind it are `lexer`, `parser`, `vocabulary`, `typecheck` and `evaluate`. What parses is
// immutable, may be asked by every thread at once, and is copied by counting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "http/message.h"
#include "policy/visit.h"

namespace festina::rules {

inline constexpr std::size_t kMaxExpressionBytes = 4096;  // reference §7.1

// When the rule is asked: before the cache is, or once the origin has answered (reference §6.4). Fields of the response
// exist in the second only.
enum class Phase : std::uint8_t { request, response };

// What a rule may look at. Requires: a response in Phase::response.
struct Facts {
  const http::Request& request;
  const policy::Visit& visit;
  const http::Response* response = nullptr;
};

namespace expression_detail {
struct Program;
}

// A condition.
class Expression {
 public:
  // Errors: malformed (client), too_large (client) beyond a limit. The detail is what the service says: "Filter parsing
  // error (line:column):", the line, carets under the place and the reason, in three lines.
  static Result<Expression> parse(std::string_view text, Phase);

  // Does the rule apply? One that fails does not.
  bool matches(const Facts& facts) const { return evaluate(facts).value_or(false); }
  // The same, for who wants to know of a failure. Errors: too_large (client): what the rule computes of this request
  // exceeds kMaxScratchBytes.
  Result<bool> evaluate(const Facts&) const;

  // As it was given.
  std::string_view text() const [[clang::lifetimebound]];

 private:
  explicit Expression(std::shared_ptr<const expression_detail::Program>);
  std::shared_ptr<const expression_detail::Program> program_;
};

// An expression that gives texts instead of a judgement, as set_cache_tags takes it (reference §6.4):
// split(http.response.headers["x-tags"][0], ",", 10).
class ListExpression {
 public:
  // Errors: as Expression::parse(); also for what gives no array of strings.
  static Result<ListExpression> parse(std::string_view text, Phase);

  // A value that is missing gives none. Errors: as Expression::evaluate().
  Result<std::vector<std::string>> values(const Facts&) const;

  std::string_view text() const [[clang::lifetimebound]];

 private:
  explicit ListExpression(std::shared_ptr<const expression_detail::Program>);
  std::shared_ptr<const expression_detail::Program> program_;
};

}  // namespace festina::rules
