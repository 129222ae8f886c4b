// Field syntax: tokens, lists, quoted strings and quality values (RFC 9110 §5.6, §12.4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace festina::http {

bool is_token(std::string_view);        // RFC 9110 §5.6.2; empty text is none
bool is_field_value(std::string_view);  // no control bytes but tab (RFC 9110 §5.5)

// Reads the members of a list one by one: quoted strings kept whole, empty members dropped (RFC 9110 §5.6.1). A quote
// that is never closed is an ordinary byte: it hides nothing that follows.
class ListReader {
 public:
  explicit ListReader(std::string_view value, std::string_view separators = ",")
      : rest_(value), separators_(separators) {}
  // The next member without the white space around it; nothing at the end.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
  std::string_view separators_;
};
// All members of a comma-separated list.
std::vector<std::string_view> list_members(std::string_view value);
// Does the list hold this token, whatever its case?
bool list_has_token(std::string_view value, std::string_view token);

// The text of a quoted string, escapes resolved; nothing when it is not one whole quoted string (RFC 9110 §5.6.4).
std::optional<std::string> unquoted(std::string_view);
// The text as a quoted string.
std::string quoted(std::string_view);

// "name=value" or "name": the parts of a directive or parameter, value unquoted. White space around "=" is part of the
// name or value (RFC 9110 §5.6.6 allows none).
struct Parameter {
  std::string_view name;
  std::optional<std::string> value;
};
Parameter parameter(std::string_view member);

// A quality value, in thousandths: "0.5" is 500 (RFC 9110 §12.4.2). Nothing for any other text.
std::optional<unsigned> parse_quality(std::string_view);

}  // namespace festina::http
