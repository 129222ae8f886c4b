#include "server/words.h"

#include <limits>
#include <sys/types.h>

#include "base/text.h"
#include "http/url.h"
#include "workers/rays.h"
#include "zone/problem.h"
#include "zone/values.h"

namespace festina::server {

std::string url_problem(const std::string& text) {
  const auto url = http::parse_url(text);
  return url ? "" : url.error().detail;
}

bool is_ray(const std::string& text) { return workers::parse_ray(text).has_value(); }

std::string url_or_ray_problem(const std::string& text) {
  const std::string problem = is_ray(text) ? "" : url_problem(text);
  return problem.empty() ? "" : problem + "; nor is it a ray id: 16 hex digits";
}

std::string control_problem(const std::string& text) {
  const auto url = zone::parse_base_url(text);
  return url ? "" : url.error().detail;
}

std::optional<HeaderLine> header_line(std::string_view text) {
  const auto halves = split_once(text, ':');
  if (!halves || halves->before.empty()) return std::nullopt;
  if (halves->before.find_first_of(" \t") != std::string_view::npos) return std::nullopt;
  return HeaderLine{std::string(halves->before), std::string(trimmed(halves->after))};
}

std::string header_problem(const std::string& text) {
  return header_line(text) ? ""
                           : in_quotes(text) + " is no header, write it like 'Accept: text/html'";
}

std::string date_problem(const std::string& text) {
  if (zone::is_calendar_date(text)) return "";
  return in_quotes(text) + " is no date: write it as YYYY-MM-DD";
}

std::string threads_problem(const std::string& text) {
  const auto threads = parse_decimal(text);
  if (threads && *threads > 0 && *threads <= kMaxThreads) return "";
  return in_quotes(text) + " is no number from 1 to " + std::to_string(kMaxThreads);
}

std::string pid_problem(const std::string& text) {
  const auto pid = parse_decimal(text);
  if (pid && *pid > 0 && *pid <= std::numeric_limits<pid_t>::max()) return "";
  return in_quotes(text) + " is no process id";
}

std::string suggestion(const std::string& word, const std::vector<std::string>& words) {
  const std::string question = zone::did_you_mean(word, {words.begin(), words.end()});
  return question.empty() ? "" : " - " + question;
}

}  // namespace festina::server
