// Computations: what the functions of rules compute (reference §7.4). What each means is said in the table of `functions`.
//
// Each requires arguments of the types and the number that its row says, and gives a view of them, or of the scratch.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "rules/regex.h"
#include "rules/value.h"
#include "rules/wildcard.h"

namespace festina::rules {

// What is made of an argument when the rule is parsed.
struct Prepared {
  std::optional<Regex> regex;
  std::optional<Wildcard> wildcard;
};

using Arguments = std::span<const Value>;
using Computation = Value(const Prepared&, Arguments, Scratch&);

inline constexpr std::size_t kMaxUrlDecodings = 10;  // of url_decode(…, "r")

Computation lower_case;
Computation upper_case;
Computation to_string;
Computation concat;
Computation starts_with;
Computation ends_with;
Computation length;
Computation substring;
Computation remove_bytes;
Computation remove_query_args;
Computation split_parts;
Computation join_parts;
Computation url_decode;
Computation decode_base64;
Computation lookup_json_string;
Computation lookup_json_integer;
Computation regex_replace;
Computation wildcard_replace;

}  // namespace festina::rules
