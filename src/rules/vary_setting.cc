#include "rules/vary_setting.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace festina::rules {

namespace {

using policy::VaryAction;
using policy::VaryRule;
using policy::VarySpec;

Error wrong(std::string what) { return {ErrorCode::malformed, Side::client, std::move(what)}; }

// A list that only one header's rule may have.
struct ListLimits {
  std::string_view member;
  std::string_view header;
  std::size_t most;
  std::size_t most_bytes;
};
constexpr ListLimits kLists[] = {
    {"media_types", "accept", kMaxVaryMediaTypes, kMaxVaryMediaTypeBytes},
    {"languages", "accept-language", kMaxVaryLanguages, kMaxVaryLanguageBytes},
};

// ^[a-z0-9_-]{1,128}$, and none that the edge itself rules (reference §6.2).
bool is_vary_header(std::string_view name) {
  const auto may_stand = [](char c) {
    return ('a' <= c && c <= 'z') || ('0' <= c && c <= '9') || c == '_' || c == '-';
  };
  constexpr std::string_view refused[] = {"connection", "host", "cache-control"};
  return !name.empty() && name.size() <= kMaxVaryHeaderName &&
         std::ranges::all_of(name, may_stand) && !name.starts_with("cf-") &&
         !name.starts_with("cf_") && std::ranges::find(refused, name) == std::ranges::end(refused);
}

Result<VaryAction> action_of(const json::Value& rule, const std::string& where) {
  const auto action = json::string_member(rule, "action");
  if (action == "bypass") return VaryAction::bypass;
  if (action == "passthrough") return VaryAction::passthrough;
  if (action == "normalize") return VaryAction::normalize;
  return wrong(where + ".action must be \"bypass\", \"passthrough\" or \"normalize\"");
}

bool is_list_item(std::string_view text, std::size_t most_bytes) {
  const auto is_printable = [](char c) { return ' ' <= c && c < 0x7f; };
  return !text.empty() && text.size() <= most_bytes && std::ranges::all_of(text, is_printable);
}

Result<std::vector<std::string>> list_of(
    const json::Value& value, const ListLimits& limits, const std::string& where
) {
  const std::string what = where + "." + std::string(limits.member);
  const json::Array* array = value.if_array();
  if (!array || array->size() > limits.most) {
    return wrong(what + " must be a list of at most " + std::to_string(limits.most) + " texts");
  }
  std::vector<std::string> items;
  for (const json::Value& item : *array) {
    const auto* text = item.if_string();
    if (!text || !is_list_item({text->data(), text->size()}, limits.most_bytes)) {
      return wrong(
          what + " must hold printable texts of at most " + std::to_string(limits.most_bytes) +
          " characters"
      );
    }
    items.push_back(lower({text->data(), text->size()}));
  }
  return items;
}

Result<VaryRule> rule_of(std::string header, const json::Value& value) {
  const std::string where = "headers." + header;
  if (!is_vary_header(header)) return wrong(where + " is no header that may set variants apart");
  if (!value.is_object()) return wrong(where + " must be an object");
  const auto action = action_of(value, where);
  if (!action) return action.error();
  VaryRule rule{.field = std::move(header), .action = *action, .kept = {}};
  for (const auto& [key, member] : value.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (name == "action") continue;
    const auto* const limits = std::ranges::find(kLists, name, &ListLimits::member);
    if (limits == std::ranges::end(kLists) || limits->header != rule.field) {
      return wrong(where + "." + std::string(name) + " means nothing there");
    }
    auto kept = list_of(member, *limits, where);
    if (!kept) return kept.error();
    rule.kept = std::move(*kept);
  }
  return rule;
}

}  // namespace

Result<VarySpec> parse_vary(const json::Value& value) {
  if (!value.is_object()) return wrong("it must be an object");
  const json::Value* otherwise = json::find(value, "default");
  if (!otherwise) return wrong("default is missing");
  const auto action = action_of(*otherwise, "default");
  if (!action) return action.error();

  VarySpec spec{.otherwise = *action, .rules = {}};
  const json::Value* headers = json::find(value, "headers");
  if (!headers) return spec;
  const json::Object* rules = headers->if_object();
  if (!rules || rules->size() > kMaxVaryHeaders) {
    return wrong("headers must be an object of at most " + std::to_string(kMaxVaryHeaders));
  }
  for (const auto& [key, rule] : *rules) {
    auto read = rule_of(lower({key.data(), key.size()}), rule);
    if (!read) return read.error();
    spec.rules.push_back(std::move(*read));
  }
  return spec;
}

}  // namespace festina::rules
