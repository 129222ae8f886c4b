#include "edge/notices.h"

#include "base/log.h"
#include "observe/reasons.h"

namespace festina::edge {

void Notices::tell(
    std::string_view script, std::string_view version, const policy::CacheDecision& decision
) {
  for (const policy::Step& step : decision.asides) {
    if (step.value != 0 || step.setter != policy::Setter::worker) continue;
    const std::string sentence = observe::sentence(step.reason, step.name);
    std::string notice = std::string(script).append("@").append(version).append(" ") + sentence;
    const bool is_news = told_.with([&](auto& told) {
      return told.size() < kMaxNotices && told.insert(std::move(notice)).second;
    });
    if (!is_news) continue;
    log::warn(
        "worker.cf_ignored",
        {{"script", script},
         {"version", version},
         {"reason", observe::name(step.reason)},
         {"why", sentence}}
    );
  }
}

std::size_t Notices::told() const {
  return told_.with([](const auto& told) { return told.size(); });
}

}  // namespace festina::edge
