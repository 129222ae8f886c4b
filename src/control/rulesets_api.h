// Rulesets API: the rules of a zone's cache phases (reference §6.1, api-v4.md §4.4).
//
//   GET, POST rulesets · GET, PUT, DELETE rulesets/{id} · GET, PUT rulesets/phases/{phase}/entrypoint
//   POST rulesets/{id}/rules · PATCH, DELETE rulesets/{id}/rules/{rule id}
#pragma once

#include "control/zone_call.h"

namespace festina::control {

Awaitable<http::Reply> rulesets(ZoneCall call);

}  // namespace festina::control
