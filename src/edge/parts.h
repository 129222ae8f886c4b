// Parts: asking the upstream for a part of a response in place of the whole, and joining what comes to what is held (RFC
// 9111 §3.4). Profile `standard` only; policy/partial judges.
#pragma once

#include "edge/exchange.h"

namespace festina::edge {

// Is the stored response a part without bytes that the request wants?
bool lacks_wanted(const cache::Entry&, const http::Request&);
// What this request asks for in place of the whole, when what was found does not do; nothing too when a fill of the whole
// is on its way.
std::optional<policy::PartToAsk> part_to_ask(
    const Services&, const Exchange&, const cache::EntryRef& found
);
// What was found, where a fill can use it: to validate it, or to join more to it.
cache::EntryRef useful(const cache::EntryRef& found, const Exchange&);

// Makes the request one for the part.
void ask_for_part(http::Headers&, const policy::PartToAsk&);
// Both as one reply; nothing when what came is not what was asked for.
std::optional<http::Reply> joined_reply(const cache::Entry& held, http::Reply& got);

}  // namespace festina::edge
