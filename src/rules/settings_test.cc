#include "rules/settings.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(Settings, HaveTheDefaultsOfTheApi) {  // reference §8.4
  const Settings settings;
  EXPECT_EQ(settings.cache_level, CacheLevel::aggressive);
  EXPECT_EQ(settings.browser_cache_ttl, std::chrono::hours{4});
  EXPECT_FALSE(settings.development_mode);
  EXPECT_FALSE(settings.sort_query_string_for_cache);
}

TEST(MaxCacheableBytes, GrowsWithThePlan) {  // reference §1.6
  constexpr std::uint64_t mib = 1024 * 1024;
  EXPECT_EQ(max_cacheable_bytes(Plan::free), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::pro), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::business), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::enterprise), 5 * 1024 * mib);
}

TEST(CodingsOf, PutsThePlansDefaultFirst) {  // reference §11.7
  EXPECT_EQ(codings_of(Plan::free).front(), http::Coding::zstd);
  EXPECT_EQ(codings_of(Plan::pro).front(), http::Coding::brotli);
  EXPECT_EQ(codings_of(Plan::business).front(), http::Coding::brotli);
  EXPECT_EQ(codings_of(Plan::enterprise).front(), http::Coding::gzip);
}

}  // namespace
}  // namespace festina::rules
