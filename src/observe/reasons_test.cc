#include "observe/reasons.h"

#include <gtest/gtest.h>
#include <set>

namespace festina::observe {
namespace {

using policy::Reason;

TEST(Reasons, HaveANameOfTheirOwnAndASentence) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(policy::kLastReason); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_TRUE(names.insert(name(reason)).second) << name(reason);
    EXPECT_EQ(sentence(reason, "x").find('%'), std::string::npos) << name(reason);
  }
}

TEST(WhatIsIgnored, HasASentenceForEachWishWithoutEffect) {
  policy::CacheDecision decision;
  decision.asides = {
      {policy::Aspect::cache_tags, 1, policy::Setter::worker, Reason::worker_cache_tags, "w"},
      {policy::Aspect::worker_cf, 0, policy::Setter::worker, Reason::cf_member_unknown, "a"},
      {policy::Aspect::worker_cf, 0, policy::Setter::worker, Reason::cf_member_unusable, "b"}
  };
  EXPECT_EQ(
      what_is_ignored(decision),
      sentence(Reason::cf_member_unknown, "a") + "\n" + sentence(Reason::cf_member_unusable, "b") +
          "\n"
  );
  EXPECT_EQ(what_is_ignored({}), "");
}

}  // namespace
}  // namespace festina::observe
