#include "zone/dotenv.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace festina::zone {
namespace {

constexpr std::string_view kSpace = " \t\r";

bool is_name_part(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || is_digit(c) || c == '_' || c == '.' || c == '-';
}

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

std::string_view without_front_space(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

std::string with_line_breaks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 1 < text.size();
    if (is_escape && (text[i + 1] == 'n' || text[i + 1] == 'r')) {
      out += text[++i] == 'n' ? '\n' : '\r';
    } else {
      out += text[i];
    }
  }
  return out;
}

// Where the quote at the front ends; npos: nowhere. A backslash keeps the quote behind it from ending it.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text.front()) {
      return i;
    }
  }
  return std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file, Problems& problems)
      : rest_(text), file_(file), problems_(problems) {}

  std::vector<DotenvLine> read() {
    while (!rest_.empty()) {
      const std::string_view line = without_front_space(rest_.substr(0, line_end()));
      if (line.empty() || line.starts_with('#')) {
        skip_line();
      } else {
        read_assignment();
      }
    }
    return std::move(lines_);
  }

 private:
  std::size_t line_end() const { return std::min(rest_.find('\n'), rest_.size()); }

  void take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    line_ += static_cast<std::uint32_t>(std::count(taken.begin(), taken.end(), '\n'));
    rest_.remove_prefix(taken.size());
  }
  void skip_line() { take(line_end() + 1); }

  void refuse(std::uint32_t line, std::string message, std::string suggestion) {
    problems_.push_back({{file_, line, 1}, std::move(message), std::move(suggestion)});
    skip_line();
  }

  // The name in front of the line's "=" or ": ", taken off with it.
  std::optional<std::string> take_name() {
    std::string_view line = without_front_space(rest_.substr(0, line_end()));
    if (line.starts_with("export ") || line.starts_with("export\t"))
      line = without_front_space(line.substr(6));
    const auto end = std::ranges::find_if_not(line, is_name_part);
    const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    std::string_view behind = line.substr(name.size());
    const bool has_colon = behind.starts_with(": ") || behind.starts_with(":\t");
    behind = without_front_space(behind);
    if (name.empty() || (!has_colon && !behind.starts_with('='))) return std::nullopt;
    take(static_cast<std::size_t>(behind.data() + 1 - rest_.data()));
    return std::string(name);
  }

  void read_assignment() {
    const std::uint32_t line = line_;
    auto name = take_name();
    if (!name) return refuse(line, "this line sets nothing", "write NAME=value");
    const std::string_view value = without_front_space(rest_.substr(0, line_end()));
    const bool is_quoted = !value.empty() && is_quote(value.front());
    if (is_quoted) return read_quoted(line, std::move(*name), value);
    const std::string_view bare = value.substr(0, value.find('#'));
    const std::size_t last = bare.find_last_not_of(kSpace);
    set(std::move(*name), std::string(bare.substr(0, last + 1)), line);  // npos + 1 is 0
    skip_line();
  }

  void read_quoted(std::uint32_t line, std::string name, std::string_view value) {
    take(static_cast<std::size_t>(value.data() - rest_.data()));
    const std::size_t end = closing_quote(rest_);
    if (end == std::string_view::npos)
      return refuse(line, "the value of " + name + " has no closing quote", "add it");
    const bool expands = rest_.front() == '"';
    std::string text(rest_.substr(1, end - 1));
    take(end + 1);
    const std::string_view behind = without_front_space(rest_.substr(0, line_end()));
    if (!behind.empty() && !behind.starts_with('#'))
      return refuse(line_, "text behind the value of " + name, "put it into the quotes");
    set(std::move(name), expands ? with_line_breaks(text) : std::move(text), line);
    skip_line();
  }

  void set(std::string name, std::string value, std::uint32_t line) {
    std::erase_if(lines_, [&](const DotenvLine& earlier) { return earlier.name == name; });
    lines_.push_back({std::move(name), std::move(value), {file_, line, 1}});
  }

  std::string_view rest_;
  const std::string& file_;
  Problems& problems_;
  std::uint32_t line_ = 1;
  std::vector<DotenvLine> lines_;
};

}  // namespace

std::vector<DotenvLine> parse_dotenv(
    std::string_view text, const std::string& file, Problems& problems
) {
  return Reader(text, file, problems).read();
}

}  // namespace festina::zone
