#include "observe/explain_line.h"

#include "observe/reasons.h"

namespace festina::observe {
namespace {

std::string seconds(std::chrono::seconds value) { return std::to_string(value.count()) + " s"; }

std::string_view field_of(policy::Aspect aspect) {
  switch (aspect) {
    case policy::Aspect::eligible:
      return "eligible";
    case policy::Aspect::edge_ttl:
      return "edge TTL";
    case policy::Aspect::browser_ttl:
      return "browser TTL";
    case policy::Aspect::cache_key:
      return "cache key";
    case policy::Aspect::stale_copies:
      return "stale copies";
    case policy::Aspect::deception_armor:
      return "deception armor";
    case policy::Aspect::validators:
      return "validators";
    case policy::Aspect::worker:
      return "Worker";
    case policy::Aspect::cache_tags:
      return "cache tags";
    case policy::Aspect::cache_control:
      return "edge directives";
    case policy::Aspect::vary:
      return "Vary";
    case policy::Aspect::strong_etags:
      return "strong ETags";
    case policy::Aspect::cache_reserve:
      return "Cache Reserve";
    case policy::Aspect::connection:
      return "connection";
    case policy::Aspect::worker_cf:
      return "cf";
    case policy::Aspect::origin_cache_control:
      return "origin cache control";
    case policy::Aspect::ports:
      return "ports";
    case policy::Aspect::read_timeout:
      return "read timeout";
    case policy::Aspect::error_pages:
      return "error pages";
    case policy::Aspect::rule:
      return "rule";
    case policy::Aspect::request_directives:
      return "request";
    case policy::Aspect::cookies:
      return "Set-Cookie";
  }
  unreachable("every aspect has a name");
}

std::string edge_ttl_of(const policy::Step& step) {
  switch (step.reason) {
    case policy::Reason::origin_decides:
    case policy::Reason::rule_respects_origin:
    case policy::Reason::rule_wants_freshness:
      return "as the origin says";
    case policy::Reason::worker_sets_ttl_by_status:
    case policy::Reason::rule_sets_ttl_by_status:
      return "by status";
    case policy::Reason::overruled:
      return "overruled";
    default:
      return seconds(std::chrono::seconds(step.value));
  }
}

std::string browser_ttl_of(const policy::Step& step) {
  if (step.reason == policy::Reason::rule_keeps_from_browsers) return "none";
  return step.value == 0 ? "as the origin says" : seconds(std::chrono::seconds(step.value));
}

// What only some requests have.
std::string aside_of(const policy::Step& step) {
  if (step.reason == policy::Reason::overruled) return "overruled";
  if (step.value == 0) return "ignored";
  if (step.aspect == policy::Aspect::read_timeout) return seconds(std::chrono::seconds(step.value));
  return step.setter == policy::Setter::worker ? "as the Worker says" : "as the rule says";
}

std::string value_of(const policy::Step& step) {
  switch (step.aspect) {
    case policy::Aspect::eligible:
      return step.value != 0 ? "yes" : "no";
    case policy::Aspect::edge_ttl:
      return edge_ttl_of(step);
    case policy::Aspect::browser_ttl:
      return browser_ttl_of(step);
    case policy::Aspect::cache_key:
      return step.value != 0 ? "as below" : "ignored";
    case policy::Aspect::stale_copies:
      return step.reason == policy::Reason::always_online ? "Always Online" : aside_of(step);
    case policy::Aspect::deception_armor:
      return step.value != 0 ? "on" : "off";
    case policy::Aspect::validators:
      return "stripped";
    case policy::Aspect::worker:
      return "as an origin";
    case policy::Aspect::cache_tags:
    case policy::Aspect::cache_control:
    case policy::Aspect::vary:
    case policy::Aspect::strong_etags:
    case policy::Aspect::cache_reserve:
    case policy::Aspect::connection:
    case policy::Aspect::worker_cf:
    case policy::Aspect::origin_cache_control:
    case policy::Aspect::ports:
    case policy::Aspect::read_timeout:
    case policy::Aspect::error_pages:
    case policy::Aspect::rule:
    case policy::Aspect::request_directives:
      return aside_of(step);
    case policy::Aspect::cookies:
      return "removed";
  }
  unreachable("every aspect has a value");
}

std::string_view verb_of(policy::Action action) {
  switch (action) {
    case policy::Action::serve:
      return "serve";
    case policy::Action::serve_and_refresh:
      return "serve and refresh";
    case policy::Action::validate:
      return "validate";
    case policy::Action::fetch:
      return "fetch";
    case policy::Action::refuse:
      return "refuse";
  }
  unreachable("every action has a verb");
}

// Did stale-while-revalidate, or the want of it, have a say in it?
bool may_be_updating(const policy::Reuse& reuse) {
  return reuse.action == policy::Action::serve_and_refresh ||
         reuse.meanwhile == policy::Meanwhile::serve_stale;
}

}  // namespace

ExplainLine line_of(
    const policy::Step& step, std::string_view upstream, const policy::Compat& compat
) {
  ExplainLine line{
      .stage = "decision",
      .field = std::string(field_of(step.aspect)),
      .value = value_of(step),
      .setter = std::string(name(step.setter)),
      .reason = std::string(name(step.reason)),
      .sentence = sentence(step.reason, step.name.empty() ? upstream : std::string_view(step.name))
  };
  if (step.reason == policy::Reason::worker_sets_ttl_by_status)
    add_choice(line, compat, "cache_ttl_by_status_zero");
  if (step.reason == policy::Reason::worker_as_an_origin) add_choice(line, compat, "worker_cache");
  return line;
}

ExplainLine line_of(const policy::Reuse& reuse, const policy::Compat& compat) {
  std::string why = sentence(reuse.reason, "");
  if (reuse.found) why += ": age " + seconds(reuse.age) + ", lifetime " + seconds(reuse.lifetime);
  ExplainLine line{
      .stage = "reuse",
      .field = std::string(verb_of(reuse.action)),
      .value = reuse.found ? "stored" : "nothing stored",
      .setter = {},
      .reason = std::string(name(reuse.reason)),
      .sentence = why
  };
  if (may_be_updating(reuse)) add_choice(line, compat, "stale_while_revalidate");
  if (reuse.is_spared_by_switch) add_choice(line, compat, "s_maxage_allows_stale");
  return line;
}

void add_choice(ExplainLine& line, const policy::Compat& compat, std::string_view switch_name) {
  const auto choice = policy::choice_of(compat, switch_name);
  if (!choice) return;
  if (!line.setter.empty() && line.setter != choice->setter) line.setter += ", ";
  if (!line.setter.ends_with(choice->setter)) line.setter += choice->setter;
  line.sentence += "; " + choice->text;
}

json::Array to_json(const std::vector<ExplainLine>& lines) {
  json::Array steps;
  for (const ExplainLine& line : lines) {
    json::Object step{{"stage", line.stage}, {"field", line.field}};
    if (!line.value.empty()) step["value"] = line.value;
    if (!line.setter.empty()) step["set_by"] = line.setter;
    if (!line.reason.empty()) step["reason"] = line.reason;
    step["sentence"] = line.sentence;
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace festina::observe
