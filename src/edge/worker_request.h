// Worker request: what a script's fetch() is before it is judged: by which way it goes in, whose word on caching counts,
// as whom it comes (reference §4.5, §13.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "policy/visit.h"
#include "zone/snapshot.h"

namespace festina::edge {

enum class WayIn : std::uint8_t {
  own_cache,       // a host of the script's own zone: to its cache and origin, past its Worker
  behind_snippet,  // the same of a Snippet: to the Worker there, else to cache and origin
  front_door,      // as a visitor comes: that zone's Worker and rules decide, and cf is ignored
  out_of_house     // a host that is no zone of ours: through the own zone's cache
};
// `own`: the zone the script works for; `target`: that of the URL's host. Null: none.
WayIn way_in(const zone::Zone* own, const zone::Zone* target, const policy::EdgeFlags& flags);

// The address another zone, or a host that is none, sees of a Worker's request: the visitor is not its own (reference
// §13.2).
inline constexpr std::string_view kWorkersAddress = "2a06:98c0:3600::103";
// Whom CF-Connecting-IP names: in its own zone whoever the script says by X-Real-IP, else the visitor. Takes X-Real-IP
// away: it would claim the same to others.
std::string client_address(WayIn way, http::Headers& request, std::string_view visitor);

// Changes the request to what a script with these flags may ask: the scheme's own port, nothing in br. One that
// names no coding gets those that the runtime decodes (reference §13.2). Gives the port that was dropped; 0: none.
std::uint16_t apply_flags(http::Request&, const policy::EdgeFlags&);

// The script's options as they count on this way. `host`: of the URL; cf.resolveOverride counts for hosts of the own zone
// (reference §4.2).
policy::WorkerOptions options_on(
    WayIn way, policy::WorkerOptions asked, const policy::EdgeFlags& flags,
    const zone::ZoneTable& zones, const zone::Zone* own
);
// A request that workerd passes through has what the Worker left of its body: a sentence on how little that is, for
// explain. Empty: all of it, or nobody knows.
std::string what_was_read(std::optional<std::uint64_t> came, std::optional<std::uint64_t> left);

// The host whose origin is asked, by those options.
std::string_view connection_host(const policy::WorkerOptions&, std::string_view url_host);

}  // namespace festina::edge
