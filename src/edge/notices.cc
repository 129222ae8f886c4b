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
    if (!is_news(std::string(script).append("@").append(version).append(" ") + sentence)) continue;
    log::warn(
        "worker.cf_ignored",
        {{"script", script},
         {"version", version},
         {"reason", observe::name(step.reason)},
         {"why", sentence}}
    );
  }
}

void Notices::tell_of_rules(
    std::string_view zone, const policy::CacheDecision& decision, TimePoint now
) {
  for (const policy::Step& step : decision.asides) {
    if (step.reason == policy::Reason::plan_lacks) tell_of_plan(zone, step);
    if (step.reason == policy::Reason::rule_failed) tell_of_failure(zone, step, now);
  }
}

bool Notices::is_news(std::string notice) {
  return told_.with([&](auto& told) {
    return told.size() < kMaxNotices && told.insert(std::move(notice)).second;
  });
}

void Notices::tell_of_plan(std::string_view zone, const policy::Step& step) {
  if (!is_news(std::string(zone).append(" ").append(step.name))) return;
  log::warn(
      "rule.plan_lacks", {{"zone", zone}, {"why", observe::sentence(step.reason, step.name)}}
  );
}

void Notices::tell_of_failure(std::string_view zone, const policy::Step& step, TimePoint now) {
  const bool is_due = failed_.with([&](auto& failed) {
    const std::string rule = std::string(zone).append(" ").append(step.name);
    const auto last = failed.find(rule);
    if (last != failed.end() && now - last->second < kBetweenFailures) return false;
    if (last == failed.end() && failed.size() >= kMaxNotices) return false;
    failed[rule] = now;
    return true;
  });
  if (!is_due) return;
  log::warn(
      "rule.failed",
      {{"zone", zone}, {"rule", step.name}, {"why", observe::sentence(step.reason, step.name)}}
  );
}

std::size_t Notices::told() const {
  return told_.with([](const auto& told) { return told.size(); });
}

}  // namespace festina::edge
