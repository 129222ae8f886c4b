#include "edge/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::edge {
namespace {

using testing::HasSubstr;
using testing::Not;

policy::CacheDecision ignoring(const std::string& member) {
  policy::CacheDecision decision;
  decision.asides = {
      {policy::Aspect::cache_tags, 1, policy::Setter::worker, policy::Reason::worker_cache_tags, "w"
      },
      {policy::Aspect::worker_cf,
       0,
       policy::Setter::worker,
       policy::Reason::cf_member_unknown,
       member}
  };
  return decision;
}

class NoticesTest : public testing::Test {
 protected:
  std::string told(
      std::string_view script, std::string_view version, const policy::CacheDecision& decision
  ) {
    testing::internal::CaptureStderr();
    notices.tell(script, version, decision);
    return testing::internal::GetCapturedStderr();
  }
  Notices notices;
};

TEST_F(NoticesTest, TellWhatDoesNothingOncePerScriptVersionAndWish) {
  const auto decision = ignoring("cacheEveryting (did you mean cacheEverything?)");
  const std::string line = told("api", "1", decision);
  EXPECT_THAT(line, HasSubstr("worker.cf_ignored script=api version=1 reason=cf_member_unknown"));
  EXPECT_THAT(line, HasSubstr("did you mean cacheEverything?"));
  EXPECT_THAT(line, Not(HasSubstr("worker_cache_tags"))) << "that has an effect";
  EXPECT_EQ(told("api", "1", decision), "");
  EXPECT_NE(told("api", "2", decision), "");
  EXPECT_NE(told("other", "1", decision), "");
  EXPECT_NE(told("api", "1", ignoring("myOwn")), "");
}

TEST_F(NoticesTest, TellOfARuleThatFailsOnceAMinute) {
  policy::CacheDecision failing;
  failing.asides = {
      {policy::Aspect::rule, 0, policy::Setter::cache_rule, policy::Reason::rule_failed, "\"mine\""}
  };
  const TimePoint start{std::chrono::hours{1}};
  const auto told_at = [&](std::string_view zone, std::chrono::seconds at) {
    testing::internal::CaptureStderr();
    notices.tell_of_rules(zone, failing, start + at);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(
      told_at("a.example", std::chrono::seconds(0)), HasSubstr("rule.failed zone=a.example")
  );
  EXPECT_EQ(told_at("a.example", kBetweenFailures - std::chrono::seconds(1)), "");
  EXPECT_NE(told_at("b.example", std::chrono::seconds(0)), "");
  EXPECT_NE(told_at("a.example", kBetweenFailures), "");
  EXPECT_THAT(told("api", "1", failing), Not(HasSubstr("rule_failed"))) << "it is no script's";
}

TEST_F(NoticesTest, TellOnceWhatThePlanLacksForARule) {
  policy::CacheDecision lacking;
  const std::string what = "custom cache keys (needs the plan enterprise), of the Cache Rule \"a\"";
  lacking.asides = {
      {policy::Aspect::cache_key, 0, policy::Setter::cache_rule, policy::Reason::plan_lacks, what}
  };
  const auto told_of = [&](std::string_view zone) {
    testing::internal::CaptureStderr();
    notices.tell_of_rules(zone, lacking, TimePoint{std::chrono::hours{1}});
    return testing::internal::GetCapturedStderr();
  };
  const std::string line = told_of("a.example");
  EXPECT_THAT(line, HasSubstr("rule.plan_lacks zone=a.example"));
  EXPECT_THAT(line, HasSubstr("does not offer custom cache keys (needs the plan enterprise)"));
  EXPECT_EQ(told_of("a.example"), "");
  EXPECT_NE(told_of("b.example"), "");
}

TEST_F(NoticesTest, AreSoManyAndNoMore) {
  testing::internal::CaptureStderr();
  for (std::size_t i = 0; i <= kMaxNotices; ++i)
    notices.tell("a", "1", ignoring(std::to_string(i)));
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(notices.told(), kMaxNotices);
}

}  // namespace
}  // namespace festina::edge
