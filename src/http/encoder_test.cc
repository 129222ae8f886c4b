#include "http/encoder.h"

#include <gtest/gtest.h>

#include "http/decoder.h"

namespace festina::http {
namespace {

class Encoders : public testing::TestWithParam<Coding> {};
INSTANTIATE_TEST_SUITE_P(
    OfEveryCoding, Encoders, testing::Values(Coding::gzip, Coding::brotli, Coding::zstd),
    [](const auto& info) { return std::string(name(info.param)); }
);

// Text with some sense in it: no two lines are alike, and all of them nearly.
std::string prose(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i)
    text += "line " + std::to_string(i * 7919 % 10007) + " of what makes haste slowly\n";
  return text;
}

// What a decoder makes of the bytes, as far as they go.
std::string decoded(Decoder& decoder, std::string_view coded) {
  std::string text;
  while (true) {
    const auto part = decoder.decode(coded);
    if (!part) return part.error().detail;
    if (part->empty()) return text;
    text += *part;
  }
}

TEST_P(Encoders, GiveWhatADecoderGivesBack) {
  for (const std::size_t lines : {0UL, 1UL, 10'000UL}) {
    for (const Effort effort : {Effort::quick, Effort::thorough}) {
      const std::string text = prose(lines);
      Decoder decoder(GetParam());
      EXPECT_EQ(decoded(decoder, encoded(text, GetParam(), effort)), text);
      EXPECT_TRUE(decoder.is_at_end());
    }
  }
}

TEST_P(Encoders, MakeTextSmaller) {
  const std::string text = prose(3000);
  EXPECT_LT(encoded(text, GetParam(), Effort::quick).size() * 3, text.size());
  EXPECT_LT(encoded(text, GetParam(), Effort::thorough).size() * 3, text.size());
}

TEST_P(Encoders, GiveAllSoFarWhenAsked) {
  Encoder encoder(GetParam(), Effort::quick);
  Decoder decoder(GetParam());
  for (const std::string_view part : {"first", "second", "third"}) {
    const std::string coded = encoder.encode(part, Until::now);
    EXPECT_EQ(decoded(decoder, coded), part);
    EXPECT_FALSE(decoder.is_at_end());
  }
  EXPECT_EQ(decoded(decoder, encoder.encode("", Until::end)), "");
  EXPECT_TRUE(decoder.is_at_end());
}

TEST_P(Encoders, KeepTheOrderOfPartsGivenLater) {
  Encoder encoder(GetParam(), Effort::quick);
  const std::string text = prose(5000);
  std::string coded;
  for (std::size_t at = 0; at < text.size(); at += 1000)
    coded += encoder.encode(std::string_view(text).substr(at, 1000), Until::later);
  coded += encoder.encode("", Until::end);
  Decoder decoder(GetParam());
  EXPECT_EQ(decoded(decoder, coded), text);
}

}  // namespace
}  // namespace festina::http
