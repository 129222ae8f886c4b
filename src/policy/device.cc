// By hand what the service describes as two regular expressions, without their backtracking:
//
//   mobile  phone|windows\s+phone|ipod|blackberry|(android|bb\d+|meego|silk|googlebot) .+? mobile|palm|windows\s+ce|
//           opera mini|avantgo|mobilesafari|docomo|kaios
//   tablet  ipad|playbook|(android|bb\d+|meego|silk)(?! .+? mobile)
#include "policy/device.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/text.h"

namespace festina::policy {

namespace {

constexpr std::array<std::string_view, 3> kNames = {"desktop", "mobile", "tablet"};

constexpr std::string_view kMobileWords[] = {
    "phone",
    "ipod",
    "blackberry",
    "palm",
    "opera mini",
    "avantgo",
    "mobilesafari",
    "docomo",
    "kaios",
};
constexpr std::string_view kTabletWords[] = {"ipad", "playbook"};
// Mobile when " … mobile" follows, else a tablet.
constexpr std::string_view kSystems[] = {"android", "meego", "silk"};

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [text](std::string_view word) {
    return text.find(word) != text.npos;
  });
}

// Does `begins` match at some place, then `rest` what follows it?
template <class Rest>
bool has_followed(std::string_view text, std::string_view begins, Rest rest) {
  for (auto at = text.find(begins); at != text.npos; at = text.find(begins, at + 1)) {
    if (rest(text.substr(at + begins.size()))) return true;
  }
  return false;
}

std::string_view without_digits(std::string_view text) {
  const auto* const end = std::ranges::find_if_not(text, is_digit);
  return text.substr(static_cast<std::size_t>(end - text.begin()));
}

bool says_ce(std::string_view rest) {
  const auto word = rest.find_first_not_of(" \t");
  return word != rest.npos && word > 0 && rest.substr(word).starts_with("ce");
}

// " .+? mobile": something stands between.
bool says_mobile(std::string_view rest) {
  return rest.starts_with(' ') && rest.find(" mobile", 2) != rest.npos;
}

bool is_bb10(std::string_view rest) { return !rest.empty() && is_digit(rest.front()); }
bool is_mobile_bb10(std::string_view rest) {
  return is_bb10(rest) && says_mobile(without_digits(rest));
}

bool is_mobile(std::string_view agent) {
  return has_any(agent, kMobileWords) || has_followed(agent, "windows", says_ce) ||
         has_followed(agent, "googlebot", says_mobile) ||
         has_followed(agent, "bb", is_mobile_bb10) ||
         std::ranges::any_of(kSystems, [agent](std::string_view system) {
           return has_followed(agent, system, says_mobile);
         });
}

// Requires: it is not mobile.
bool is_tablet(std::string_view agent) {
  return has_any(agent, kTabletWords) || has_any(agent, kSystems) ||
         has_followed(agent, "bb", is_bb10);
}

}  // namespace

std::string_view name(Device device) { return kNames.at(static_cast<std::size_t>(device)); }

std::optional<Device> device(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Device>(found - kNames.begin());
}

Device device_of(std::string_view user_agent) {
  const std::string agent = lower(user_agent);
  if (is_mobile(agent)) return Device::mobile;
  return is_tablet(agent) ? Device::tablet : Device::desktop;
}

}  // namespace festina::policy
