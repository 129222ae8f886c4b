// Notices: what of an owner's wishes does nothing, told in the log: of a script once per script, version and wish; of a rule
// that wants what the zone's plan does not offer once; of one that failed at run time once a minute.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/guarded.h"
#include "policy/decision.h"

namespace festina::edge {

// Beyond so many nothing more is told until the process starts anew.
inline constexpr std::size_t kMaxNotices = 4'096;
inline constexpr std::chrono::seconds kBetweenFailures{60};

// Threads: any.
class Notices {
 public:
  // Tells what the decision ignored of the script: its asides without effect.
  void tell(
      std::string_view script, std::string_view version, const policy::CacheDecision& decision
  );
  std::size_t told() const;
  // Tells which rules of the zone the plan lacks something for, and which had no value for a request. `now`: of a clock
  // that never goes back.
  void tell_of_rules(std::string_view zone, const policy::CacheDecision& decision, TimePoint now);

 private:
  // Has it never been told? Remembers it.
  bool is_news(std::string notice);
  void tell_of_plan(std::string_view zone, const policy::Step& step);
  void tell_of_failure(std::string_view zone, const policy::Step& step, TimePoint now);

  Guarded<std::set<std::string, std::less<>>> told_;
  Guarded<std::map<std::string, TimePoint, std::less<>>> failed_;  // by zone and rule
};

}  // namespace festina::edge
