#include "rules/typecheck.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "rules/fields.h"

namespace festina::rules {
namespace {

bool is_mapped(const Argument& argument) {
  const auto* operand = std::get_if<Operand>(&argument.is);
  return operand != nullptr && operand->is_mapped;
}

// "Bytes or Int".
std::string names_of(std::span<const Type> types) {
  std::string names;
  for (const Type type : types) {
    if (!names.empty()) names += " or ";
    names += name(type);
  }
  return names;
}

}  // namespace

std::string unknown_identifier(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Field& field : fields()) names.push_back(field.name);
  for (const Function& function : functions()) names.push_back(function.name);
  const auto meant = nearest(name, names);
  std::string why = "unknown identifier";
  if (meant) why += " (did you mean " + std::string(*meant) + "?)";
  return why;
}

std::optional<Type> type_at(Type whole, const Index& index) {
  if (whole.is_scalar()) return std::nullopt;
  if (std::holds_alternative<std::string>(index) && !whole.is_map) return std::nullopt;
  if (std::holds_alternative<std::uint32_t>(index) && whole.is_map) return std::nullopt;
  return item_of(whole);
}

std::string name(const Index& index) {
  if (const auto* key = std::get_if<std::string>(&index)) return "[\"" + *key + "\"]";
  if (const auto* place = std::get_if<std::uint32_t>(&index))
    return "[" + std::to_string(*place) + "]";
  return "[*]";
}

bool compares(Comparator comparator, Type type) {
  if (!type.is_scalar() || type.kind == Kind::boolean) return false;
  switch (comparator) {
    case Comparator::equal:
    case Comparator::not_equal:
    case Comparator::greater_or_equal:
    case Comparator::less_or_equal:
    case Comparator::greater:
    case Comparator::less:
    case Comparator::in:
      return true;
    case Comparator::bitwise_and:
      return type == kInteger;
    case Comparator::contains:
    case Comparator::matches:
    case Comparator::wildcard:
    case Comparator::strict_wildcard:
    case Comparator::starts_with:
    case Comparator::ends_with:
      return type == kText;
  }
  unreachable("every comparator has its types");
}

bool combine(Type left, Type right) { return left == right; }

Type judged(const Operand& left) { return left.is_mapped ? array_of(kBoolean) : kBoolean; }

std::string mismatch(const std::string& expected, Type got) {
  return "expected value of type " + expected + ", but got " + name(got);
}

std::optional<std::string> why_no_argument(
    const Function& function, std::size_t index, const Argument& argument
) {
  if (is_mapped(argument) && index > 0) return "invalid use of map each access operator";
  const Parameter& parameter = function.parameter(index);
  const bool is_literal = std::holds_alternative<Literal>(argument.is);
  const std::string number = std::to_string(index);
  if (is_literal && parameter.takes == Takes::computed) {
    return "invalid kind of argument #" + number +
           ": expected argument of kind Field, but got Literal";
  }
  if (!is_literal && parameter.takes == Takes::literal) {
    return "invalid kind of argument #" + number +
           ": expected argument of kind Literal, but got Field";
  }
  if (std::ranges::find(parameter.types, argument.type) == parameter.types.end()) {
    return "invalid type of argument #" + number + ": " +
           mismatch(names_of(parameter.types), argument.type);
  }
  return std::nullopt;
}

std::optional<WrongArgument> prepare(Call& call) {
  if (call.function->prepare == nullptr) return std::nullopt;
  std::vector<const Literal*> literals;
  literals.reserve(call.arguments.size());
  for (const Argument& argument : call.arguments)
    literals.push_back(std::get_if<Literal>(&argument.is));
  return call.function->prepare(literals, call.prepared);
}

}  // namespace festina::rules
