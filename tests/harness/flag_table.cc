#include "harness/flag_table.h"

#include <stdexcept>

namespace festina::harness {

std::string_view flag_called(char letter) {
  switch (letter) {
    case 'F':
      return "request_cf_overrides_cache_rules";
    case 'G':
      return "cache_api_compat_flags";
    case 'C':
      return "cache_api_request_cf_overrides_cache_rules";
    default:
      throw std::invalid_argument("no such flag");
  }
}

std::string spelled_out(std::string_view flags) {
  std::string list;
  while (!flags.empty()) {
    const std::size_t end = flags.find(' ');
    const std::string_view word = flags.substr(0, end);
    if (!list.empty()) list += ", ";
    list += word.starts_with("no_") ? "\"no_" : "\"";
    list += flag_called(word.back());
    list += '"';
    flags.remove_prefix(end == std::string_view::npos ? flags.size() : end + 1);
  }
  return list;
}

}  // namespace festina::harness
