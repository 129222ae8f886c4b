#include "policy/stored_response.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "http/conditional.h"
#include "http/date.h"

namespace festina::policy {

namespace {

using std::chrono::seconds;

std::optional<TimePoint> date_field(const http::Headers& headers, http::Name name, TimePoint now) {
  const auto value = headers.get(name);
  return value ? http::parse_date(*value, now) : std::nullopt;
}

// Of a list the first member counts; an Age that is no number counts for nothing (RFC 9111 §5.1).
seconds age_field(const http::Headers& headers) {
  const auto value = headers.get(http::Name::age);
  const auto number =
      value ? parse_decimal(trimmed(value->substr(0, value->find(',')))) : std::nullopt;
  if (!number) return seconds{0};
  const auto greatest = static_cast<std::uint64_t>(http::kMaxDelta.count());
  return seconds{static_cast<seconds::rep>(std::min(*number, greatest))};
}

// A date ahead of ours has no age: one of the two clocks is wrong.
seconds age_by_date(TimePoint date, TimePoint arrival) {
  return std::max(
      seconds{0}, std::chrono::floor<seconds>(std::chrono::floor<seconds>(arrival) - date)
  );
}

bool has_entity_tag(const http::Headers& headers) {
  const auto value = headers.get(http::Name::etag);
  return value && http::parse_entity_tag(*value);
}

}  // namespace

ResponseFacts facts_of(const http::Response& response, TimePoint arrival, Profile profile) {
  const http::Headers& headers = response.headers;
  ResponseFacts facts;
  facts.edge = profile == Profile::standard ? http::standard_edge_directives(headers)
                                            : http::edge_directives(headers);
  facts.date = date_field(headers, http::Name::date, arrival).value_or(arrival);
  if (profile == Profile::standard) facts.apparent_age = age_by_date(facts.date, arrival);
  facts.last_modified = date_field(headers, http::Name::last_modified, arrival);
  const std::size_t expires = headers.count(http::Name::expires);
  if (expires == 1) facts.expires = date_field(headers, http::Name::expires, arrival);
  // Two contradict each other: to the service they are none (reference §3.2), by the RFC stale (§4.2.1).
  facts.has_expires = profile == Profile::standard ? expires >= 1 : expires == 1;
  facts.age = age_field(headers);
  facts.has_etag = has_entity_tag(headers);
  facts.transformable = transformable(response);
  return facts;
}

ResponseFacts facts_of(
    const http::Response& response, TimePoint arrival, const CacheDecision& decision
) {
  ResponseFacts facts = facts_of(response, arrival, decision.profile);
  if (decision.cache_control) {
    facts.edge = {.directives = *decision.cache_control, .source = http::DirectiveSource::replaced};
  }
  return facts;
}

ResponseFacts facts_of_put(const http::Response& response, TimePoint put_time) {
  ResponseFacts facts = facts_of(response, put_time, Profile::cloudflare);
  facts.age = seconds{0};
  facts.edge.directives.stale_while_revalidate = seconds{0};
  facts.edge.directives.stale_if_error = seconds{0};
  return facts;
}

bool is_cache_tag(std::string_view text) {
  const auto may_stand = [](char c) { return c > ' ' && c < 0x7f && c != ','; };
  return !text.empty() && std::ranges::all_of(text, may_stand);
}

std::vector<std::string> cache_tags(const http::Headers& headers) {
  std::vector<std::string> tags;
  std::size_t budget = kMaxCacheTagBytes;
  for (const http::Field field : headers) {
    if (field.name != http::Name::cache_tag) continue;
    for (const std::string_view item : split(field.value, ',')) {
      if (item.size() > budget || tags.size() == kMaxCacheTags) return tags;
      budget -= std::min(budget, item.size() + 1);  // with its comma
      const std::string_view tag = trimmed(item);
      if (is_cache_tag(tag)) tags.push_back(lower(tag));
    }
  }
  return tags;
}

}  // namespace festina::policy
