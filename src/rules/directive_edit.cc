#include "rules/directive_edit.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::rules {

namespace {

using http::CacheControl;
using std::chrono::seconds;

// A directive, and where it is kept.
struct Directive {
  std::string_view name;
  bool CacheControl::* flag = nullptr;
  std::optional<seconds> CacheControl::* value = nullptr;         // which it needs
  std::vector<std::string> CacheControl::* qualifiers = nullptr;  // which it may have
};
// reference §6.4
constexpr Directive kDirectives[] = {
    {.name = "max-age", .value = &CacheControl::max_age},
    {.name = "s-maxage", .value = &CacheControl::s_maxage},
    {.name = "stale-if-error", .value = &CacheControl::stale_if_error},
    {.name = "stale-while-revalidate", .value = &CacheControl::stale_while_revalidate},
    {.name = "private",
     .flag = &CacheControl::is_private,
     .qualifiers = &CacheControl::private_fields},
    {.name = "no-cache",
     .flag = &CacheControl::no_cache,
     .qualifiers = &CacheControl::no_cache_fields},
    {.name = "no-store", .flag = &CacheControl::no_store},
    {.name = "no-transform", .flag = &CacheControl::no_transform},
    {.name = "must-revalidate", .flag = &CacheControl::must_revalidate},
    {.name = "proxy-revalidate", .flag = &CacheControl::proxy_revalidate},
    {.name = "must-understand", .flag = &CacheControl::must_understand},
    {.name = "public", .flag = &CacheControl::is_public},
    {.name = "immutable", .flag = &CacheControl::immutable},
};

const Directive* find_directive(std::string_view name) {
  const auto* const found = std::ranges::find(kDirectives, name, &Directive::name);
  return found == std::end(kDirectives) ? nullptr : found;
}

std::string unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Directive& each : kDirectives) names.push_back(each.name);
  const auto meant = nearest(name, names);
  return "is no directive that may be edited" +
         (meant ? ", did you mean \"" + std::string(*meant) + "\"?" : "");
}

void read_value(Reading& place, const Directive& directive, DirectiveEdit& edit) {
  const bool is_needed = directive.value != nullptr && edit.sets;
  if (!is_needed) {
    if (place.has("value")) place.fault("value", "means nothing there");
    return;
  }
  const auto value = place.integer("value", {.least = 0, .most = kMaxDirectiveValue.count()});
  if (value) edit.value = seconds{*value};
  if (!value && !place.has("value")) place.fault("value", "is missing");
}

void read_qualifiers(Reading& place, const Directive& directive, DirectiveEdit& edit) {
  if (!place.has("qualifiers")) return;
  if (directive.qualifiers == nullptr || !edit.sets)
    return place.fault("qualifiers", "mean nothing there");
  edit.qualifiers = place.texts("qualifiers", {.most = kMaxQualifiers});
  if (!std::ranges::all_of(edit.qualifiers, [](const std::string& name) {
        return http::is_token(name);
      })) {
    place.fault("qualifiers", "must be names of headers");
  }
}

std::optional<DirectiveEdit> read_edit(Reading& place, std::string_view name) {
  const Directive* directive = find_directive(name);
  if (directive == nullptr) {
    place.fault(unknown(name));
    return std::nullopt;
  }
  if (!place.is_object()) {
    place.fault("must be an object");
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 2> operations = {"remove", "set"};
  const auto operation = place.word("operation", operations);
  if (!operation && !place.has("operation")) place.fault("operation", "is missing");
  DirectiveEdit edit{.directive = std::string(name), .sets = operation.value_or(1) == 1};
  edit.is_for_edge_only = place.boolean("cloudflare_only").value_or(false);
  read_value(place, *directive, edit);
  read_qualifiers(place, *directive, edit);
  place.refuse_the_rest();
  return edit;
}

// "s-maxage=3600", or private="a, b".
std::string text_of(const DirectiveEdit& edit) {
  std::string text = edit.directive;
  if (edit.value) text += "=" + std::to_string(edit.value->count());
  if (edit.qualifiers.empty()) return text;
  std::string fields;
  for (const std::string& field : edit.qualifiers) append_member(fields, field);
  return text + "=" + in_quotes(fields);
}

}  // namespace

std::vector<DirectiveEdit> read_directive_edits(Reading& parameters) {
  std::vector<DirectiveEdit> edits;
  auto members = parameters.members();
  if (parameters.is_object() && members.empty()) {
    parameters.fault(
        FaultCode::no_action_parameters,
        "action parameters are required for the set_cache_control action"
    );
  }
  for (auto& [name, place] : members) {
    if (auto edit = read_edit(place, name)) edits.push_back(*std::move(edit));
  }
  return edits;
}

bool settles_lifetime(const DirectiveEdit& edit) {
  constexpr std::string_view settling[] = {
      "max-age", "s-maxage", "no-store", "private", "no-cache"
  };
  return edit.sets && edit.qualifiers.empty() && std::ranges::count(settling, edit.directive) > 0;
}

void apply(const DirectiveEdit& edit, CacheControl& directives) {
  const Directive* directive = find_directive(edit.directive);
  check(directive != nullptr, "only known directives are edited");
  if (directive->value != nullptr) directives.*directive->value = edit.value;
  if (directive->flag != nullptr)
    directives.*directive->flag = edit.sets && edit.qualifiers.empty();
  if (directive->qualifiers != nullptr) directives.*directive->qualifiers = edit.qualifiers;
}

std::string applied(const DirectiveEdit& edit, std::string_view cache_control) {
  std::string edited;
  http::ListReader members(cache_control, ",;");
  while (const auto member = members.next()) {
    if (!equal_ignoring_case(http::parameter(*member).name, edit.directive))
      append_member(edited, *member);
  }
  if (edit.sets) append_member(edited, text_of(edit));
  return edited;
}

}  // namespace festina::rules
