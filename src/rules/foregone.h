// Foregone: what is known of a condition before any request is there: that it always holds, that it never does, that it
// holds wherever another one does. Everything said here is certain; what is not seen counts as open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/program.h"

namespace festina::rules {

struct Foregone {
  enum class Outcome : std::uint8_t { open, always, never };
  Outcome outcome = Outcome::open;
  std::string why = {};  // of never
};
Foregone foregone(const Condition&);
inline bool always_holds(const Condition& condition) {
  return foregone(condition).outcome == Foregone::Outcome::always;
}
inline bool never_holds(const Condition& condition) {
  return foregone(condition).outcome == Foregone::Outcome::never;
}

// Does `b` hold wherever `a` does? `a` is then the narrower one. Each comparison of two parts takes one of `steps_left`;
// when there are none it is not found out, and counts as no.
bool implies(const Condition& a, const Condition& b, std::size_t& steps_left);
// What all comparisons of the rules of a zone may take together: every rule may stand against every later one.
inline constexpr std::size_t kMaxImplicationSteps = 200'000;

// The texts of which http.host must be one for the condition to hold; none: it need not be any of some.
std::vector<std::string> hosts_needed(const Condition&);

// The fields that it reads, each once.
std::vector<const Field*> fields_read(const Condition&);

}  // namespace festina::rules
