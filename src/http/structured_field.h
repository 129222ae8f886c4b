// Structured fields: the dictionaries of RFC 9651 §3.2, as far as targeted cache control needs them (RFC 9213 §2.1).
//
// Strict, as the RFC wants it: one error anywhere and the whole field is none (§4.2). Parameters are read and left out,
// and so are the members of inner lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace festina::http {

// A value that is neither an integer, a string nor a boolean: a decimal, token, byte sequence, date, display string or
// inner list.
struct OtherItem {
  bool operator==(const OtherItem&) const = default;
};
using StructuredItem = std::variant<bool, std::int64_t, std::string, OtherItem>;

struct DictionaryMember {
  std::string key;
  StructuredItem value;
  bool operator==(const DictionaryMember&) const = default;
};

// The members in order, of a repeated key the last value at its first place. Nothing for what is no dictionary. An empty
// text is an empty dictionary.
std::optional<std::vector<DictionaryMember>> parse_dictionary(std::string_view);

}  // namespace festina::http
