// Key setting: the JSON by which a Cache Rule (custom_key) or a Page Rule (cache_key_fields) says what is in the cache key
// (reference §6.2, §8.2):
//
//   {"query_string": {"exclude": {"list": ["utm_source"]}},
//    "header": {"include": ["x-variant"], "check_presence": [], "contains": {"accept": ["webp"]}, "exclude_origin": true},
//    "cookie": {"include": [], "check_presence": ["sid"]}, "host": {"resolved": false},
//    "user": {"device_type": true, "geo": false, "lang": false}}
#pragma once

#include <cstddef>
#include <optional>

#include "rules/reading.h"
#include "rules/wishes.h"

namespace festina::rules {

inline constexpr std::size_t kMaxKeyNames = 100;  // of a list (reference §6.2)
inline constexpr std::size_t kMaxRestrictedTexts =
    3;  // of a field that counts by what it contains only
inline constexpr std::size_t kMaxKeyNameBytes = 256;

// Nothing where it says nothing, as an empty object does.
std::optional<KeyWish> read_key(Reading&);

}  // namespace festina::rules
