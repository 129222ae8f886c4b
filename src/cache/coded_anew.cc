// The coding is in the number's low bits, the size above.
#include "cache/coded_anew.h"

#include "base/errors.h"

namespace festina::cache {
namespace {

constexpr std::uint32_t kCodingBits = 2;
static_assert(static_cast<unsigned>(http::Coding::zstd) < 1U << kCodingBits);
static_assert(kMaxCodedAnew << kCodingBits <= std::uint64_t{0x7FFFFFFF});

}  // namespace

PackedFacts with_coding(PackedFacts facts, const CodedAnew& coded) {
  check(coded.plain_size <= kMaxCodedAnew, "what is coded anew has a limit");
  const std::uint64_t number =
      coded.plain_size << kCodingBits | static_cast<std::uint64_t>(coded.coding);
  facts.numbers.at(number_count(facts.bits)) = static_cast<std::int32_t>(number);
  facts.bits |= PackedFacts::kOthersNumber;
  return facts;
}

CodedAnew coding_in(std::int32_t number) {
  const auto bits = static_cast<std::uint32_t>(number);
  return {
      .coding = static_cast<http::Coding>(bits & ((1U << kCodingBits) - 1)),
      .plain_size = bits >> kCodingBits
  };
}

}  // namespace festina::cache
