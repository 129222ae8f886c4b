#include "observe/explain.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace festina::observe {
namespace {

using policy::Aspect;
using policy::Reason;
using policy::Setter;

http::Request request_for(std::string_view url) {
  http::Request request;
  request.url = http::parse_url(url).value();
  return request;
}

policy::CacheDecision eligible() {
  policy::CacheDecision decision;
  decision.may_use_cache = true;
  decision.eligible = true;
  decision.add(
      {.aspect = Aspect::eligible,
       .value = 1,
       .setter = Setter::product_default,
       .reason = Reason::default_extension,
       .name = "css"}
  );
  decision.add(
      {.aspect = Aspect::edge_ttl,
       .value = 60,
       .setter = Setter::worker,
       .reason = Reason::worker_sets_ttl,
       .name = "shop"}
  );
  return decision;
}

class ExplainTest : public testing::Test {
 protected:
  ExplainInput input_of(const policy::CacheDecision& decision) const {
    return {
        .request = request,
        .colo = "FRA",
        .zone = "example.com",
        .upstream = policy::UpstreamKind::origin,
        .upstream_name = "http://origin:9000",
        .decision = decision,
        .key = {},
        .reuse = {}
    };
  }
  static const ExplainLine* find(
      const std::vector<ExplainLine>& lines, std::string_view stage, std::string_view field
  ) {
    const auto line = std::ranges::find_if(lines, [&](const ExplainLine& l) {
      return l.stage == stage && l.field == field;
    });
    return line == lines.end() ? nullptr : &*line;
  }
  const http::Request request = request_for("http://example.com/a.css");
};

TEST_F(ExplainTest, GivesEachStepItsValueSetterAndSentence) {
  const policy::CacheDecision decision = eligible();

  const auto lines = explain(input_of(decision));

  const ExplainLine* eligibility = find(lines, "decision", "eligible");
  ASSERT_NE(eligibility, nullptr);
  EXPECT_EQ(eligibility->value, "yes");
  EXPECT_EQ(eligibility->setter, "default");
  EXPECT_EQ(eligibility->reason, "default_extension");
  EXPECT_EQ(eligibility->sentence, "the extension \"css\" is one of those cached by default");
  const ExplainLine* ttl = find(lines, "decision", "edge TTL");
  ASSERT_NE(ttl, nullptr);
  EXPECT_EQ(ttl->value, "60 s");
  EXPECT_EQ(ttl->setter, "Worker");
}

TEST_F(ExplainTest, EndsInHitWithAgeAndLifetime) {
  const policy::CacheDecision decision = eligible();
  ExplainInput input = input_of(decision);
  input.reuse = policy::Reuse{
      .action = policy::Action::serve,
      .reason = Reason::fresh,
      .age = std::chrono::seconds(120),
      .lifetime = std::chrono::seconds(3600),
      .found = true,
      .stale_on_error = true
  };

  const auto lines = explain(input);

  const ExplainLine* reuse = find(lines, "reuse", "serve");
  ASSERT_NE(reuse, nullptr);
  EXPECT_NE(reuse->sentence.find("age 120 s, lifetime 3600 s"), std::string::npos);
  EXPECT_NE(find(lines, "status", "HIT"), nullptr);
}

TEST_F(ExplainTest, EndsInWhatEachAnswerWouldLeadToWhenTheCacheCannotAnswer) {
  const policy::CacheDecision decision = eligible();
  ExplainInput input = input_of(decision);
  input.reuse = policy::Reuse{
      .action = policy::Action::validate,
      .reason = Reason::stale,
      .age = std::chrono::seconds(61),
      .lifetime = std::chrono::seconds(60),
      .found = true,
      .stale_on_error = true
  };

  const auto lines = explain(input);

  EXPECT_NE(find(lines, "next", "would ask http://origin:9000"), nullptr);
  EXPECT_EQ(find(lines, "next", "if it answers 304")->value, "REVALIDATED");
  EXPECT_EQ(find(lines, "next", "if it answers 200 and may be stored")->value, "EXPIRED");
  EXPECT_EQ(find(lines, "next", "if it fails or answers 5xx")->value, "STALE");
}

TEST_F(ExplainTest, ShowsNoStatusWhereAWorkerAnswers) {
  policy::CacheDecision decision;
  decision.announces_status = false;
  EXPECT_NE(find(explain(input_of(decision)), "status", "none"), nullptr);
}

TEST_F(ExplainTest, JsonLeavesOutWhatALineHasNot) {
  const policy::CacheDecision decision = eligible();
  const ExplainInput input = input_of(decision);

  const json::Value value = to_json(input, explain(input));

  EXPECT_EQ(value.at("url"), "http://example.com/a.css");
  EXPECT_EQ(value.at("upstream").at("kind"), "origin");
  EXPECT_EQ(value.at("steps").at(0).at("reason"), "default_extension");
  const json::Value& last = value.at("steps").as_array().back();
  EXPECT_EQ(last.at("field"), "DYNAMIC");
  EXPECT_EQ(json::find(last, "reason"), nullptr);
}

}  // namespace
}  // namespace festina::observe
