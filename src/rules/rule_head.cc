#include "rules/rule_head.h"

#include <utility>

namespace festina::rules {

namespace {

std::optional<Expression> read_expression(Reading& rule, Phase phase, Plan plan) {
  auto place = rule.member("expression");
  const auto text = rule.text("expression");
  if (!place) rule.fault("expression", "is missing");
  if (!place || !text) return std::nullopt;
  auto parsed = Expression::parse(*text, phase, plan);
  if (parsed) return *std::move(parsed);
  place->fault(
      "'" + *text + "' is not a valid value for expression because could not parse filter " +
      "expression: " + parsed.error().detail
  );
  return std::nullopt;
}

std::string read_action(Reading& rule, std::span<const std::string_view> actions) {
  const auto action = rule.word("action", actions);
  if (action) return std::string(actions[*action]);
  if (!rule.has("action")) rule.fault("action", "is missing");
  return {};
}

}  // namespace

std::string_view RuleHead::name() const {
  for (const std::string* text : {&description, &ref, &id}) {
    if (!text->empty()) return *text;
  }
  return expression.text();
}

std::optional<RuleHead> read_rule_head(
    Reading& rule, std::span<const std::string_view> actions, Phase phase, Plan plan
) {
  if (!rule.is_object()) {
    rule.fault("must be an object");
    return std::nullopt;
  }
  for (const std::string_view left_out : {"version", "last_updated", "logging", "categories"})
    rule.has(left_out);
  std::string id = rule.text("id").value_or("");
  std::string ref = rule.text("ref").value_or("");
  std::string description = rule.text("description").value_or("");
  const bool enabled = rule.boolean("enabled").value_or(true);
  std::string action = read_action(rule, actions);
  const auto parameters = rule.member("action_parameters");
  auto expression = read_expression(rule, phase, plan);
  rule.refuse_the_rest();
  if (!expression) return std::nullopt;
  return RuleHead{
      .id = std::move(id),
      .ref = std::move(ref),
      .description = std::move(description),
      .enabled = enabled,
      .action = std::move(action),
      .parameters = parameters ? parameters->value() : json::Value(),
      .expression = *std::move(expression)
  };
}

json::Object to_json(const RuleHead& head) {
  return {
      {"id", to_json(std::string_view(head.id))},
      {"ref", to_json(std::string_view(head.ref.empty() ? head.id : head.ref))},
      {"description", to_json(std::string_view(head.description))},
      {"enabled", head.enabled},
      {"action", to_json(std::string_view(head.action))},
      {"action_parameters", head.parameters},
      {"expression", to_json(head.expression.text())}
  };
}

}  // namespace festina::rules
