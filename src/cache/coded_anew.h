// Coded anew: how the edge keeps a body that came uncoded. An entry says it by one number beside those of its facts.
#pragma once

#include <cstdint>

#include "cache/packed_facts.h"
#include "http/content_coding.h"

namespace festina::cache {

// Of the body as it came. Larger ones are kept so.
inline constexpr std::uint64_t kMaxCodedAnew = std::uint64_t{8} * 1024 * 1024;

struct CodedAnew {
  http::Coding coding = http::Coding::identity;
  std::uint64_t plain_size = 0;  // of the body as it came
  bool operator==(const CodedAnew&) const = default;
};

// The facts with that number behind theirs. Requires: a size of at most kMaxCodedAnew.
PackedFacts with_coding(PackedFacts, const CodedAnew&);
// What the number says.
CodedAnew coding_in(std::int32_t number);

}  // namespace festina::cache
