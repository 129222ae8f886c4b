// Expressions from anybody who may write a rule, asked of requests from anybody: the text before the first empty line is the
// expression, what follows are a URL and header lines. What parses is judged, twice the same; what does not says where.
#include "rules/expression.h"

#include <cstdint>
#include <string>

#include "base/errors.h"
#include "base/text.h"

namespace {

using namespace festina;

struct Asked {
  http::Request request;
  policy::Visit visit;
  http::Response response;
};

Asked asked_by(std::string_view text) {
  Asked asked;
  const auto lines = split(text, '\n');
  const auto url = http::parse_url(lines.front());
  if (url) asked.request.url = *url;
  asked.visit.raw_url = http::normalize(asked.request.url);
  asked.visit.client_address = "203.0.113.7";
  asked.visit.country = "DE";
  for (const std::string_view line : lines) {
    const auto halves = split_once(line, ':');
    if (!halves) continue;
    asked.request.headers.add(halves->before, trimmed(halves->after));
    asked.response.headers.add(halves->before, trimmed(halves->after));
  }
  return asked;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t gap = input.find("\n\n");
  const std::string_view text = input.substr(0, gap);
  const Asked asked =
      asked_by(gap == std::string_view::npos ? std::string_view() : input.substr(gap + 2));
  const rules::Facts facts{asked.request, asked.visit, &asked.response};

  for (const rules::Phase phase : {rules::Phase::request, rules::Phase::response}) {
    const auto expression = rules::Expression::parse(text, phase);
    if (expression) {
      check(expression->text() == text, "an expression keeps its text");
      check(expression->evaluate(facts) == expression->evaluate(facts), "a judgement stands");
    } else {
      check(!expression.error().detail.empty(), "a fault says why");
    }
    const auto list = rules::ListExpression::parse(text, phase);
    if (list) check(list->values(facts) == list->values(facts), "what is computed stands");
  }
  return 0;
}
