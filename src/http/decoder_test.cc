#include "http/decoder.h"

#include <gtest/gtest.h>

#include "http/encoder.h"

namespace festina::http {
namespace {

constexpr Coding kCodings[] = {Coding::gzip, Coding::brotli, Coding::zstd};

class Decoders : public testing::TestWithParam<Coding> {};
INSTANTIATE_TEST_SUITE_P(
    OfEveryCoding, Decoders, testing::ValuesIn(kCodings),
    [](const auto& info) { return std::string(name(info.param)); }
);

struct Decoded {
  std::string text;
  std::optional<Error> error;
  std::size_t largest = 0;  // part
};

Decoded decode(Decoder& decoder, std::string_view coded) {
  Decoded all;
  while (true) {
    const auto part = decoder.decode(coded);
    if (!part) {
      all.error = part.error();
      return all;
    }
    if (part->empty()) return all;
    all.largest = std::max(all.largest, part->size());
    all.text += *part;
  }
}

std::string zeros_coded(std::uint64_t size, Coding coding) {
  Encoder encoder(coding, Effort::thorough);
  const std::string block(1 << 20, '\0');
  std::string coded;
  for (std::uint64_t made = 0; made < size; made += block.size())
    coded += encoder.encode(block, Until::later);
  return coded + encoder.encode("", Until::end);
}

TEST_P(Decoders, ReadByteByByte) {
  const std::string text = "festina lente, festina lente, festina lente";
  Decoder decoder(GetParam());
  std::string read;
  for (const char byte : encoded(text, GetParam(), Effort::quick))
    read += decode(decoder, std::string_view(&byte, 1)).text;
  EXPECT_EQ(read, text);
  EXPECT_TRUE(decoder.is_at_end());
}

TEST_P(Decoders, KnowThatABodyBreaksOff) {
  const std::string coded = encoded("all of it or nothing", GetParam(), Effort::quick);
  for (std::size_t kept = 1; kept < coded.size(); ++kept) {
    Decoder decoder(GetParam());
    EXPECT_FALSE(decode(decoder, std::string_view(coded).substr(0, kept)).error) << kept;
    EXPECT_FALSE(decoder.is_at_end()) << kept;
  }
}

TEST_P(Decoders, TakeNothingForAnEmptyBody) {
  Decoder decoder(GetParam());
  EXPECT_EQ(decode(decoder, "").text, "");
  EXPECT_TRUE(decoder.is_at_end());
}

TEST_P(Decoders, RefuseWhatIsNotCoded) {
  Decoder decoder(GetParam());
  const Decoded read = decode(decoder, "\xff\xfenothing of the kind, and long enough to tell");
  if (!read.error) FAIL() << read.text;
  EXPECT_EQ(read.error->code, ErrorCode::malformed);
  EXPECT_EQ(read.error->side, Side::origin);
}

TEST_P(Decoders, RefuseWhatFollowsTheEnd) {
  Decoder decoder(GetParam());
  const Decoded read =
      decode(decoder, encoded("all", GetParam(), Effort::quick) + "\xff\xff\xff\xff");
  EXPECT_EQ(read.text, "all");
  if (!read.error) FAIL() << read.text;
  EXPECT_EQ(read.error->code, ErrorCode::malformed);
}

TEST_P(Decoders, GiveNoLargePart) {
  const std::uint64_t size = kMaxDecodedPart * 16;
  Decoder decoder(GetParam());
  const Decoded read = decode(decoder, zeros_coded(size, GetParam()));
  EXPECT_EQ(read.text.size(), size);
  EXPECT_EQ(read.largest, kMaxDecodedPart);
}

TEST(Decoder, ReadsMembersOneBehindTheOther) {  // RFC 1952 §2.2, RFC 8878 §3
  for (const Coding coding : {Coding::gzip, Coding::zstd}) {
    Decoder decoder(coding);
    const std::string coded =
        encoded("one ", coding, Effort::quick) + encoded("two", coding, Effort::quick);
    EXPECT_EQ(decode(decoder, coded).text, "one two");
    EXPECT_TRUE(decoder.is_at_end());
  }
}

TEST(Decoder, TakesABodyUpToItsProportion) {
  const std::string coded = zeros_coded(kMaxDecodedFreely, Coding::zstd);
  ASSERT_LT(coded.size() * kMaxExpansion, kMaxDecodedFreely) << "the proportion alone forbids it";
  Decoder decoder(Coding::zstd);
  const Decoded read = decode(decoder, coded);
  EXPECT_FALSE(read.error);
  EXPECT_EQ(read.text.size(), kMaxDecodedFreely);
}

TEST(Decoder, RefusesABodyOutOfProportion) {
  Decoder decoder(Coding::zstd);
  const Decoded read = decode(decoder, zeros_coded(2 * kMaxDecodedFreely, Coding::zstd));
  if (!read.error) FAIL() << read.text;
  EXPECT_EQ(read.error->code, ErrorCode::too_large);
  EXPECT_LT(read.text.size(), 2 * kMaxDecodedFreely);
}

// A frame head that asks for this window, and no frame (RFC 8878 §3.1.1.1.2).
std::string zstd_head(int window_log) {
  const auto descriptor = static_cast<char>((window_log - 10) << 3);
  return {'\x28', '\xb5', '\x2f', '\xfd', '\0', descriptor, '\x01', '\0', '\0'};
}

TEST(Decoder, TakesNoLargerWindowThanItMust) {  // RFC 9659
  Decoder largest(Coding::zstd);
  EXPECT_FALSE(decode(largest, zstd_head(kMaxWindow)).error);
  EXPECT_TRUE(largest.is_at_end());
  Decoder larger(Coding::zstd);
  EXPECT_TRUE(decode(larger, zstd_head(kMaxWindow + 1)).error);
}

}  // namespace
}  // namespace festina::http
