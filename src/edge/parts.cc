#include "edge/parts.h"

#include <utility>

#include "policy/freshness.h"

namespace festina::edge {
namespace {

// What judging parts needs of a stored response.
http::Response head_of(const cache::Entry& entry) {
  return {.status = entry.status(), .headers = entry.headers()};
}

bool is_usable(const cache::EntryRef& found, const Exchange& x) {
  return found && found->part() &&
         policy::is_fresh(found->stored(), x.visit.now, x.decision.profile);
}

// A small body stands in its entry, which should not stay for it.
Body held_body(const cache::Entry& held) {
  Body body = held.open();
  return body.is_whole() ? Body::of(Bytes::copy_of(body.whole.view())) : std::move(body);
}

}  // namespace

bool lacks_wanted(const cache::Entry& entry, const http::Request& request) {
  const auto part = entry.part();
  return part && !policy::holds_wanted(*part, request);
}

std::optional<policy::PartToAsk> part_to_ask(
    const Services& services, const Exchange& x, const cache::EntryRef& found
) {
  const bool is_for_a_part = x.decision.profile == policy::Profile::standard &&
                             (!found || lacks_wanted(*found, x.request)) &&
                             !services.cache.is_filling(*x.key);
  if (!is_for_a_part) return std::nullopt;
  if (!is_usable(found, x)) return policy::part_to_ask(x.request, nullptr);
  const http::Response held = head_of(*found);
  return policy::part_to_ask(x.request, &held);
}

cache::EntryRef useful(const cache::EntryRef& found, const Exchange& x) {
  const bool is_joined = x.part && !x.part->if_range.empty();
  return found && lacks_wanted(*found, x.request) && !is_joined ? nullptr : found;
}

void ask_for_part(http::Headers& headers, const policy::PartToAsk& part) {
  headers.remove(http::Name::accept_encoding);  // parts of coded bytes can be used by few
  headers.set(http::Name::range, part.range);
  if (!part.if_range.empty()) headers.set(http::Name::if_range, part.if_range);
}

std::optional<http::Reply> joined_reply(const cache::Entry& held, http::Reply& got) {
  const http::Response head = head_of(held);
  const auto first = held.part();
  const auto second = policy::part_of(got.response);
  const auto both = policy::joined(head, got.response);
  if (!both || got.body.size() != second->range.size()) return std::nullopt;
  const bool held_leads = first->range.first < second->range.first;
  std::vector<Body> bodies;
  bodies.push_back(held_leads ? held_body(held) : std::move(got.body));
  bodies.push_back(held_leads ? std::move(got.body) : held_body(held));
  http::Reply reply;
  reply.response = policy::joined_head(head, got.response, *both);
  reply.body = in_sequence(std::move(bodies));
  return reply;
}

}  // namespace festina::edge
