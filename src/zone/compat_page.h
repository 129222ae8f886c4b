// The table of switches in docs/reference/compat.md, as the code has it (policy/compat).
#pragma once

#include <string>

namespace festina::zone {

std::string switch_table();

}  // namespace festina::zone
