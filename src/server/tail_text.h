// The live log for a terminal: each event that GET /festina/v1/tail gives, as a line of text.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"

namespace festina::server {

enum class Colour : std::uint8_t { off, on };

// With its line end. What a Worker made is set off to the right; so are the lines of a stack. Control bytes that a client or a script
// sent are shown as "?", so that none of them reaches the terminal.
std::string tail_text(const json::Value& event, Colour);

}  // namespace festina::server
