// Decoding: percent-encoded and base64 texts, as url_decode() and decode_base64() read them (reference §7.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/value.h"

namespace festina::rules {

enum class Unicode : std::uint8_t { left, decoded };

// "%XX" as its byte, "+" as a space, "%uXXXX" as UTF-8 when told so; what is no such sequence stays.
std::string_view url_decoded(std::string_view, Unicode, Scratch&);

// RFC 4648 §4; padding may be left out. Nothing for what is not base64.
std::optional<std::string_view> base64_decoded(std::string_view, Scratch&);

}  // namespace festina::rules
