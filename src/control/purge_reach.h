// Purge reach: what a purge of URLs found nothing under, and why that may be (reference §10.4, §10.5, §16.12, §16.13).
//
// A purge is a fact, so it succeeds whether or not something is stored. Who wonders why nothing changed is told what the
// URL's key is, and what is stored beside it.
#pragma once

#include <vector>

#include "cache/cache.h"
#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

// Of so many URLs of a call it is said.
inline constexpr std::size_t kMaxPurgeMessages = 10;

// A sentence for each key under which no data centre of this node has anything. Call it before the purge is applied.
std::vector<Message>
unreached(const ControlServices&, const zone::Zone&, const std::vector<cache::PurgeFact>&);

}  // namespace festina::control
