// Confusion: what many expect of a cache like this one, what happens in its place, and what Festina says to whoever wonders.
//
// A scenario reproduces each on a running edge. docs/confusions.md has a part for each, made of the scenario's own words, of
// the requests it made and of what `festina explain` said of them: FESTINA_WRITE_DOCS=1 writes the part, without it the part
// must be as it is written.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/edge.h"
#include "harness/origin.h"

namespace festina::harness {

// "[[colos]]" of these names, each with a listener of its own.
std::string colos_toml(const std::vector<std::string>& names);
// A Cache Rule of a zone, in TOML.
std::string cache_rule(
    const std::string& name, const std::string& expression, const std::string& parameters
);

// A GET with this field.
Ask with(const std::string& name, const std::string& value);
Reaction with_field(Reaction, const std::string& name, const std::string& value);

// In Markdown; a sentence or two each.
struct Confusion {
  std::string number;  // "7"; of those beyond the twenty a letter
  std::string title;
  std::string expected;
  std::string happens;
  std::string why;
  std::string remedy;
};

// Each must be in one line of what is said; the page shows these lines.
struct Says {
  std::string cause;
  std::string remedy;
  std::vector<std::string> also = {};
};

class Reproduction {
 public:
  // The edge outlives it.
  Reproduction(const Edge&, Confusion);
  // Requires: written() was called, or the test has failed.
  ~Reproduction();
  Reproduction(const Reproduction&) = delete;
  Reproduction& operator=(const Reproduction&) = delete;

  // A client's request, and its answer's status.
  Answer get(const std::string& url, const Ask& ask = {}, const std::string& colo = "FRA");
  // What else of an answer matters.
  void shows(const Answer&, const std::string& field);
  void shows_body(const Answer&);
  // Moves the test clock.
  void later(std::chrono::seconds);
  void remarks(const std::string& text);

  // `festina explain`, of what would happen to a request, and of what became of one.
  void explains(const std::string& url, const Says&, const std::vector<std::string>& more = {});
  void explains(const Answer&, const Says&);
  // `festina purge --zone example.com`.
  void purges(const std::vector<std::string>& arguments, const Says&);

  // Compares the part of the page, or writes it. The last call.
  void written();

 private:
  void runs(const std::string& shown, std::vector<std::string> arguments, const Says&);
  void quote(const std::string& output, const Says&);
  std::string part() const;

  const Edge& edge_;
  Confusion confusion_;
  std::string session_;      // what was asked and said, line by line
  bool has_quoted_ = false;  // last
  bool is_written_ = false;
};

}  // namespace festina::harness
