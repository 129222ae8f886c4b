#include "cache/variance.h"

#include <gtest/gtest.h>

namespace festina::cache {
namespace {

using Fields = std::vector<std::string>;

policy::CacheKey example() { return {.text = "https://example.com/a", .zone = "z"}; }
const policy::VarySpec kByValue{.otherwise = policy::VaryAction::passthrough, .rules = {}};

http::Headers speaking(std::string_view language) {
  http::Headers headers;
  headers.add("Accept-Language", language);
  return headers;
}

class VariancesTest : public testing::Test {
 protected:
  std::string found(const http::Headers& request, const policy::CacheKey& key = example()) {
    return variances.key_for(key, request, kByValue).text;
  }
  std::string learn(const http::Headers& request, const Fields& fields = {"accept-language"}) {
    return variances.learn(example(), fields, request, kByValue).text;
  }
  Variances variances{KeyedHash(1)};
};

TEST_F(VariancesTest, KnowNothingAtFirst) { EXPECT_EQ(found(speaking("en")), example().text); }

TEST_F(VariancesTest, SetApartWhatTheResponsesVaryBy) {
  const std::string en = learn(speaking("en"));
  EXPECT_NE(en, example().text);
  EXPECT_EQ(found(speaking("en")), en);
  EXPECT_NE(found(speaking("de")), en);
  EXPECT_EQ(learn(speaking("de")), found(speaking("de")));
  EXPECT_EQ(found(speaking("en")), en) << "one more variant leaves the others alone";
  EXPECT_EQ(policy::text_without_variant(en), example().text);
}

TEST_F(VariancesTest, TellZonesApart) {
  learn(speaking("en"));
  const policy::CacheKey of_another{.text = example().text, .zone = "y"};
  EXPECT_EQ(found(speaking("en"), of_another), example().text);
}

TEST_F(VariancesTest, BeginAnewWhenResponsesVaryByOtherFields) {
  const std::string en = learn(speaking("en"));
  learn(speaking("en"), {"accept-language", "x-plan"});
  EXPECT_NE(learn(speaking("en")), en) << "the old ones are not found again";
}

TEST_F(VariancesTest, StoreUnderTheKeyItselfWhatDoesNotVary) {
  learn(speaking("en"));
  EXPECT_EQ(learn(speaking("en"), {}), example().text);
  EXPECT_EQ(found(speaking("en")), example().text);
  EXPECT_EQ(variances.keys(), 0U);
}

TEST_F(VariancesTest, FindNothingAgainThatWasForgotten) {
  const std::string en = learn(speaking("en"));
  variances.forget(example());
  EXPECT_EQ(found(speaking("en")), example().text);
  EXPECT_NE(learn(speaking("en")), en);
}

TEST_F(VariancesTest, OfOneKeyAreSoManyAndNoMore) {
  const std::string first = learn(speaking("0"));
  for (std::size_t i = 1; i < kMaxVariants; ++i) learn(speaking(std::to_string(i)));
  EXPECT_EQ(found(speaking("0")), first);
  learn(speaking("one more"));
  EXPECT_NE(found(speaking("0")), first);
}

TEST_F(VariancesTest, RememberSoManyBytesAndNoMore) {
  constexpr std::size_t each = kMaxVaryingBytes / 8;
  const Fields fields{"x-a"};
  const auto key = [&](char letter) {
    return policy::CacheKey{.text = std::string(each - fields[0].size(), letter), .zone = "z"};
  };
  const http::Headers request = speaking("en");
  for (const char letter : std::string_view("abcdefgh"))
    variances.learn(key(letter), fields, request, kByValue);
  EXPECT_EQ(variances.keys(), 8U);
  variances.forget(key('c'));
  variances.learn(key('c'), fields, request, kByValue);
  EXPECT_EQ(variances.keys(), 8U) << "what was forgotten is not counted";
  variances.learn({.text = "i", .zone = "z"}, fields, request, kByValue);
  EXPECT_EQ(variances.keys(), 8U);
  EXPECT_EQ(found(request, key('a')), key('a').text) << "the oldest is forgotten";
}

TEST_F(VariancesTest, RememberSoManyKeysAndNoMore) {
  const auto key = [](std::size_t i) {
    return policy::CacheKey{.text = "https://example.com/" + std::to_string(i), .zone = "z"};
  };
  const http::Headers request = speaking("en");
  for (std::size_t i = 0; i < kMaxVaryingKeys; ++i)
    variances.learn(key(i), {"accept-language"}, request, kByValue);
  EXPECT_NE(found(request, key(0)), key(0).text);
  variances.learn(key(kMaxVaryingKeys), {"accept-language"}, request, kByValue);
  EXPECT_EQ(found(request, key(0)), key(0).text) << "the oldest is forgotten";
  EXPECT_NE(found(request, key(1)), key(1).text);
  EXPECT_EQ(variances.keys(), kMaxVaryingKeys);
}

}  // namespace
}  // namespace festina::cache
