#include "workers/cf_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using policy::IgnoredMember;
using policy::WorkerOptions;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WorkerOptions options(const std::string& cf) {
  return cf_options(json::parse(cf).value().get_object(), "api");
}

TEST(CfOptions, NameTheScriptWhateverItAsks) {
  const WorkerOptions none = options("{}");
  EXPECT_TRUE(none.present);
  EXPECT_EQ(none.script, "api");
  EXPECT_FALSE(none.asks);
  EXPECT_TRUE(options(R"({"cacheTtl":60})").asks);
}

TEST(CfOptions, ReadEveryMember) {  // reference §4.2
  const WorkerOptions read = options(R"({
    "cacheEverything": true, "cacheTtl": 60, "cacheTtlByStatus": {"200-299": 86400, "404": 1, "500-599": -1},
    "cacheKey": "k", "cacheTags": ["a", " b "], "vary": {"default": {"action": "normalize"}},
    "cacheReserveEligible": true, "cacheReserveMinimumFileSize": 1024, "respectStrongEtag": true,
    "stripEtags": true, "stripLastModified": true, "cacheDeceptionArmor": true,
    "resolveOverride": "IMG.example.com"})");
  EXPECT_TRUE(read.cache_everything);
  EXPECT_EQ(read.cache_ttl, seconds(60));
  const std::vector<policy::StatusTtl> ttls{
      {{404, 404}, seconds(1)}, {{200, 299}, seconds(86400)}, {{500, 599}, seconds(-1)}
  };
  EXPECT_EQ(read.cache_ttl_by_status, ttls) << "a code alone comes first";
  EXPECT_EQ(read.cache_key, "k");
  EXPECT_EQ(read.cache_tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read.vary, (policy::VarySpec{.otherwise = policy::VaryAction::normalize, .rules = {}}));
  EXPECT_TRUE(read.wants_cache_reserve);
  EXPECT_TRUE(read.respects_strong_etags);
  EXPECT_TRUE(read.strip_etags);
  EXPECT_TRUE(read.strip_last_modified);
  EXPECT_TRUE(read.deception_armor);
  EXPECT_EQ(read.resolve_override, "img.example.com");
  EXPECT_THAT(read.ignored, IsEmpty());
}

TEST(CfOptions, ReadTheTtlWithItsSign) {
  EXPECT_EQ(options(R"({"cacheTtl":0})").cache_ttl, seconds(0));
  EXPECT_EQ(options(R"({"cacheTtl":-1})").cache_ttl, seconds(-1));
  EXPECT_EQ(options(R"({"cacheTtl":-5})").cache_ttl, seconds(-5));
}

TEST(CfOptions, TakeCacheControlUnlessTheRuntimeMadeIt) {  // reference §4.3
  const WorkerOptions own = options(R"({"cacheControl":"public, s-maxage=60, stale-if-error=5"})");
  ASSERT_TRUE(own.cache_control);
  EXPECT_EQ(own.cache_control.value_or(http::CacheControl()).s_maxage, seconds(60));
  for (const char* derived :
       {R"({"cacheTtl":60,"cacheControl":"max-age=60"})",
        R"({"cacheTtl":-1,"cacheLevel":"bypass","cacheControl":"no-store"})",
        R"({"cacheForceRevalidate":true,"cacheControl":"no-cache"})",
        R"({"cacheControl":"max-age=60.5","cacheTtl":60.5})"}) {
    EXPECT_FALSE(options(derived).cache_control) << derived;
  }
  EXPECT_TRUE(options(R"({"cacheTtl":null,"cacheControl":"no-store"})").cache_control);
  EXPECT_TRUE(options(R"({"cacheControl":"max-age=9","cacheTtlByStatus":{"200":1}})").cache_control)
      << "that pair is allowed";
}

TEST(CfOptions, ReadTheCacheOptionOfFetch) {  // reference §4.3
  const auto no_store =
      options(R"({"cacheTtl":-1,"cacheLevel":"bypass","cacheControl":"no-store"})");
  EXPECT_TRUE(no_store.bypass);
  EXPECT_FALSE(no_store.force_revalidate);
  const auto no_cache = options(R"({"cacheForceRevalidate":true,"cacheControl":"no-cache"})");
  EXPECT_TRUE(no_cache.force_revalidate);
  EXPECT_FALSE(no_cache.bypass);
  EXPECT_TRUE(options(R"({"cacheLevel":"bypass"})").bypass) << "reload";
}

TEST(CfOptions, IgnoreWhatCannotBeUsedAndSaySo) {
  struct Case {
    const char* member;
    const char* value;
    const char* hint;
  };
  const Case cases[] = {
      {"cacheEverything", R"("yes")", "true or false"},
      {"cacheTtl", R"("60")", "whole number"},
      {"cacheTtl", "60.5", "whole number"},
      {"cacheTtlByStatus", "[1]", "an object"},
      {"cacheTtlByStatus", R"({"99":1})", "\"99\" must be"},
      {"cacheTtlByStatus", R"({"600":1})", "\"600\" must be"},
      {"cacheTtlByStatus", R"({"299-200":1})", "\"299-200\" must be"},
      {"cacheTtlByStatus", R"({"200":"1"})", "\"200\" must be"},
      {"cacheKey", R"("")", "a text"},
      {"cacheKey", "1", "a text"},
      {"cacheTags", R"("a,b")", "a list"},
      {"cacheTags", R"(["a b"])", "without spaces"},
      {"cacheControl", "60", "a text"},
      {"cacheControl", R"("maxage=60")", "no directive"},
      {"vary", R"({"headers":{}})", "default is missing"},
      {"cacheReserveEligible", "1", "true or false"},
      {"cacheReserveMinimumFileSize", R"("1k")", "number of bytes"},
      {"respectStrongEtag", "1", "true or false"},
      {"stripEtags", "1", "true or false"},
      {"stripLastModified", "0", "true or false"},
      {"cacheDeceptionArmor", R"("on")", "true or false"},
      {"resolveOverride", "{}", "a host name"},
      {"cacheLevel", R"("basic")", "the runtime"},
      {"cacheForceRevalidate", "1", "true or false"},
  };
  for (const Case& c : cases) {
    const auto read = options(std::string("{\"") + c.member + "\":" + c.value + "}");
    ASSERT_EQ(read.ignored.size(), 1U) << c.member << c.value;
    EXPECT_EQ(read.ignored[0].why, IgnoredMember::Why::unusable);
    EXPECT_EQ(read.ignored[0].name, c.member);
    EXPECT_THAT(read.ignored[0].hint, HasSubstr(c.hint)) << c.member << c.value;
  }
}

TEST(CfOptions, KeepWhatIsGoodBesideWhatIsNot) {
  const auto read = options(R"({"cacheTtlByStatus":{"x":1,"200":5},"cacheTags":["ok","a b"]})");
  EXPECT_EQ(read.cache_ttl_by_status.size(), 1U);
  EXPECT_EQ(read.cache_tags, std::vector<std::string>{"ok"});
  EXPECT_EQ(read.ignored.size(), 2U);
}

TEST(CfOptions, TakeNullForSilence) {
  const auto read = options(R"({"cacheTtl":null,"cacheKey":null,"cacheEverything":null})");
  EXPECT_FALSE(read.asks);
  EXPECT_THAT(read.ignored, IsEmpty());
}

TEST(CfOptions, NameTheMembersNobodyKnows) {
  const auto read =
      options(R"({"cacheEveryting":true,"colo":"FRA","country":"DE","image":{},"$f":{},"myOwn":1})"
      );
  const IgnoredMember misspelt{
      IgnoredMember::Why::unknown, "cacheEveryting", "did you mean cacheEverything?"
  };
  const IgnoredMember own{IgnoredMember::Why::unknown, "myOwn", ""};
  EXPECT_THAT(read.ignored, ElementsAre(misspelt, own));
}

TEST(CfOptions, HaveLimits) {
  const auto with_key = [](std::size_t bytes) {
    return options(R"({"cacheKey":")" + std::string(bytes, 'k') + "\"}").cache_key.has_value();
  };
  EXPECT_TRUE(with_key(kMaxWorkerCacheKey));
  EXPECT_FALSE(with_key(kMaxWorkerCacheKey + 1));

  const auto with_host = [](std::size_t bytes) {
    return options(R"({"resolveOverride":")" + std::string(bytes, 'h') + "\"}").resolve_override;
  };
  EXPECT_EQ(with_host(kMaxOverrideHost).size(), kMaxOverrideHost);
  EXPECT_EQ(with_host(kMaxOverrideHost + 1), "");

  const auto with_ranges = [](std::size_t count) {
    std::string text = R"({"cacheTtlByStatus":{"100":1)";
    for (std::size_t i = 1; i < count; ++i) text += ",\"" + std::to_string(100 + i) + "\":1";
    return options(text + "}}").cache_ttl_by_status.size();
  };
  EXPECT_EQ(with_ranges(kMaxStatusRanges), kMaxStatusRanges);
  EXPECT_EQ(with_ranges(kMaxStatusRanges + 1), 0U);

  std::string unknown = "{\"zz0\":1";
  for (std::size_t i = 1; i < kMaxIgnoredMembers; ++i)
    unknown += ",\"zz" + std::to_string(i) + "\":1";
  EXPECT_EQ(options(unknown + "}").ignored.size(), kMaxIgnoredMembers);
  EXPECT_EQ(options(unknown + ",\"zzz\":1}").ignored.size(), kMaxIgnoredMembers);

  const std::string long_name(kMaxMemberName, 'n');
  EXPECT_EQ(options("{\"" + long_name + "\":1}").ignored[0].name, long_name);
  EXPECT_EQ(options("{\"" + long_name + "n\":1}").ignored[0].name, long_name);
}

TEST(MeantBy, SuggestsWhatAScriptMayWrite) {
  EXPECT_EQ(meant_by("cacheTTL"), "cacheTtl");
  EXPECT_EQ(meant_by("cachetags"), "cacheTags");
  EXPECT_EQ(meant_by("respectStrongEtags"), "respectStrongEtag");
  EXPECT_EQ(meant_by("Vary"), "vary");
  EXPECT_EQ(meant_by("cacheLevels"), std::nullopt) << "the runtime's own";
  EXPECT_EQ(meant_by("somethingElse"), std::nullopt);
}

}  // namespace
}  // namespace festina::workers
