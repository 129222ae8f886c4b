#include "policy/vary.h"

#include <algorithm>

#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::policy {

namespace {

constexpr std::string_view kAcceptEncoding = "accept-encoding";
constexpr std::string_view kAcceptLanguage = "accept-language";
constexpr unsigned kFullQuality = 1000;

const VaryRule* rule_for(const VarySpec& spec, std::string_view field) {
  const auto rule = std::ranges::find(spec.rules, field, &VaryRule::field);
  return rule == spec.rules.end() ? nullptr : &*rule;
}

VaryAction action_for(const VarySpec& spec, std::string_view field) {
  const VaryRule* rule = rule_for(spec, field);
  return rule ? rule->action : spec.otherwise;
}

// A member of Accept or one of its kin: "text/html;level=1;q=0.8" is text/html with quality 800.
struct Preference {
  std::string name;
  unsigned quality = kFullQuality;
};

Preference preference_of(std::string_view member) {
  http::ListReader parts(member, ";");
  Preference found{.name = lower(parts.next().value_or(""))};
  std::erase_if(found.name, [](char c) { return c == ' ' || c == '\t'; });
  while (const auto part = parts.next()) {
    const http::Parameter parameter = http::parameter(*part);
    if (!equal_ignoring_case(trimmed(parameter.name), "q") || !parameter.value) continue;
    found.quality = http::parse_quality(trimmed(*parameter.value)).value_or(kFullQuality);
  }
  return found;
}

bool is_kept(const std::vector<std::string>& kept, std::string_view name) {
  return kept.empty() || std::ranges::find(kept, name) != kept.end();
}

// Without its region, unless the owner listed it with one: "en-us" is "en".
std::string language_of(const std::string& tag, const std::vector<std::string>& kept) {
  const bool is_listed = !kept.empty() && is_kept(kept, tag);
  return is_listed ? tag : tag.substr(0, tag.find('-'));
}

// The order a client prefers, without how much: equal preferences in the order of the alphabet, what it refuses marked.
std::string normalized(
    std::string_view value, std::string_view field, const std::vector<std::string>& kept
) {
  std::vector<Preference> wanted;
  http::ListReader members(value);
  while (const auto member = members.next()) {
    Preference preference = preference_of(*member);
    if (field == kAcceptLanguage) preference.name = language_of(preference.name, kept);
    if (!preference.name.empty() && is_kept(kept, preference.name))
      wanted.push_back(std::move(preference));
  }
  std::ranges::sort(wanted, [](const Preference& a, const Preference& b) {
    return a.quality != b.quality ? a.quality > b.quality : a.name < b.name;
  });

  std::string text;
  std::vector<std::string_view> told;
  for (const Preference& preference : wanted) {
    if (std::ranges::find(told, preference.name) != told.end()) continue;
    told.push_back(preference.name);
    if (!text.empty()) text += ',';
    text += preference.name;
    if (preference.quality == 0) text += ";q=0";
  }
  return text;
}

// Lists that mean the same have one text: white space and empty members go, of languages also case and order, which
// mean nothing (RFC 9111 §4.1, RFC 9110 §5.6.1, §12.5.4).
std::string equivalent(std::string_view value, std::string_view field) {
  const bool are_languages = field == kAcceptLanguage;
  std::vector<std::string> members;
  http::ListReader reader(value);
  while (const auto member = reader.next()) {
    members.push_back(are_languages ? lower(*member) : std::string(*member));
  }
  if (are_languages) {
    for (std::string& member : members)
      std::erase_if(member, [](char c) { return c == ' ' || c == '\t'; });
    std::ranges::sort(members);
  }
  std::string text;
  for (const std::string& member : members) text.append(text.empty() ? "" : ",").append(member);
  return text;
}

bool has_preferences(std::string_view field) {
  return field == "accept" || field == kAcceptLanguage || field == kAcceptEncoding;
}

// All lines of the field as one value.
std::optional<std::string> joined(const http::Headers& headers, std::string_view field) {
  std::optional<std::string> text;
  for (const http::Field line : headers) {
    if (!equal_ignoring_case(line.name_text, field)) continue;
    text = text ? *text + ", " + std::string(line.value) : std::string(line.value);
  }
  return text;
}

}  // namespace

Variance variance(const http::Headers& response, const VarySpec& spec) {
  Variance found;
  for (const http::Field line : response) {
    if (line.name != http::Name::vary) continue;
    http::ListReader members(line.value);
    while (const auto member = members.next()) found.fields.push_back(lower(*member));
  }
  std::erase_if(found.fields, [&spec](const std::string& field) {
    const VaryRule* rule = rule_for(spec, field);
    return field == kAcceptEncoding && !(rule && rule->action == VaryAction::bypass);
  });
  std::ranges::sort(found.fields);
  const auto repeated = std::ranges::unique(found.fields);
  found.fields.erase(repeated.begin(), repeated.end());

  const auto forbids = [&spec](const std::string& field) {
    const bool is_name =
        http::is_token(field);  // what is none names nothing that could be compared
    return !is_name || action_for(spec, field) == VaryAction::bypass;
  };
  const auto forbidding = std::ranges::find_if(found.fields, forbids);
  if (forbidding != found.fields.end()) {
    found.bypasses = *forbidding;
  } else if (found.fields.size() > kMaxVaryFields) {
    found.bypasses = found.fields[kMaxVaryFields];
  }
  return found;
}

std::optional<std::string> variant_value(
    const http::Headers& request, std::string_view field, const VarySpec& spec
) {
  const std::optional<std::string> value = joined(request, field);
  if (!value) return std::nullopt;
  const VaryAction action = action_for(spec, field);
  if (action == VaryAction::equivalent) return equivalent(*value, field);
  const bool is_taken_apart = action == VaryAction::normalize && has_preferences(field);
  if (!is_taken_apart) return std::string(trimmed(*value));
  const VaryRule* rule = rule_for(spec, field);
  return normalized(*value, field, rule ? rule->kept : std::vector<std::string>());
}

void normalize_for_upstream(http::Headers& request, const VarySpec& spec) {
  for (const http::Name name : {http::Name::accept, http::Name::accept_language}) {
    const std::string field = lower(http::spelling(name));
    if (action_for(spec, field) != VaryAction::normalize || !request.has(name)) continue;
    const std::string value = variant_value(request, field, spec).value_or("");
    request.remove(name);
    if (!value.empty()) request.add(name, value);
  }
}

}  // namespace festina::policy
