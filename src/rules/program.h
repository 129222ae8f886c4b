// Program: an expression that was parsed and typed, as `parser` makes it and `evaluate` reads it. It never changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "rules/fields.h"
#include "rules/functions.h"
#include "rules/lexer.h"
#include "rules/regex.h"
#include "rules/set.h"
#include "rules/type.h"
#include "rules/value.h"
#include "rules/wildcard.h"

namespace festina::rules {

struct Call;
struct Condition;

struct EachItem {
  bool operator==(const EachItem&) const = default;
};  // "[*]"
using Index = std::variant<std::string, std::uint32_t, EachItem>;

// A field or a call, and a way into it.
struct Operand {
  std::variant<const Field*, std::unique_ptr<Call>> from;
  std::vector<Index> way;
  Type type;               // of what is at its end
  bool is_mapped = false;  // it goes through each item of something: there are many ends
};

struct Argument {
  std::variant<Operand, std::unique_ptr<Condition>, Literal> is;
  Type type;  // of an operand that is mapped: of one end
};

struct Call {
  const Function* function = nullptr;
  std::vector<Argument> arguments;
  Prepared prepared;
  Type type;
  bool is_mapped = false;  // it is called for every end of its first argument
};

// What is asked of the value of an operand.
struct IsTrue {
  bool operator==(const IsTrue&) const = default;
};
enum class Relation : std::uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal
};
struct Compared {
  Relation relation = Relation::equal;
  Literal to;
  bool operator==(const Compared&) const = default;
};
struct CommonBits {
  std::int64_t with = 0;
  bool operator==(const CommonBits&) const = default;
};
struct Contains {
  std::string part;
  bool operator==(const Contains&) const = default;
};
struct StartsWith {
  std::string beginning;
  bool operator==(const StartsWith&) const = default;
};
struct EndsWith {
  std::string end;
  bool operator==(const EndsWith&) const = default;
};
using Test = std::variant<
    IsTrue, Compared, CommonBits, Contains, StartsWith, EndsWith, Regex, Wildcard, IntegerSet,
    AddressSet, TextSet>;

struct Comparison {
  Operand left;
  Test test;
};

struct Always {};
struct Negation {
  std::unique_ptr<Condition> of;
};
struct Combination {
  Logical operation = Logical::both;
  std::vector<Condition> terms;  // at least two
};
enum class Quantity : std::uint8_t { any, all };
struct Quantified {
  Quantity quantity = Quantity::any;
  Argument of;  // an array of Boolean
};

// Boolean, or an array of Boolean within any() and all().
struct Condition {
  std::variant<Always, Comparison, Negation, Combination, Quantified> is;
  Type type = kBoolean;
};

struct Program {
  std::string text;  // as it was given
  std::variant<Condition, Operand> root;
};

}  // namespace festina::rules
