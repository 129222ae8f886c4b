// Socket file: where a process of workerd is reached: a listening Unix socket in a directory of the host's own. The
// host makes it, so that requests can wait there while no process answers.
#pragma once

#include <filesystem>
#include <string>

#include "base/errors.h"
#include "workers/process.h"

namespace festina::workers {

// A directory that only we may enter, with all above it. Errors: io (self).
Result<> make_private_directory(const std::filesystem::path&);

// A socket that listens at this path; a file that stands there is replaced.
// Errors: too_large (self) for a path that is too long, io (self).
Result<Descriptor> listen_at(const std::string& path);

}  // namespace festina::workers
