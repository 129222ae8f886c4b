// Notices: what of a script's wishes does nothing, told in the log once per script, version and wish.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "policy/decision.h"

namespace festina::edge {

// Beyond so many nothing more is told until the process starts anew.
inline constexpr std::size_t kMaxNotices = 4'096;

// Threads: any.
class Notices {
 public:
  // Tells what the decision ignored of the script: its asides without effect.
  void tell(
      std::string_view script, std::string_view version, const policy::CacheDecision& decision
  );
  std::size_t told() const;

 private:
  Guarded<std::set<std::string, std::less<>>> told_;
};

}  // namespace festina::edge
