// Functions: what a rule can compute (reference §7.4). A new function is a row of the table.
//
// A function of a missing value is missing, unless its row says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/computations.h"
#include "rules/value.h"

namespace festina::rules {

// What may be an argument.
enum class Takes : std::uint8_t {
  anything,
  computed,  // a field or a call, no literal
  literal
};

struct Parameter {
  std::span<const Type> types;  // any of them
  Takes takes = Takes::anything;
};

// What an argument that is a literal lacks, by its place.
struct WrongArgument {
  std::size_t index = 0;
  std::string why;
};

// Where a function may be called. Those of expressions that give a text are called once in each (reference §7.4).
enum class Usable : std::uint8_t { everywhere, once_in_values };

using Literals = std::span<const Literal* const>;  // of the arguments; null for one that is none

struct Function {
  std::string_view name;
  std::string_view form;  // "substring(text, start[, end])"
  std::string_view note;
  std::span<const Parameter> parameters;  // the last is that of all that follow
  std::size_t least = 1;                  // arguments
  std::size_t most = 1;
  Type gives;
  Computation* run = nullptr;
  std::optional<WrongArgument> (*prepare)(Literals, Prepared&) = nullptr;
  Usable usable = Usable::everywhere;
  bool takes_missing = false;

  const Parameter& parameter(std::size_t index) const {
    return parameters[index < parameters.size() ? index : parameters.size() - 1];
  }
};

inline constexpr std::size_t kMaxArguments = 64;
inline constexpr std::int64_t kMaxSplit = 128;  // parts (reference §7.4)

std::span<const Function> functions();
// Null for none.
const Function* find_function(std::string_view name);

}  // namespace festina::rules
