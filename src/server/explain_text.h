// Explanations for a terminal: what the API answers as JSON, as lines in columns.
#pragma once

#include <string>

#include "base/json.h"

namespace festina::server {

// What would be done with a request: GET /festina/v1/explain?url=….
std::string explain_text(const json::Value& explanation);
// What became of one: GET /festina/v1/explain/{ray}. What its Workers made for it stands below it, further to the right.
std::string trace_text(const json::Value& trace);

}  // namespace festina::server
