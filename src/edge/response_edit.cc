#include "edge/response_edit.h"

#include <string>
#include <utility>
#include <vector>

#include "policy/cache_key.h"
#include "policy/storability.h"
#include "rules/response_rules.h"

namespace festina::edge {

void edit_response(Exchange& x, http::Response& response) {
  if (!x.decision.announces_status) return;  // a Worker's own: no cache has a part in it
  const rules::Facts facts{.request = x.request, .visit = x.visit, .response = &response};
  x.decision = rules::after_response(x.zone->rules.response_rules, facts, std::move(x.decision));
  policy::edit_response(response.headers, x.decision);
}

void note_losses(Exchange& x, const http::Headers& response) {
  using policy::Aspect;
  using policy::Reason;
  std::vector<policy::Step>& asides = x.decision.asides;
  if (x.decision.profile == policy::Profile::standard) return;
  if (response.has(http::Name::set_cookie)) {
    asides.push_back({Aspect::cookies, 0, policy::Setter::origin, Reason::cookie_removed, {}});
  }
  std::string vary = policy::unheeded_vary(response, x.decision);
  if (vary.empty()) return;
  asides.push_back({Aspect::vary, 0, policy::Setter::origin, Reason::vary_ignored, std::move(vary)}
  );
}

}  // namespace festina::edge
