// Codable: which responses the edge may code, or decode, for those who take another coding (reference §11.7).
//
// Only what shrinks is coded: media types on a list, images and fonts that are compressed already not among them.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace festina::policy {

// What a Content-Type says, without its parameters.
bool is_codable_type(std::string_view content_type);

// What may be done with the content of a response, by its head alone. Neither where it says no-transform (RFC 9110 §7.7)
// or is a part of something.
enum class Transformable : std::uint8_t { not_at_all, by_coding, by_decoding };
Transformable transformable(const http::Response&);

}  // namespace festina::policy
