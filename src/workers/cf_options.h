// cf options: the members of a fetch()'s cf that concern the cache → WorkerOptions (reference §4.2).
//
// Members are read with their types checked. What is known but of another type than the documented one, or beyond a
// limit, does nothing and is named with what it should be; so is a name that nobody knows, with the one that was meant.
// Members of an inbound request's cf, which fetch(request) carries out again (reference §13.1), say nothing here.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "policy/visit.h"

namespace festina::workers {

// Members that do nothing, kept for explain and the log.
inline constexpr std::size_t kMaxIgnoredMembers = 16;
// Of such a name, and of a host.
inline constexpr std::size_t kMaxMemberName = 64;
inline constexpr std::size_t kMaxOverrideHost = 253;
inline constexpr std::size_t kMaxWorkerCacheKey = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxStatusRanges = 128;

// `cf`: the object in CF-Blob.
policy::WorkerOptions cf_options(const json::Object& cf, std::string_view script);

// The known member that a script may have meant by this name.
std::optional<std::string_view> meant_by(std::string_view unknown);

}  // namespace festina::workers
