#include "workers/process_counts.h"

#include <string_view>

#include "base/errors.h"

namespace festina::workers {
namespace {

constexpr Verdict kCauses[] = {
    Verdict::outgrown, Verdict::bursting, Verdict::spinning, Verdict::hanging
};

std::string head(std::string_view name, std::string_view help) {
  return std::string("# HELP ")
      .append(name)
      .append(" ")
      .append(help)
      .append("\n# TYPE ")
      .append(name)
      .append(" counter\n");
}

}  // namespace

void ProcessCounts::killed(Verdict cause) {
  check(cause != Verdict::well, "nobody is killed for that");
  ++kills_[static_cast<std::size_t>(cause)];
}

std::string ProcessCounts::text() const {
  constexpr std::string_view starts = "festina_worker_process_starts_total";
  constexpr std::string_view restarts = "festina_worker_process_restarts_total";
  constexpr std::string_view kills = "festina_worker_process_kills_total";
  std::string text = head(starts, "Processes of Workers that were launched.");
  text.append(starts).append(" ").append(std::to_string(starts_)).append("\n");
  text += head(restarts, "Of these, launched because the one before had ended.");
  text.append(restarts).append(" ").append(std::to_string(restarts_)).append("\n");
  text += head(kills, "Processes of Workers that were killed, by cause.");
  for (const Verdict cause : kCauses) {
    const std::uint64_t count = kills_[static_cast<std::size_t>(cause)];
    text.append(kills).append("{cause=\"").append(name(cause)).append("\"} ");
    text.append(std::to_string(count)).append("\n");
  }
  return text;
}

}  // namespace festina::workers
