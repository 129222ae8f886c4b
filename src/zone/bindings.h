// Bindings: what a Worker finds in its `env`, out of its wrangler file and .dev.vars.
#pragma once

#include <string>
#include <vector>

#include "zone/script.h"
#include "zone/wrangler_file.h"

namespace festina::zone {

struct Bindings {
  std::vector<Variable> variables;  // secrets included
  std::vector<ServiceBinding> services;
  std::vector<FileBinding> files;
  std::string version_metadata;  // empty: none
};

// Problems of the file: a name given twice, a file that does not exist, a secret that is needed and missing.
Bindings read_bindings(const WranglerFile&, Problems&);

}  // namespace festina::zone
