#include "edge/response_edit.h"

#include <utility>

#include "policy/storability.h"
#include "rules/response_rules.h"

namespace festina::edge {

void edit_response(Exchange& x, http::Response& response) {
  if (!x.decision.announces_status) return;  // a Worker's own: no cache has a part in it
  const rules::Facts facts{.request = x.request, .visit = x.visit, .response = &response};
  x.decision = rules::after_response(x.zone->rules.response_rules, facts, std::move(x.decision));
  policy::edit_response(response.headers, x.decision);
}

}  // namespace festina::edge
