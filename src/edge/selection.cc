#include "edge/selection.h"

#include "edge/coding.h"
#include "policy/freshness.h"

namespace festina::edge {

http::Selection selection_of(const Exchange& x, const cache::Entry& stored) {
  if (!http::asks_for_less(x.request.headers)) return {};
  http::Representation whole = stored.representation();
  const auto own = policy::edge_last_modified(stored.stored(), x.decision);
  if (own) whole.validators.last_modified = own;
  whole.heeds_if_match = x.decision.profile == policy::Profile::standard;
  // A stored response without Last-Modified is as old as its Date (RFC 9111 §4.3.2), but not for If-Range nor
  // If-Unmodified-Since.
  const bool counts_date = x.decision.profile == policy::Profile::standard &&
                           !whole.validators.last_modified &&
                           !x.request.headers.has(http::Name::range) &&
                           !x.request.headers.has(http::Name::if_unmodified_since);
  if (counts_date) whole.validators.last_modified = stored.facts().date;
  // Of what must be decoded for the asker, no part is served (reference §1.8).
  if (coding_for(x, stored).treatment == policy::Treatment::decoded) whole.length.reset();
  return http::select(x.request.headers, whole, x.visit.now);
}

bool is_far_ahead(const Exchange& x, const cache::Entry& stored) {
  const bool wants_bytes = x.request.method == http::Method::get;
  if (!wants_bytes || !stored.is_growing()) return false;
  const http::Selection selection = selection_of(x, stored);
  if (selection.ranges.empty()) return false;
  const auto held = stored.part();
  const std::uint64_t arrived = stored.body_size() + (held ? held->range.first : 0);
  return selection.ranges.front().first > arrived + kMaxRangeWait;
}

}  // namespace festina::edge
