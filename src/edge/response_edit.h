// Response edit: an origin's answer as the owner's rules and a script want it, before it is judged and before anybody sees
// it (reference §6.4).
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// Asks the Cache Response Rules of the zone and makes the changes they and the decision ask for. From then on the decision
// is the one for this response. What a Worker answered is none of an origin's.
void edit_response(Exchange& x, http::Response& response);
// Adds to the decision's asides what somebody may miss of an answer that is stored for everybody: its cookie, and the fields
// that Vary names in vain.
void note_losses(Exchange& x, const http::Headers& response);

}  // namespace festina::edge
