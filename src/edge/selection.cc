#include "edge/selection.h"

#include "edge/coding.h"
#include "policy/freshness.h"

namespace festina::edge {

http::Selection selection_of(const Exchange& x, const cache::Entry& stored) {
  if (!http::asks_for_less(x.request.headers)) return {};
  http::Representation whole = stored.representation();
  const auto own = policy::edge_last_modified(stored.stored(), x.decision);
  if (own) whole.validators.last_modified = own;
  // Of what must be decoded for the asker, no part is served (reference §1.8).
  if (coding_for(x, stored).treatment == policy::Treatment::decoded) whole.length.reset();
  return http::select(x.request.headers, whole, x.visit.now);
}

bool is_far_ahead(const Exchange& x, const cache::Entry& stored) {
  const bool wants_bytes = x.request.method == http::Method::get;
  if (!wants_bytes || !stored.is_growing()) return false;
  const http::Selection selection = selection_of(x, stored);
  return !selection.ranges.empty() &&
         selection.ranges.front().first > stored.body_size() + kMaxRangeWait;
}

}  // namespace festina::edge
