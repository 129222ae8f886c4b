// Storability: may this response be stored, and what of it? (RFC 9111 §3, §3.5; reference §1.3-1.6)
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "http/message.h"
#include "policy/decision.h"
#include "policy/stored_response.h"

namespace festina::policy {

struct Storability {
  bool may_store = false;
  Reason reason = Reason::not_eligible;
};

// What the owner or a script wants changed in an upstream's answer before it is judged: validators, cookies and
// directives edited (reference §6.4), tags replaced (reference §4.2), and `immutable` removed of what is eligible, which the origin may say only under origin cache
// control (reference §1.3).
void edit_response(http::Headers&, const CacheDecision&);

// The first rule that fires wins (reference §1.3). `length`: of the body, when the head says it.
Storability may_store(
    const http::Request&, const http::Response&, const ResponseFacts&, const CacheDecision&,
    std::optional<std::uint64_t> length
);
// May what is stored stay so with the head that a 304 gave it? (reference §1.11)
Storability
may_keep(const http::Request&, const http::Response& freshened, const ResponseFacts&, const CacheDecision&);

// The Cache API's own rule for put: a freshness or a status with a default TTL, no private, no-store, no-cache,
// max-age=0, no Set-Cookie unless named by private="…" (reference §5.3). The facts are those of facts_of_put(). `ttl`: the
// script's own (cf.cacheTtl of the key), which overrides all that as it does for fetch() (reference §1.3 rule 2).
Storability may_put(
    const http::Response&, const ResponseFacts&, std::optional<std::chrono::seconds> ttl,
    std::uint64_t max_size, std::optional<std::uint64_t> length
);

// Removes what a stored copy does not keep: the fields named by private="…" and no-cache="…" (reference §1.3),
// connection-specific ones and those between us and the next hop (RFC 9111 §3.1), orders to the proxy (reference §2.5),
// and Age, which the facts keep. In `cloudflare` also Set-Cookie (reference §1.4), an ETag that is none (reference §1.9)
// and a Last-Modified that is none.
void remove_unstored_fields(http::Headers&, const ResponseFacts&, Profile);

}  // namespace festina::policy
