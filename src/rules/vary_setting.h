// Vary setting: the JSON by which a rule or a script says how Vary is to be taken (reference §6.2, §11.4):
//
//   {"default": {"action": "bypass"},
//    "headers": {"accept-language": {"action": "normalize", "languages": ["en", "de"]}}}
#pragma once

#include <cstddef>

#include "base/json.h"
#include "policy/vary.h"

namespace festina::rules {

inline constexpr std::size_t kMaxVaryHeaders = 50;
inline constexpr std::size_t kMaxVaryHeaderName = 128;  // bytes
inline constexpr std::size_t kMaxVaryMediaTypes = 10;
inline constexpr std::size_t kMaxVaryMediaTypeBytes = 255;
inline constexpr std::size_t kMaxVaryLanguages = 20;
inline constexpr std::size_t kMaxVaryLanguageBytes = 64;

// Errors: malformed (client), with the member that is wrong.
Result<policy::VarySpec> parse_vary(const json::Value&);

}  // namespace festina::rules
