// Commands: what each word of the command line does. Each gives the program's exit code (product contract: 0 done,
// 1 refused).
#pragma once

#include "server/options.h"

namespace festina::server {

int run_command(const Options&);

}  // namespace festina::server
