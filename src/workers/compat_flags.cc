#include "workers/compat_flags.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "zone/values.h"

namespace festina::workers {
namespace {

bool contains(const std::vector<std::string>& flags, std::string_view flag) {
  return !flag.empty() && std::ranges::find(flags, flag) != flags.end();
}

const CompatFlag* flag_named(const CompatTable& table, std::string_view name) {
  const auto has_name = [&](const CompatFlag& flag) {
    return flag.enable == name || flag.disable == name;
  };
  const auto found = std::ranges::find_if(table.flags, has_name);
  return found == table.flags.end() ? nullptr : &*found;
}

std::string unknown_flag_suggestion(const CompatTable& table, std::string_view name) {
  std::vector<std::string_view> names;
  for (const CompatFlag& flag : table.flags) {
    names.push_back(flag.enable);
    if (!flag.disable.empty()) names.push_back(flag.disable);
  }
  const auto guess = nearest(name, names);
  return guess ? "did you mean \"" + std::string(*guess) + "\"?"
               : "remove it, or install a newer workerd";
}

std::optional<CompatProblem> date_problem(
    const CompatTable& table, std::string_view date, std::string_view today
) {
  const std::string text(date);
  const auto problem = [](std::string message, std::string suggestion) {
    return CompatProblem{
        .message = std::move(message), .suggestion = std::move(suggestion), .about_date = true
    };
  };
  if (date.empty())
    return problem("Worker must specify compatibilityDate.", "add compatibility_date");
  if (!zone::is_calendar_date(date)) {
    return problem("Invalid compatibility date: " + text, "write it as YYYY-MM-DD");
  }
  if (date > table.newest_date) {
    return problem(
        "This Worker requires compatibility date \"" + text +
            "\", but the newest date supported by this server binary is \"" + table.newest_date +
            "\".",
        "use a date up to " + table.newest_date + ", or install a newer workerd"
    );
  }
  if (date > today) {
    return problem(
        "Can't set compatibility date in the future: \"" + text + "\". Today's date (UTC) is \"" +
            std::string(today) + "\".",
        "use a date up to today"
    );
  }
  return {};
}

// Is the flag on at that date, unless a script switches it off?
bool is_on_by_default(const CompatFlag& flag, std::string_view date) {
  return flag.is_always_on || (!flag.default_date.empty() && flag.default_date <= date);
}

// Refused until 2026-08-19, with the API's code; only warned of since (reference §0.2, §9.4).
CompatProblem redundant_problem(const CompatFlag& flag, policy::RedundantFlags redundant) {
  const bool is_refused = redundant == policy::RedundantFlags::refuse;
  const std::string since =
      flag.is_always_on ? "is the default," : "became the default as of " + flag.default_date;
  return {
      .message = "The compatibility flag " + flag.enable + " " + since +
                 " so does not need to be specified anymore." +
                 (is_refused ? " [code: 10021]" : ""),
      .suggestion = "remove it",
      .only_warning = !is_refused
  };
}

// What is wrong with the flag in position `i`.
std::optional<CompatProblem> flag_problem(
    const CompatTable& table, std::string_view date, const std::vector<std::string>& flags,
    std::size_t i, policy::RedundantFlags redundant
) {
  const std::string& name = flags[i];
  if (std::find(flags.begin(), flags.begin() + static_cast<std::ptrdiff_t>(i), name) !=
      flags.begin() + static_cast<std::ptrdiff_t>(i)) {
    return CompatProblem{
        "Compatibility flag specified multiple times: " + name, "remove one of them"
    };
  }
  const CompatFlag* flag = flag_named(table, name);
  if (!flag)
    return CompatProblem{
        "No such compatibility flag: " + name, unknown_flag_suggestion(table, name)
    };
  if (name == flag->disable) {
    if (!contains(flags, flag->enable)) return {};
    return CompatProblem{
        "Compatibility flags are mutually contradictory: " + flag->enable + " vs " + flag->disable,
        "keep one of them"
    };
  }
  if (flag->experimental) {
    return CompatProblem{
        "The compatibility flag " + name +
            " is experimental and may break or be removed in a future version of workerd. To use "
            "this flag, you must "
            "pass --experimental on the command line.",
        "remove it: experimental flags are not offered"
    };
  }
  if (is_on_by_default(*flag, date)) return redundant_problem(*flag, redundant);
  return {};
}

}  // namespace

std::vector<CompatProblem> check_compat(
    const CompatTable& table, std::string_view date, const std::vector<std::string>& flags,
    std::string_view today, policy::RedundantFlags redundant
) {
  std::vector<CompatProblem> problems;
  if (auto problem = date_problem(table, date, today)) problems.push_back(std::move(*problem));
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (auto problem = flag_problem(table, date, flags, i, redundant))
      problems.push_back(std::move(*problem));
  }
  return problems;
}

bool is_on(
    const CompatTable& table, std::string_view enable, std::string_view date,
    const std::vector<std::string>& flags
) {
  const CompatFlag* flag = flag_named(table, enable);
  if (!flag) return false;
  if (contains(flags, flag->enable)) return true;
  if (contains(flags, flag->disable)) return false;
  if (is_on_by_default(*flag, date)) return true;
  const auto implies = [&](const std::string& name) { return is_on(table, name, date, flags); };
  return !flag->implied_date.empty() && date >= flag->implied_date &&
         std::ranges::any_of(flag->implied_by, implies);
}

}  // namespace festina::workers
