// Command line: words → Options, or what to print in their place.
//
// The only door to CLI11. Nothing is opened or looked up here: a wrong word on the command line is a usage error, a
// wrong file is the command's own.
#pragma once

#include <string>
#include <variant>

#include "server/options.h"

namespace festina::server {

inline constexpr int kExitUsage = 2;  // the command line can not be understood

// Nothing to do but to print: to standard output with code 0, to standard error otherwise.
struct Exit {
  int code;
  std::string text;
};

std::variant<Options, Exit> parse_options(int argc, const char* const* argv);

}  // namespace festina::server
