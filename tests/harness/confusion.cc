#include "harness/confusion.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <utility>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr const char* kPage = FESTINA_SOURCE_DIR "/docs/confusions.md";
constexpr std::size_t kWidth = 110;
constexpr std::size_t kIndent = 4;  // of what goes on from the line above

std::string with_newline(std::string text) { return std::move(text.append("\n")); }

// As it is typed into a shell.
std::string as_word(const std::string& argument) {
  return argument.find_first_of(" &?") == std::string::npos ? argument : "'" + argument + "'";
}

std::string command(const std::vector<std::string>& arguments) {
  std::string text = "festina";
  for (const std::string& each : arguments) text += " " + as_word(each);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Without what differs from run to run: the port of an origin, rays, ages and times.
std::string settled(std::string text) {
  text = std::regex_replace(text, std::regex("http://127\\.0\\.0\\.1:[0-9]+"), "http://origin");
  text = std::regex_replace(text, std::regex("ray [0-9a-f]{16}"), "ray …");
  text = std::regex_replace(text, std::regex(": age [0-9]+ s"), ": age … s");
  return std::regex_replace(text, std::regex("after [0-9]+ ms"), "after … ms");
}

// The columns of a line close together, and broken between words.
std::string folded(const std::string& line) {
  static const std::regex kColumns(" {2,}");
  const std::size_t margin = std::min(line.find_first_not_of(' '), line.size());
  std::string rest = std::regex_replace(line.substr(margin), kColumns, "  ");
  std::string out;
  std::string indent(margin, ' ');
  while (indent.size() + rest.size() > kWidth) {
    const std::size_t space = rest.rfind(' ', kWidth - indent.size());
    if (space == std::string::npos || space == 0) break;
    out += with_newline(indent + rest.substr(0, space));
    rest.erase(0, space + 1);
    indent = std::string(margin + kIndent, ' ');
  }
  return out + with_newline(indent + rest);
}

// The page with this part in place of what stands between its marks.
std::string with_part(const std::string& page, const std::string& number, const std::string& part) {
  const std::string begin = "<!-- confusion " + number + " -->\n";
  const std::string end = "<!-- end of confusion " + number + " -->";
  const std::size_t at = page.find(begin);
  const std::size_t to = page.find(end);
  EXPECT_TRUE(at != std::string::npos && to != std::string::npos) << "no marks for " << number;
  if (at == std::string::npos || to == std::string::npos) return page;
  return page.substr(0, at + begin.size()) + part + page.substr(to);
}

}  // namespace

std::string colos_toml(const std::vector<std::string>& names) {
  std::string toml;
  for (const std::string& name : names) {
    toml +=
        "[[colos]]\nname = \"" + name + "\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n";
  }
  return toml;
}

std::string cache_rule(
    const std::string& name, const std::string& expression, const std::string& parameters
) {
  return "[[zones.cache_rules]]\ndescription = \"" + name + "\"\nexpression = '" + expression +
         "'\naction_parameters = " + parameters + "\n";
}

Ask with(const std::string& name, const std::string& value) {
  Ask ask;
  ask.fields.emplace_back(name, value);
  return ask;
}

Reaction with_field(Reaction reaction, const std::string& name, const std::string& value) {
  reaction.fields.emplace_back(name, value);
  return reaction;
}

Reproduction::Reproduction(const Edge& edge, Confusion confusion)
    : edge_(edge), confusion_(std::move(confusion)) {}

Reproduction::~Reproduction() {
  EXPECT_TRUE(is_written_ || testing::Test::HasFailure()) << "a confusion without its part";
}

Answer Reproduction::get(const std::string& url, const Ask& ask, const std::string& colo) {
  Answer answer = edge_.get(url, ask, colo);
  std::string line = (has_quoted_ ? "\n" : "") + ask.method + " " + url;
  has_quoted_ = false;
  for (const auto& [name, value] : ask.fields) {
    line.append(" -H '").append(name).append(": ").append(value).append("'");
  }
  if (colo != "FRA") line += " (in " + colo + ")";
  line += " -> " + std::to_string(answer.status);
  if (const std::string status = answer.cache_status(); !status.empty()) line += " " + status;
  session_ += with_newline(settled(line));
  return answer;
}

void Reproduction::shows(const Answer& answer, const std::string& field) {
  session_ +=
      with_newline("    " + field + ": " + (answer.has(field) ? answer.field(field) : "(none)"));
}

void Reproduction::shows_body(const Answer& answer) {
  session_ += with_newline("    " + answer.body);
}

void Reproduction::later(std::chrono::seconds time) {
  edge_.advance(time);
  remarks(std::to_string(time.count()) + " seconds later");
}

void Reproduction::remarks(const std::string& text) {
  session_ += with_newline((has_quoted_ ? "\n(" : "(") + text + ")");
  has_quoted_ = false;
}

void Reproduction::explains(
    const std::string& url, const Says& says, const std::vector<std::string>& more
) {
  std::vector<std::string> arguments{"explain", url};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const std::string shown = command(arguments);
  runs(shown, std::move(arguments), says);
}

void Reproduction::explains(const Answer& answer, const Says& says) {
  runs("festina explain RAY", {"explain", answer.field("CF-Ray")}, says);
}

void Reproduction::purges(const std::vector<std::string>& more, const Says& says) {
  std::vector<std::string> arguments{"purge", "--zone", "example.com"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const std::string shown = command(arguments);
  runs(shown, std::move(arguments), says);
}

void Reproduction::runs(
    const std::string& shown, std::vector<std::string> arguments, const Says& says
) {
  for (const std::string& each :
       {std::string("--control"), edge_.control(), std::string("--token"), edge_.token()})
    arguments.push_back(each);
  const Outcome outcome = run_festina(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  session_ += with_newline((session_.empty() ? "$ " : "\n$ ") + shown);
  quote(outcome.output, says);
  has_quoted_ = true;
}

void Reproduction::quote(const std::string& output, const Says& says) {
  std::vector<std::string> wanted{says.cause, says.remedy};
  wanted.insert(wanted.end(), says.also.begin(), says.also.end());
  std::vector<bool> is_said(wanted.size(), false);
  for (const std::string& line : lines_of(output)) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const bool has_it = line.find(wanted[i]) != std::string::npos;
      is_said[i] = is_said[i] || has_it;
      is_quoted = is_quoted || has_it;
    }
    if (is_quoted) session_ += folded(settled(line));
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_TRUE(is_said[i]) << "nobody says \"" << wanted[i] << "\":\n" << output;
}

std::string Reproduction::part() const {
  const Confusion& said = confusion_;
  return "### " + said.number + ". " + said.title + "\n\n**Expected:** " + said.expected +
         "\n\n**What happens:** " + said.happens + "\n\n```text\n" + session_ + "```\n\n**Why:** " +
         said.why + "\n\n**Remedy:** " + said.remedy + "\n";
}

void Reproduction::written() {
  is_written_ = true;
  const std::string made = with_part(read_file(kPage), confusion_.number, part());
  if (std::getenv("FESTINA_WRITE_DOCS") != nullptr) std::ofstream(kPage, std::ios::binary) << made;
  EXPECT_TRUE(read_file(kPage) == made) << "run `make docs`; the part is now\n" << part();
}

}  // namespace festina::harness
