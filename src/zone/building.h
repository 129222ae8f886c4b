// Building: how a Worker's modules are made of its files, out of its wrangler file.
#pragma once

#include "zone/script.h"
#include "zone/wrangler_file.h"

namespace festina::zone {

// Problems of the file: unknown types of modules, values that are no strings, files and directories that do not exist.
Building read_building(const WranglerFile&);

}  // namespace festina::zone
