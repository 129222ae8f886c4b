// Vary from anybody, and what sets its variants apart: names only, in order, each once and no more than there may be; the
// same value for what means the same. The first line is a Vary, what follows a request's field.
#include "policy/vary.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "base/text.h"
#include "http/field_syntax.h"

namespace {

using namespace festina;

policy::VarySpec all(policy::VaryAction action) { return {.otherwise = action, .rules = {}}; }

http::Headers with(std::string_view name, std::string_view value) {
  http::Headers headers;
  headers.add(name, value);
  return headers;
}

void check_fields(std::string_view vary) {
  const auto found = policy::variance(with("vary", vary), all(policy::VaryAction::passthrough));
  const auto misplaced = std::ranges::adjacent_find(found.fields, std::ranges::greater_equal());
  check(misplaced == found.fields.end(), "fields stand in order, each once");
  if (found.bypasses) return;
  check(found.fields.size() <= policy::kMaxVaryFields, "fields have a limit");
  for (const std::string& field : found.fields) {
    check(http::is_token(field) && lower(field) == field, "a field has a name, in lower case");
  }
}

void check_value(std::string_view field, const std::string& value) {
  const auto text_of = [field](std::string_view given, policy::VaryAction action) {
    return policy::variant_value(with(field, given), field, all(action)).value();
  };
  using enum policy::VaryAction;
  check(text_of(value, passthrough) == trimmed(value), "what passes through is only trimmed");
  check(text_of(value, normalize).size() <= value.size(), "normalising adds nothing");
  check(
      text_of(" ,\t" + value + " , ", equivalent) == text_of(value, equivalent),
      "white space and empty members mean nothing"
  );
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), size);
  const std::string value(text.substr(std::min(end + 1, size)));
  check_fields(text.substr(0, end));
  for (const std::string_view field : {"accept", "accept-language", "x-plan"}) {
    check_value(field, value);
  }
  return 0;
}
