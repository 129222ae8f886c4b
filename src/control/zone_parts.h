// Zone parts: the parts of a zone's configuration as the API reads and sets them (zone/zone_store).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "control/services.h"
#include "http/handler.h"

namespace festina::control {

struct StandingPart {
  json::Value body;
  std::uint64_t sequence = 0;  // of the change that set it
  bool is_filed = false;       // the configuration file defines it: it can only be read
};
// Nothing where neither the file nor the API says anything.
std::optional<StandingPart> standing_part(
    const ControlServices&, const zone::Zone&, std::string_view name
);

// 403: the part is the file's. `what` names it: "cache_level".
http::Reply refused_as_filed(std::string_view what);

// Sets parts of a zone; done on this node when it returns. Errors: conflict (client) when a part that one was made from is
// not there any more; io (self).
Awaitable<Result<>> set_parts(
    const ControlServices& services, std::string zone_id, std::vector<zone::PartChange> changes
);
// 409 or 503, for what set_parts() could not do.
http::Reply failure_of_change(const Error&);

}  // namespace festina::control
