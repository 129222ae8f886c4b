#include "policy/compat.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace festina::policy {
namespace {

// "era 2025: swr_label = …"; empty when nobody chose.
std::string choice_text(const Compat& compat, std::string_view switch_name) {
  const auto choice = choice_of(compat, switch_name);
  return choice ? std::string(choice->setter) + ": " + choice->text : "";
}

TEST(Compat, IsOfTheNewestEraByDefault) { EXPECT_EQ(compat_of(kNewestEra), Compat{}); }

TEST(Compat, SetsWhatTheOlderEraDid) {  // reference §0.2
  const Compat older = compat_of(Era::of_2025);
  EXPECT_EQ(older.era, Era::of_2025);
  EXPECT_EQ(older.stale_while_revalidate, StaleWhileRevalidate::synchronous);
  EXPECT_EQ(older.uncacheable_label, UncacheableLabel::miss);
  EXPECT_EQ(older.redundant_flags, RedundantFlags::refuse);
  EXPECT_EQ(older.swr_label, SwrLabel::updating) << "STALE was never its name";
  EXPECT_EQ(older.cache_api_namespace, CacheApiNamespace::separate);
  EXPECT_EQ(older.cache_api_purge, CacheApiPurge::everything_only);
  EXPECT_EQ(older.cache_api_status_header, CacheApiStatusHeader::no);
  EXPECT_EQ(older.s_maxage_allows_stale, SMaxageAllowsStale::no) << "nor was this ever so";
  EXPECT_EQ(older.worker_cache, WorkerCache::off) << "nor this";
  EXPECT_EQ(older.prefix_purge, PrefixPurge::segments) << "older than that era";
}

TEST(Era, HasAName) {
  EXPECT_EQ(name(Era::of_2025), "2025");
  EXPECT_EQ(name(Era::of_2026), "2026");
  EXPECT_EQ(era("2025"), Era::of_2025);
  EXPECT_EQ(era("2026"), Era::of_2026);
  EXPECT_EQ(era("2024"), std::nullopt);
}

TEST(Switches, AreNamedOnceAndHaveTwoValues) {
  std::set<std::string_view> names;
  for (const Switch& each : switches()) {
    names.insert(each.name);
    EXPECT_NE(each.words[0], each.words[1]) << each.name;
    EXPECT_LE(each.of(Era::of_2025), 1) << each.name;
    EXPECT_LE(each.of(Era::of_2026), 1) << each.name;
    EXPECT_FALSE(each.meaning.empty()) << each.name;
  }
  EXPECT_EQ(names.size(), switches().size());
}

TEST(Switches, SetTheirOwnFieldAndNoOther) {
  for (const Switch& each : switches()) {
    if (!each.is_built()) continue;
    Compat compat;
    const Position other = each.of(kNewestEra) == 0 ? 1 : 0;
    each.set(compat, other);
    for (const Switch& any : switches()) {
      if (!any.is_built()) continue;
      EXPECT_EQ(any.position(compat), any.name == each.name ? other : any.of(kNewestEra))
          << each.name << " seen by " << any.name;
    }
  }
}

TEST(ChoiceOf, NamesWhoDecided) {
  EXPECT_EQ(choice_text(Compat{}, "swr_label"), "") << "nobody chose";
  EXPECT_EQ(choice_text(compat_of(Era::of_2025), "swr_label"), "") << "the same in both eras";
  EXPECT_EQ(
      choice_text(compat_of(Era::of_2025), "uncacheable_label"),
      "era 2025: uncacheable_label = \"MISS\""
  );
  Compat own;
  own.s_maxage_allows_stale = SMaxageAllowsStale::yes;
  EXPECT_EQ(choice_text(own, "s_maxage_allows_stale"), "compat: s_maxage_allows_stale = true");

  Compat back = compat_of(Era::of_2025);
  back.stale_while_revalidate = StaleWhileRevalidate::asynchronous;
  EXPECT_EQ(
      choice_text(back, "stale_while_revalidate"),
      "compat: stale_while_revalidate = \"asynchronous\""
  ) << "an older era without one of its switches";
}

}  // namespace
}  // namespace festina::policy
