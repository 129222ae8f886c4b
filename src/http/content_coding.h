// Content coding: what a body is compressed with, and which coding a client wants (RFC 9110 §8.4.1, §12.5.3).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http/headers.h"

namespace festina::http {

enum class Coding : std::uint8_t { identity, gzip, brotli, zstd };
// As Content-Encoding and Accept-Encoding say it: "br".
std::string_view name(Coding);

// The coding that the request's Accept-Encoding likes best. Of equals, the one that is offered first; identity, unless the
// field names it, comes after all of them. Identity is never refused: where nothing else is left, it is better than no
// answer (§12.5.3).
Coding preferred_coding(const Headers& asked, std::span<const Coding> offered);

}  // namespace festina::http
