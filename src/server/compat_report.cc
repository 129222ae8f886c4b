#include "server/compat_report.h"

#include <algorithm>

namespace festina::server {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::size_t kDateWidth = 12;
constexpr std::string_view kNoDate = "-";

std::string painted(std::string_view text, std::string_view code, Colour colour) {
  if (colour == Colour::off || text.empty()) return std::string(text);
  return std::string(code) + std::string(text) + std::string(kPlain);
}

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

// How a change is kept from happening.
std::string way_back(const workers::CompatChange& change) {
  return change.keeps.empty() ? "no flag keeps it" : "keep: " + change.keeps;
}

template <class Text>
std::size_t width_of(const std::vector<workers::CompatChange>& changes, Text text) {
  std::size_t width = 0;
  for (const workers::CompatChange& change : changes) width = std::max(width, text(change).size());
  return width + 2;
}

// "  2025-04-02  on   request_cf_overrides_cache_rules  keep: no_request_cf_overrides_cache_rules  a cache setting …"
void add_changes(
    std::string& out, const std::vector<workers::CompatChange>& changes, Colour colour
) {
  const std::size_t flag_width = width_of(changes, [](const auto& change) { return change.flag; });
  const std::size_t back_width = width_of(changes, way_back);
  for (const workers::CompatChange& change : changes) {
    const bool concerns_cache = !change.meaning.empty();
    const std::string flag = padded(change.flag, flag_width);
    out += "  " + padded(change.date.empty() ? kNoDate : change.date, kDateWidth) +
           (change.turns_on ? "on   " : "off  ") +
           (concerns_cache ? painted(flag, kBold, colour) : flag);
    const std::string back = way_back(change);
    out += painted(concerns_cache ? padded(back, back_width) : back, kDim, colour);
    if (concerns_cache) out += (change.turns_on ? "" : "no longer: ") + std::string(change.meaning);
    out += "\n";
  }
}

std::string count_of(std::size_t changes) {
  if (changes == 0) return "nothing changes";
  return std::to_string(changes) + (changes == 1 ? " flag changes" : " flags change");
}

}  // namespace

std::vector<ScriptAtDate> compat_report(
    const Checked& checked, std::string_view date, std::string_view today
) {
  const workers::CompatTable& table = checked.fleet.runtime.table;
  std::vector<ScriptAtDate> report;
  report.reserve(checked.config.scripts.size());
  for (const zone::Script& script : checked.config.scripts) {
    report.push_back(
        {.name = script.name,
         .file = script.configuration_file,
         .from = script.compatibility_date,
         .changes = workers::compat_changes(
             table, script.compatibility_date, date, script.compatibility_flags
         ),
         .messages = workers::check_compat(
             table, date, script.compatibility_flags, today, redundant_flags(checked.config, script)
         )}
    );
  }
  return report;
}

std::string compat_text(
    const std::vector<ScriptAtDate>& report, std::string_view date, Colour colour
) {
  if (report.empty()) return "there is no script that a compatibility date could change\n";
  std::string out;
  for (const ScriptAtDate& script : report) {
    if (!out.empty()) out += "\n";
    out += painted(script.name, kBold, colour) + " (" + script.file + "): " + script.from + " to " +
           std::string(date) + ", " + count_of(script.changes.size()) + "\n";
    add_changes(out, script.changes, colour);
    for (const workers::CompatProblem& problem : script.messages) {
      out += std::string("  ") + (problem.only_warning ? "warning: " : "refused: ") +
             problem.message + (problem.suggestion.empty() ? "" : " - " + problem.suggestion) +
             "\n";
    }
  }
  return out;
}

json::Object compat_json(const std::vector<ScriptAtDate>& report, std::string_view date) {
  json::Array scripts;
  for (const ScriptAtDate& script : report) {
    json::Array changes;
    for (const workers::CompatChange& change : script.changes) {
      changes.push_back(json::Object{
          {"flag", change.flag},
          {"date", change.date},
          {"turns", change.turns_on ? "on" : "off"},
          {"keep", change.keeps},
          {"meaning", change.meaning}
      });
    }
    json::Array messages;
    for (const workers::CompatProblem& problem : script.messages) {
      messages.push_back(json::Object{
          {"message", problem.message},
          {"suggestion", problem.suggestion},
          {"refused", !problem.only_warning}
      });
    }
    scripts.push_back(json::Object{
        {"script", script.name},
        {"file", script.file},
        {"compatibility_date", script.from},
        {"changes", std::move(changes)},
        {"messages", std::move(messages)}
    });
  }
  return {{"date", date}, {"scripts", std::move(scripts)}};
}

}  // namespace festina::server
