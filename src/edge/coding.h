// Coding: which coding the asker of an exchange gets, and its reply made so (RFC 9110 §8.4, §12.5.3).
#pragma once

#include "edge/exchange.h"
#include "policy/coding.h"

namespace festina::edge {

// Is an upstream asked for the codings that the edge knows, in place of those that the client takes? A range is of the
// very bytes of one coding, which the client names; and a script says itself what it wants.
bool asks_for_all(const Exchange&);

// In which coding the asker gets this stored response, if it gets the whole of it.
policy::CodingChoice coding_for(const Exchange&, const cache::Entry&);

// Makes a reply with the whole of a stored response, whose body is as it is kept, one in the coding chosen: body and
// header. The exchange learns what became of the choice.
void code_served(const Services&, Exchange&, const policy::CodingChoice&, http::Reply&);
// The same of a reply the cache has no part in; here the coding is chosen, too.
void code_passed(const Services&, Exchange&, http::Reply&);

}  // namespace festina::edge
