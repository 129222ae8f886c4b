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

TEST(ExplainLine, IsJsonWithoutWhatItHasNot) {
  const ExplainLine line{
      .stage = "status", .field = "HIT", .value = {}, .setter = {}, .reason = {}, .sentence = "s"
  };
  const json::Object expected{{"stage", "status"}, {"field", "HIT"}, {"sentence", "s"}};
  EXPECT_EQ(to_json({line}), json::Array{expected});
}

}  // namespace
}  // namespace festina::observe
