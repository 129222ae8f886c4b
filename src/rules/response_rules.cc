#include "rules/response_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "policy/freshness.h"
#include "policy/stored_response.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;

constexpr std::array<std::string_view, 3> kActions = {
    "set_cache_settings", "set_cache_tags", "set_cache_control"
};
// In the order of TagEdit::Operation.
constexpr std::array<std::string_view, 3> kOperations = {"add", "remove", "set"};

// What a rule of the list says, while it is read.
struct Parameters {
  std::optional<bool> strip_etags = {};
  std::optional<bool> strip_last_modified = {};
  std::optional<bool> strip_set_cookie = {};
  std::optional<TagEdit> tags = {};
  std::vector<DirectiveEdit> directives = {};
};

void read_settings(Reading& parameters, Parameters& read) {
  read.strip_etags = parameters.boolean("strip_etags");
  read.strip_last_modified = parameters.boolean("strip_last_modified");
  read.strip_set_cookie = parameters.boolean("strip_set_cookie");
  parameters.refuse_the_rest();
}

std::vector<std::string> read_tags(Reading& parameters) {
  std::vector<std::string> tags =
      parameters.texts("values", {.least = 1, .most = policy::kMaxCacheTags});
  for (std::string& tag : tags) {
    if (!policy::is_cache_tag(tag))
      parameters.fault("values", "must be printable ASCII without spaces and commas");
    tag = lower(tag);
  }
  return tags;
}

std::optional<ListExpression> read_list_expression(Reading& parameters, Plan plan) {
  const auto text = parameters.text("expression");
  if (!text) return std::nullopt;
  auto parsed = ListExpression::parse(*text, Phase::response, plan);
  if (parsed) return *std::move(parsed);
  parameters.fault("expression", "is not valid: " + parsed.error().detail);
  return std::nullopt;
}

void read_tag_edit(Reading& parameters, Parameters& read, Plan plan) {
  TagEdit edit;
  const auto operation = parameters.word("operation", kOperations);
  if (!operation && !parameters.has("operation")) parameters.fault("operation", "is missing");
  edit.operation = static_cast<TagEdit::Operation>(operation.value_or(0));
  edit.values = read_tags(parameters);
  edit.expression = read_list_expression(parameters, plan);
  if (parameters.has("values") == parameters.has("expression"))
    parameters.fault("must have either \"values\" or \"expression\"");
  parameters.refuse_the_rest();
  read.tags = std::move(edit);
}

// By the action that the rule names.
Parameters read_parameters(Reading& rule, Plan plan) {
  Parameters read;
  const auto action = json::string_member(rule.value(), "action").value_or("");
  auto parameters = rule.object("action_parameters");
  if (!parameters || parameters->value().get_object().empty()) {
    if (parameters || !rule.has("action_parameters")) {
      rule.fault(
          FaultCode::no_action_parameters,
          "action parameters are required for the " + std::string(action) + " action"
      );
    }
    return read;
  }
  if (action == kActions[0]) read_settings(*parameters, read);
  if (action == kActions[1]) read_tag_edit(*parameters, read, plan);
  if (action == kActions[2]) read.directives = read_directive_edits(*parameters);
  return read;
}

// The tags that an edit names; none where they cannot be computed.
std::vector<std::string> tags_of(const TagEdit& edit, const Facts& facts) {
  if (!edit.expression) return edit.values;
  auto computed = edit.expression->values(facts);
  if (!computed) return {};
  std::vector<std::string> tags;
  for (const std::string& tag : *computed) {
    if (policy::is_cache_tag(trimmed(tag))) tags.push_back(lower(trimmed(tag)));
  }
  return tags;
}

void edit_tags(std::vector<std::string>& tags, const TagEdit& edit, const Facts& facts) {
  const std::vector<std::string> named = tags_of(edit, facts);
  if (edit.operation == TagEdit::Operation::set) tags.clear();
  for (const std::string& tag : named) {
    std::erase(tags, tag);
    if (edit.operation != TagEdit::Operation::remove) tags.push_back(tag);
  }
}

// What the origin says to the edge, Expires too, as directives that can be edited.
http::CacheControl said_to_edge(
    const http::Response& response, TimePoint arrival, const CacheDecision& decision
) {
  const policy::ResponseFacts facts = policy::facts_of(response, arrival, decision.profile);
  http::CacheControl directives = facts.edge.directives;
  const bool is_by_expires =
      !directives.max_age && !directives.s_maxage && policy::has_explicit_lifetime(facts);
  if (is_by_expires)
    directives.max_age = policy::origin_lifetime(facts, response.status, decision.profile);
  return directives;
}

bool is_set_by_worker(const CacheDecision& decision, Aspect aspect) {
  const auto* const end = decision.steps.begin() + static_cast<std::ptrdiff_t>(decision.step_count);
  return std::any_of(decision.steps.begin(), end, [aspect](const policy::Step& step) {
    return step.aspect == aspect && step.setter == Setter::worker;
  });
}

// One response while its rules are heard.
class Editing {
 public:
  Editing(const Facts& facts, CacheDecision decision)
      : facts_(facts),
        is_tagged_by_worker_(decision.cache_tags.has_value()),
        is_directed_by_worker_(decision.cache_control.has_value()),
        is_timed_by_worker_(is_set_by_worker(decision, Aspect::edge_ttl)),
        decision_(std::move(decision)) {}

  void hear(const ResponseRule& rule) {
    decision_.origin_cache_control = true;  // whatever else is said (reference §1.3)
    strip(rule);
    edit_tags_by(rule);
    for (const DirectiveEdit& edit : rule.directives) edit_directive(edit);
    if (!rule.directives.empty())
      note(Aspect::cache_control, Reason::response_rule_directives, rule);
  }
  void fail(const ResponseRule& rule) { note(Aspect::rule, Reason::rule_failed, rule, 0); }

  CacheDecision decision() && { return std::move(decision_); }

 private:
  void strip(const ResponseRule& rule) {
    decision_.strip_etags = rule.strip_etags.value_or(decision_.strip_etags);
    decision_.strip_last_modified =
        rule.strip_last_modified.value_or(decision_.strip_last_modified);
    decision_.strip_set_cookie = rule.strip_set_cookie.value_or(decision_.strip_set_cookie);
    if (rule.strip_etags || rule.strip_last_modified || rule.strip_set_cookie)
      note(Aspect::rule, Reason::response_rule_strips, rule);
  }

  void edit_tags_by(const ResponseRule& rule) {
    if (!rule.tags) return;
    if (is_tagged_by_worker_) return note(Aspect::cache_tags, Reason::overruled, rule);
    if (!decision_.cache_tags) decision_.cache_tags = policy::cache_tags(facts_.response->headers);
    edit_tags(*decision_.cache_tags, *rule.tags, facts_);
    note(Aspect::cache_tags, Reason::response_rule_tags, rule);
  }

  void edit_directive(const DirectiveEdit& edit) {
    if (!edit.is_for_edge_only) {
      if (!decision_.cache_control_field) {
        decision_.cache_control_field =
            facts_.response->headers.joined(http::Name::cache_control).value_or("");
      }
      decision_.cache_control_field = applied(edit, *decision_.cache_control_field);
    }
    if (is_directed_by_worker_) return;
    if (!decision_.cache_control)
      decision_.cache_control = said_to_edge(*facts_.response, facts_.visit.now, decision_);
    apply(edit, *decision_.cache_control);
    if (settles_lifetime(edit) && !is_timed_by_worker_) forget_ttl();
  }

  // Of Cache Rules, Page Rules and the zone, which come behind (reference §3.1).
  void forget_ttl() {
    decision_.edge_ttl.reset();
    decision_.edge_ttl_by_status.clear();
    decision_.default_ttl.reset();
  }

  void note(Aspect aspect, Reason reason, const ResponseRule& rule, std::int64_t value = 1) {
    decision_.asides.push_back(
        {aspect, value, Setter::response_rule, reason, std::string(rule.head.name())}
    );
  }

  const Facts& facts_;
  bool is_tagged_by_worker_;
  bool is_directed_by_worker_;
  bool is_timed_by_worker_;
  CacheDecision decision_;
};

}  // namespace

ReadRules<ResponseRule> read_response_rules(
    const json::Value& list, Plan plan, const std::string& pointer
) {
  ReadRules<ResponseRule> read;
  Findings findings;
  Reading reading(list, findings, pointer);
  for (Reading& item : reading.own_items({.most = max_cache_rules(plan)})) {
    Parameters parameters = item.is_object() ? read_parameters(item, plan) : Parameters{};
    auto head = read_rule_head(item, kActions, Phase::response, plan);
    if (!head) continue;
    read.rules.push_back(
        {.head = *std::move(head),
         .strip_etags = parameters.strip_etags,
         .strip_last_modified = parameters.strip_last_modified,
         .strip_set_cookie = parameters.strip_set_cookie,
         .tags = std::move(parameters.tags),
         .directives = std::move(parameters.directives)}
    );
  }
  read.faults = std::move(findings.faults);
  if (!read.faults.empty()) read.rules.clear();
  return read;
}

CacheDecision after_response(
    const std::vector<ResponseRule>& rules, const Facts& facts, CacheDecision decision
) {
  if (rules.empty()) return decision;
  Editing editing(facts, std::move(decision));
  for (const ResponseRule& rule : rules) {
    if (!rule.head.enabled) continue;
    const Result<bool> applies = rule.head.expression.evaluate(facts);
    if (!applies) {
      editing.fail(rule);
    } else if (*applies) {
      editing.hear(rule);
    }
  }
  return std::move(editing).decision();
}

}  // namespace festina::rules
