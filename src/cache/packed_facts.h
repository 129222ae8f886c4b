// PackedFacts: what judging needs of a stored response, in a few words instead of a few hundred bytes.
//
// A word of flags, and a number for everything that is there to be counted: most responses say little, and what one does
// not say takes no room. Dates count in seconds from the response's arrival, so they are exact within 68 years of it and
// the nearest such date beyond. What only a request can say (max-stale, min-fresh, only-if-cached) and the field names
// of private="…" and no-cache="…", whose fields are gone before a response is stored, are not kept.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "policy/stored_response.h"

namespace festina::cache {

struct PackedFacts {
  static constexpr std::size_t kMaxNumbers = 12;
  // The low bits are flags, those from kFirstNumber on say which numbers there are; the highest four are left to others.
  static constexpr std::uint32_t kFirstNumber = 16;
  // So is the last number.
  static constexpr std::uint32_t kOthersNumber = 1U << (kFirstNumber + kMaxNumbers - 1);

  std::uint32_t bits = 0;
  std::array<std::int32_t, kMaxNumbers> numbers{};
};

// How many numbers these bits announce.
constexpr std::size_t number_count(std::uint32_t bits) {
  constexpr std::uint32_t announced = ((1U << PackedFacts::kMaxNumbers) - 1)
                                      << PackedFacts::kFirstNumber;
  return static_cast<std::size_t>(std::popcount(bits & announced));
}

PackedFacts pack(const policy::StoredResponse&);
// Requires: as many numbers as the bits announce. Status and response time are kept beside them.
policy::StoredResponse unpack(
    std::uint32_t bits, const std::int32_t* numbers, http::Status status, TimePoint response_time
);

}  // namespace festina::cache
