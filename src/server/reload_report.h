// Reload report: how a running node tells `festina reload` what became of it, through a file in the state directory.
//
// The file is there from the moment the node listens to SIGHUP, and is replaced whole when a reload begins and when it
// ends. A reload whose number is above `begun` as it was before the signal has read the files as they were then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/errors.h"

namespace festina::server {

// A reload starts Workers and may bundle them: longer than this, something hangs.
inline constexpr std::chrono::seconds kReloadLimit{120};

struct ReloadReport {
  std::uint64_t begun = 0;  // reloads since the node started
  std::uint64_t ended = 0;
  std::string file{};                        // the configuration file
  std::vector<std::string> problems{};       // of the one that ended last; empty: it was taken
  std::vector<std::string> needs_restart{};  // keys it left as they were

  bool operator==(const ReloadReport&) const = default;
};

std::string text_of(const ReloadReport&);
// Errors: malformed (self).
Result<ReloadReport> parse_reload_report(std::string_view);

// Errors: io, permission_denied (self).
Result<> write_reload_report(const std::string& state_dir, const ReloadReport&);
// Errors: not_found (self): the node does not take signals yet; malformed (self).
Result<ReloadReport> read_reload_report(const std::string& state_dir);
// A leftover of an earlier process tells nothing.
void remove_reload_report(const std::string& state_dir);

// Sends SIGHUP and waits for the reload that follows from it. Blocks.
// Errors: permission_denied (self); not_found (self): the node ended; timed_out (self) after the limit; io (self).
Result<ReloadReport> ask_for_reload(
    const std::string& state_dir, pid_t node, std::chrono::milliseconds limit = kReloadLimit
);

}  // namespace festina::server
