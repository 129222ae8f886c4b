#include "edge/filling_request.h"

#include "edge/parts.h"
#include "policy/coding.h"
#include "policy/validation.h"

namespace festina::edge {

bool goes_as_head(const Exchange& x) {
  return x.request.method == http::Method::head &&
         x.decision.profile == policy::Profile::standard &&
         x.reuse.action != policy::Action::serve_and_refresh;
}

http::Request filling_request(const Exchange& starter, const cache::EntryRef& found) {
  http::Request request = starter.request;
  if (!goes_as_head(starter)) {
    request.method = http::Method::get;
    request.method_text = "GET";
  }
  policy::make_unconditional(request.headers);
  request.headers.set(http::Name::accept_encoding, policy::kAskedCodings);
  if (starter.part) ask_for_part(request.headers, *starter.part);
  if (starter.part || !found) return request;
  const policy::StoredResponse stored = found->stored();
  if (policy::has_validator(stored)) policy::make_conditional(request, stored, found->headers());
  return request;
}

Exchange filling_exchange(const Exchange& starter, const cache::EntryRef& found) {
  Exchange x;
  x.ray = starter.ray;
  x.parent_ray = starter.parent_ray;
  x.depth = starter.depth;
  x.source = starter.source;
  x.worker_zone = starter.worker_zone;
  x.request = filling_request(starter, found);
  x.hop = starter.hop;
  x.visit = starter.visit;
  x.arrived = starter.arrived;
  x.snapshot = starter.snapshot;
  x.zone = starter.zone;
  x.upstream = starter.upstream;
  x.decision = starter.decision;
  x.key = starter.key;
  x.reuse = starter.reuse;
  x.part = starter.part;
  x.quota = starter.quota;
  return x;
}

}  // namespace festina::edge
