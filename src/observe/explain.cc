#include "observe/explain.h"

#include <algorithm>

#include "base/text.h"
#include "observe/reasons.h"

namespace festina::observe {
namespace {

// The last answer was not stored; for a while nobody queues for the next one.
ExplainLine line_of_remembered(policy::Reason reason) {
  return {
      .stage = "reuse",
      .field = "pass",
      .value = "remembered as uncacheable",
      .setter = {},
      .reason = std::string(name(reason)),
      .sentence = sentence(reason, "")
  };
}

ExplainLine key_line(std::string_view key, std::string value, std::string sentence) {
  return {
      .stage = "key",
      .field = std::string(key),
      .value = std::move(value),
      .setter = {},
      .reason = {},
      .sentence = std::move(sentence)
  };
}

// What the request does not find, though it may look the same to whoever asks.
void add_others(std::vector<ExplainLine>& lines, const ExplainInput& input) {
  for (const std::string& key : input.other_keys) {
    lines.push_back(key_line(
        key,
        "stored too",
        "another key for the same path, by its query, Origin or what else is in the key: who asks, "
        "and a purge of the URL, must name the same; a Cache Rule's key can leave it out, or sort "
        "the query"
    ));
  }
  const bool is_found_here = input.reuse && input.reuse->found;
  if (input.other_colos.empty() || is_found_here) return;
  std::string colos;
  for (const std::string& colo : input.other_colos) append_member(colos, colo);
  lines.push_back(key_line(
      "in " + colos,
      "stored there",
      "each data centre keeps a cache of its own, and fetches for itself what another one has"
  ));
}

ExplainLine status_line(std::string_view status, std::string sentence) {
  return {
      .stage = "status",
      .field = std::string(status),
      .value = {},
      .setter = {},
      .reason = {},
      .sentence = std::move(sentence)
  };
}

ExplainLine next_line(std::string condition, std::string_view status, std::string sentence) {
  return {
      .stage = "next",
      .field = std::move(condition),
      .value = std::string(status),
      .setter = {},
      .reason = {},
      .sentence = std::move(sentence)
  };
}

// 536870912 is "512 MiB"; what is no whole number of a unit is said in the next smaller one.
std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kib = 1024;
  if (bytes >= kib * kib && bytes % (kib * kib) == 0)
    return std::to_string(bytes / kib / kib) + " MiB";
  if (bytes >= kib && bytes % kib == 0) return std::to_string(bytes / kib) + " KiB";
  return std::to_string(bytes) + " bytes";
}

ExplainLine refused_line(
    const policy::CacheDecision& decision, std::string condition, policy::Reason reason
) {
  const auto status = policy::labelled(policy::CacheStatus::bypass, decision, reason);
  ExplainLine line =
      next_line(std::move(condition), policy::header_value(status), sentence(reason, ""));
  line.reason = name(reason);
  if (status != policy::CacheStatus::bypass) add_choice(line, decision.compat, "uncacheable_label");
  return line;
}

// Is what sets a cookie stored without it? (reference §1.4)
bool drops_cookies(const policy::CacheDecision& decision) {
  if (decision.edge_ttl) return *decision.edge_ttl >= std::chrono::seconds{0};
  return decision.eligible_by_default && !decision.origin_cache_control;
}

ExplainLine removed_line() {
  using policy::Reason;
  ExplainLine line =
      next_line("if it sets a cookie", "stored without", sentence(Reason::cookie_removed, ""));
  line.reason = name(Reason::cookie_removed);
  return line;
}

// What keeps an answer from being stored, as far as this decision lets it (reference §1.3). An explicit edge TTL leaves
// little of it.
void add_refusals(std::vector<ExplainLine>& lines, const ExplainInput& input) {
  using policy::Reason;
  const policy::CacheDecision& decision = input.decision;
  const bool origin_decides = !decision.edge_ttl;
  const bool keeps_cookie = decision.profile == policy::Profile::standard;
  const bool drops_cookie = !keeps_cookie && drops_cookies(decision);
  if (drops_cookie) lines.push_back(removed_line());
  if (origin_decides) {
    if (!decision.cache_control) {  // else the script's word stands in place of its
      lines.push_back(refused_line(decision, "if it says no-store", Reason::no_store));
      lines.push_back(refused_line(decision, "if it says private", Reason::is_private));
    }
    if (!drops_cookie && !keeps_cookie)
      lines.push_back(refused_line(decision, "if it sets a cookie", Reason::set_cookie));
    if (!decision.origin_cache_control)
      lines.push_back(refused_line(decision, "if it says no-cache", Reason::no_cache));
    if (decision.wants_freshness)
      lines.push_back(refused_line(decision, "if it says no freshness", Reason::no_freshness));
    if (decision.deception_armor)
      lines.push_back(refused_line(decision, "if its type does not fit", Reason::deception_armor));
  } else if (decision.edge_ttl < std::chrono::seconds{0}) {
    lines.push_back(refused_line(decision, "whatever it says", Reason::negative_ttl));
  }
  if (decision.origin_cache_control && input.request.headers.has(http::Name::authorization))
    lines.push_back(refused_line(decision, "if it is not public", Reason::authorization));
  if (decision.vary && decision.profile == policy::Profile::cloudflare)
    lines.push_back(
        refused_line(decision, "if it varies by what may not be in the key", Reason::vary_bypass)
    );
  const bool plan_is_less = decision.max_size < input.max_stored;
  lines.push_back(refused_line(
      decision,
      "if it is over " + size_text(std::min(decision.max_size, input.max_stored)),
      plan_is_less ? Reason::too_large : Reason::larger_than_cache
  ));
}

// A stale response that is served while the upstream is asked.
ExplainLine updating_line(ExplainLine line, const policy::Compat& compat) {
  if (compat.swr_label == policy::SwrLabel::stale) add_choice(line, compat, "swr_label");
  return line;
}
std::string_view updating_label(const policy::CacheDecision& decision) {
  return policy::header_value(
      policy::labelled(policy::CacheStatus::updating, decision, std::nullopt)
  );
}

ExplainLine failure_line(policy::StandIn stand_in) {
  switch (stand_in) {
    case policy::StandIn::never:
      return next_line("if it fails", "", "an error page; nothing is stored");
    case policy::StandIn::on_error:
      return next_line(
          "if it fails or answers 5xx",
          "STALE",
          "the stored response stands in (RFC 5861 section 4); stale-if-error=0 or must-revalidate "
          "in the response forbids it"
      );
    case policy::StandIn::when_unreachable:
      return next_line(
          "if it cannot be reached", "STALE", "the stored response stands in (Always Online)"
      );
  }
  unreachable("every way of standing in has a line");
}

// What the answers of the upstream would lead to, when the cache cannot answer by itself.
void add_outcomes(
    std::vector<ExplainLine>& lines, const ExplainInput& input, const policy::Reuse& reuse
) {
  lines.push_back(next_line(
      "would ask " + std::string(input.upstream_name),
      "",
      reuse.found ? "whether what is stored still holds" : "for the whole response"
  ));
  if (reuse.meanwhile == policy::Meanwhile::serve_stale) {
    lines.push_back(updating_line(
        next_line(
            "while it is being asked",
            updating_label(input.decision),
            "who else asks gets the stored response"
        ),
        input.decision.compat
    ));
  }
  if (reuse.action == policy::Action::validate) {
    lines.push_back(next_line(
        "if it answers 304", "REVALIDATED", "the stored body is served and is fresh again"
    ));
  }
  lines.push_back(next_line(
      "if it may be stored",
      reuse.found ? "EXPIRED" : "MISS",
      "stored, and the next request is a HIT while it is fresh"
  ));
  add_refusals(lines, input);
  lines.push_back(failure_line(reuse.stand_in));
}

// A script answers: nothing is known of what it will fetch.
void add_script(std::vector<ExplainLine>& lines, const ExplainInput& input) {
  const bool is_snippet = input.upstream == policy::UpstreamKind::snippet;
  const std::string whose = is_snippet ? "Snippet" : "Worker";
  lines.push_back(
      status_line("none", "no CF-Cache-Status: the " + whose + "'s own answer is not cached")
  );
  if (is_snippet) {
    lines.push_back(next_line(
        "if it fetches this URL", "", "the request goes on to " + std::string(input.behind)
    ));
  }
}

std::string_view name_of(policy::UpstreamKind kind) {
  switch (kind) {
    case policy::UpstreamKind::origin:
      return "origin";
    case policy::UpstreamKind::worker:
      return "worker";
    case policy::UpstreamKind::snippet:
      return "snippet";
  }
  unreachable("every upstream has a kind");
}

void add_status(std::vector<ExplainLine>& lines, const ExplainInput& input) {
  if (!input.decision.announces_status) {
    add_script(lines, input);
    return;
  }
  if (!input.reuse) {
    lines.push_back(status_line(
        "DYNAMIC",
        "the cache is not asked, whatever the response will say; " +
            std::string(input.upstream_name) + " answers"
    ));
    return;
  }
  switch (input.reuse->action) {
    case policy::Action::serve:
      lines.push_back(status_line("HIT", "from memory"));
      return;
    case policy::Action::serve_and_refresh:
      lines.push_back(updating_line(
          status_line(
              updating_label(input.decision),
              "from memory, while " + std::string(input.upstream_name) + " is asked"
          ),
          input.decision.compat
      ));
      return;
    case policy::Action::validate:
    case policy::Action::fetch:
      add_outcomes(lines, input, *input.reuse);
      return;
    case policy::Action::refuse:
      lines.push_back(status_line("none", "504: the client wants what is stored, or nothing"));
      return;
  }
}

}  // namespace

std::vector<ExplainLine> explain(const ExplainInput& input) {
  std::vector<ExplainLine> lines;
  lines.reserve(input.decision.step_count + 8);
  for (std::size_t i = 0; i < input.decision.step_count; ++i)
    lines.push_back(line_of(input.decision.steps[i], input.upstream_name, input.decision.compat));
  for (const policy::Step& aside : input.decision.asides)
    lines.push_back(line_of(aside, input.upstream_name, input.decision.compat));
  for (const policy::Step& finding : input.findings)
    lines.push_back(line_of(finding, input.upstream_name, input.decision.compat));
  if (input.key) lines.push_back(key_line(*input.key, "", "what it is stored under"));
  add_others(lines, input);
  if (input.reuse) lines.push_back(line_of(*input.reuse, input.decision.compat));
  const bool is_answered =
      input.reuse && (input.reuse->action == policy::Action::serve ||
                      input.reuse->action == policy::Action::serve_and_refresh);
  if (input.uncacheable && !is_answered) lines.push_back(line_of_remembered(*input.uncacheable));
  add_status(lines, input);
  return lines;
}

json::Value to_json(const ExplainInput& input, const std::vector<ExplainLine>& lines) {
  return json::Object{
      {"url", input.request.url.text()},
      {"method", input.request.method_text},
      {"colo", input.colo},
      {"zone", input.zone},
      {"upstream", json::Object{{"kind", name_of(input.upstream)}, {"name", input.upstream_name}}},
      {"steps", to_json(lines)}
  };
}

}  // namespace festina::observe
