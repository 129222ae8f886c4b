// Words: what a word of the command line may be. A problem is a reason for the user; empty for none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace festina::server {

inline constexpr unsigned kMaxThreads = 256;

struct HeaderLine {
  std::string name;
  std::string value;
  bool operator==(const HeaderLine&) const = default;
};
// "Name: value"
std::optional<HeaderLine> header_line(std::string_view text);
std::string header_problem(const std::string& text);

// An absolute URL; scheme, host and port alone for the control address.
std::string url_problem(const std::string& text);
std::string control_problem(const std::string& text);
// A ray id, "89abcdef01234567" with or without "-FRA" behind it.
bool is_ray(const std::string& text);
std::string url_or_ray_problem(const std::string& text);
std::string date_problem(const std::string& text);
std::string threads_problem(const std::string& text);
std::string pid_problem(const std::string& text);

// " - did you mean "serve"?", or nothing.
std::string suggestion(const std::string& word, const std::vector<std::string>& words);

}  // namespace festina::server
