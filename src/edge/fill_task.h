// Fill task: one fill, from the question to the upstream to the entry in the cache.
//
// It owns an exchange of its own, copied from the request that started it: that one may be gone before it ends. It ends
// early when everybody has left: at once while the head is awaited, later when too much is missing.
#pragma once

#include "edge/exchange.h"
#include "policy/storability.h"

namespace festina::edge {

// A fill that everybody has left goes on when no more than this is missing.
inline constexpr std::uint64_t kMaxUnreadFill = std::uint64_t{64} * 1024 * 1024;
// By such steps a body of unknown length takes memory.
inline constexpr std::uint64_t kFillStep = std::uint64_t{256} * 1024;

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
