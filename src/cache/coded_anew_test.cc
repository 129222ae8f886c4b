#include "cache/coded_anew.h"

#include <gtest/gtest.h>

namespace festina::cache {
namespace {

using http::Coding;

TEST(CodedAnew, IsOneNumberBehindThoseOfTheFacts) {
  PackedFacts facts;
  facts.bits = 1U << PackedFacts::kFirstNumber;
  facts.numbers[0] = 60;
  for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd}) {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, kMaxCodedAnew}) {
      const CodedAnew coded{.coding = coding, .plain_size = size};
      const PackedFacts with = with_coding(facts, coded);
      EXPECT_EQ(number_count(with.bits), 2U);
      EXPECT_EQ(with.numbers[0], 60);
      EXPECT_EQ(coding_in(with.numbers[1]), coded);
    }
  }
}

TEST(CodedAnewDeathTest, HasALimit) {
  EXPECT_DEATH(with_coding({}, {.coding = Coding::gzip, .plain_size = kMaxCodedAnew + 1}), "limit");
}

}  // namespace
}  // namespace festina::cache
