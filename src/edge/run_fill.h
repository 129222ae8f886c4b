// Run fill: the way of a fill, from the question to the upstream to the entry in the cache.
#pragma once

#include "edge/exchange.h"
#include "policy/storability.h"

namespace festina::edge {

// `found`: stale, to be validated; null for a plain miss.
Awaitable<> run_fill(
    Services&, std::shared_ptr<cache::Fill>, const cache::EntryRef& found, const Exchange& starter
);

// The same for a reply that is there already, and may be stored: the answer to a POST.
Awaitable<> keep_reply(
    Services&, std::shared_ptr<cache::Fill>, const Exchange& asked, http::Reply reply
);

// May this reply be stored, as far as its head tells? (RFC 9111 §3, reference §1.3, §1.6)
policy::Storability
storability_of(const Services&, const Exchange&, const http::Reply&, const policy::ResponseFacts&);

}  // namespace festina::edge
