#include "observe/explain_line.h"

#include <gtest/gtest.h>

namespace festina::observe {
namespace {

policy::Step by_status() {
  return {
      policy::Aspect::edge_ttl,
      0,
      policy::Setter::worker,
      policy::Reason::worker_sets_ttl_by_status,
      "api"
  };
}

TEST(ExplainLine, NamesTheSwitchThatZeroByStatusObeys) {
  policy::Compat compat;
  const ExplainLine plain = line_of(by_status(), "", compat);
  EXPECT_EQ(plain.value, "by status");
  EXPECT_EQ(plain.sentence.find("cache_ttl_by_status_zero"), std::string::npos);
  compat.cache_ttl_by_status_zero = policy::CacheTtlByStatusZero::no_store;
  const ExplainLine chosen = line_of(by_status(), "", compat);
  EXPECT_EQ(chosen.setter, plain.setter + ", compat");
  EXPECT_NE(chosen.sentence.find("; cache_ttl_by_status_zero = \"no_store\""), std::string::npos)
      << chosen.sentence;
}

TEST(ExplainLine, NamesTheRuleAndWhatItSettles) {
  using policy::Aspect;
  using policy::Reason;
  using policy::Setter;
  const struct {
    policy::Step step;
    const char* field;
    const char* value;
    const char* setter;
  } cases[] = {
      {{Aspect::edge_ttl, 60, Setter::cache_rule, Reason::rule_sets_ttl, "r"},
       "edge TTL",
       "60 s",
       "cache rule"},
      {{Aspect::edge_ttl, 0, Setter::page_rule, Reason::rule_respects_origin, "r"},
       "edge TTL",
       "as the origin says",
       "page rule"},
      {{Aspect::edge_ttl, 1, Setter::page_rule, Reason::overruled, "r"},
       "edge TTL",
       "overruled",
       "page rule"},
      {{Aspect::browser_ttl, 0, Setter::cache_rule, Reason::rule_keeps_from_browsers, "r"},
       "browser TTL",
       "none",
       "cache rule"},
      {{Aspect::read_timeout, 900, Setter::cache_rule, Reason::rule_says, "r"},
       "read timeout",
       "900 s",
       "cache rule"},
      {{Aspect::cache_tags, 1, Setter::response_rule, Reason::response_rule_tags, "r"},
       "cache tags",
       "as the rule says",
       "response rule"},
      {{Aspect::ports, 0, Setter::cache_rule, Reason::plan_lacks, "r"},
       "ports",
       "ignored",
       "cache rule"},
      {{Aspect::cache_key, 0, Setter::cache_rule, Reason::plan_lacks, "r"},
       "cache key",
       "ignored",
       "cache rule"},
      {{Aspect::stale_copies, 1, Setter::cache_rule, Reason::rule_says, "r"},
       "stale copies",
       "as the rule says",
       "cache rule"},
  };
  for (const auto& c : cases) {
    const ExplainLine line = line_of(c.step, "", {});
    EXPECT_EQ(line.field, c.field);
    EXPECT_EQ(line.value, c.value) << c.field;
    EXPECT_EQ(line.setter, c.setter) << c.field;
    EXPECT_NE(line.sentence.find('r'), std::string::npos);
  }
}

TEST(ExplainLine, IsJsonWithoutWhatItHasNot) {
  const ExplainLine line{
      .stage = "status", .field = "HIT", .value = {}, .setter = {}, .reason = {}, .sentence = "s"
  };
  const json::Object expected{{"stage", "status"}, {"field", "HIT"}, {"sentence", "s"}};
  EXPECT_EQ(to_json({line}), json::Array{expected});
}

}  // namespace
}  // namespace festina::observe
