#include "edge/file_path.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"

namespace festina::edge {
namespace {

constexpr std::string_view kIndexFile = "index.html";
constexpr std::string_view kWellKnown = ".well-known";

// Escapes resolved; nothing for a bad one, and for a byte that no name of a file has.
std::optional<std::string> decoded(std::string_view text) {
  std::string path;
  path.reserve(text.size() + kIndexFile.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '%') {
      const std::string_view digits = text.substr(i + 1, 2);
      const auto number = digits.size() == 2 ? parse_hex(digits) : std::nullopt;
      if (!number || *number == '/') return std::nullopt;
      byte = static_cast<char>(*number);
      i += 2;
    }
    if (byte == '\0' || byte == '\\') return std::nullopt;
    path.push_back(byte);
  }
  return path;
}

// Empty segments too: only the last of a path may be one.
bool is_hidden(std::string_view segment) { return segment.empty() || segment.front() == '.'; }

bool is_public(std::string_view path) {
  std::vector<std::string_view> segments = split(path, '/');
  if (segments.back().empty()) segments.pop_back();  // "docs/"
  if (segments.size() > 1 && segments.front() == kWellKnown) segments.erase(segments.begin());
  return std::ranges::none_of(segments, is_hidden);
}

}  // namespace

std::optional<std::string> file_path(std::string_view url_path) {
  check(url_path.starts_with('/'), "the path of a URL begins with a slash");
  auto path = decoded(url_path.substr(1));
  if (!path || !is_public(*path)) return std::nullopt;
  if (path->empty() || path->back() == '/') path->append(kIndexFile);
  return path;
}

}  // namespace festina::edge
