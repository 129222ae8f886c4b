// Dotenv: files of secrets, as `wrangler dev` reads .dev.vars.
//
// Lines `NAME=value` or `NAME: value`, `export` in front allowed. A value ends at "#" or the end of the line, or stands in
// single, double or back quotes and may then run over lines; in double quotes "\n" and "\r" are what they stand for.
// Unlike wrangler, which skips what it does not understand, such a line is a problem. Problems never show a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zone/problem.h"

namespace festina::zone {

struct DotenvLine {
  std::string name;
  std::string value;
  Place place;
};

// In the order of the file; of a name that is given twice, the last one. `file` stands in places.
std::vector<DotenvLine> parse_dotenv(
    std::string_view text, const std::string& file, Problems& problems
);

}  // namespace festina::zone
