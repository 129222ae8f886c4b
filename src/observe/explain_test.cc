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
        .max_stored = 64 << 20,
        .reuse = {},
        .uncacheable = {}
    };
  }
  // The lines of what each answer would lead to, as "condition: status, reason", for a request that found nothing.
  std::vector<std::string> outcomes(
      const policy::CacheDecision& decision, std::uint64_t max_stored = 64 << 20
  ) const {
    ExplainInput input = input_of(decision);
    input.max_stored = max_stored;
    input.reuse = policy::judge(nullptr, decision, {});
    std::vector<std::string> texts;
    for (const ExplainLine& line : explain(input)) {
      if (line.stage != "next" || line.field.starts_with("would ask")) continue;
      texts.push_back(line.field + ": " + line.value + ", " + line.reason);
    }
    return texts;
  }
  static const ExplainLine* find(
      const std::vector<ExplainLine>& lines, std::string_view stage, std::string_view field
  ) {
    const auto line = std::ranges::find_if(lines, [&](const ExplainLine& l) {
      return l.stage == stage && l.field == field;
    });
    return line == lines.end() ? nullptr : &*line;
  }
  http::Request request = request_for("http://example.com/a.css");
};

TEST_F(ExplainTest, TellsWhatElseAWorkerSettledOrWishedInVain) {
  policy::CacheDecision decision = eligible();
  decision.asides = {
      {Aspect::cache_tags, 1, Setter::worker, Reason::worker_cache_tags, "shop"},
      {Aspect::worker_cf,
       0,
       Setter::worker,
       Reason::cf_member_unknown,
       "cacheTtll (did you mean cacheTtl?)"}
  };
  const auto lines = explain(input_of(decision));
  const ExplainLine* tags = find(lines, "decision", "cache tags");
  ASSERT_NE(tags, nullptr);
  EXPECT_EQ(tags->value, "as the Worker says");
  EXPECT_EQ(
      tags->sentence, "the Worker shop said cf.cacheTags, which replace those of the response"
  );
  const ExplainLine* ignored = find(lines, "decision", "cf");
  ASSERT_NE(ignored, nullptr);
  EXPECT_EQ(ignored->value, "ignored");
  EXPECT_EQ(ignored->setter, "Worker");
  EXPECT_NE(ignored->sentence.find("did you mean cacheTtl?"), std::string::npos);
}

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
      .stand_in = policy::StandIn::on_error
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
      .stand_in = policy::StandIn::on_error
  };

  const auto lines = explain(input);

  EXPECT_NE(find(lines, "next", "would ask http://origin:9000"), nullptr);
  EXPECT_EQ(find(lines, "next", "if it answers 304")->value, "REVALIDATED");
  EXPECT_EQ(find(lines, "next", "if it may be stored")->value, "EXPIRED");
  EXPECT_EQ(find(lines, "next", "if it fails or answers 5xx")->value, "STALE");
}

TEST_F(ExplainTest, NamesTheEraAndTheSwitchesThatDecided) {
  policy::CacheDecision decision = eligible();
  decision.edge_ttl.reset();
  decision.compat = policy::compat_of(policy::Era::of_2025);
  decision.compat.swr_label = policy::SwrLabel::stale;
  decision.compat.s_maxage_allows_stale = policy::SMaxageAllowsStale::yes;
  decision.origin_cache_control = false;
  ExplainInput input = input_of(decision);
  input.reuse = policy::Reuse{
      .action = policy::Action::validate,
      .reason = Reason::stale,
      .age = std::chrono::seconds(61),
      .lifetime = std::chrono::seconds(60),
      .found = true,
      .stand_in = policy::StandIn::on_error,
      .meanwhile = policy::Meanwhile::serve_stale,
      .is_spared_by_switch = true
  };

  const auto lines = explain(input);

  const ExplainLine* reuse = find(lines, "reuse", "validate");
  ASSERT_NE(reuse, nullptr);
  EXPECT_EQ(reuse->setter, "era 2025, compat");
  EXPECT_TRUE(reuse->sentence.ends_with(
      "; stale_while_revalidate = \"synchronous\"; s_maxage_allows_stale = true"
  )) << reuse->sentence;
  const ExplainLine* meanwhile = find(lines, "next", "while it is being asked");
  ASSERT_NE(meanwhile, nullptr);
  EXPECT_EQ(meanwhile->value, "STALE");
  EXPECT_EQ(meanwhile->setter, "compat");
  EXPECT_TRUE(meanwhile->sentence.ends_with("; swr_label = \"STALE\"")) << meanwhile->sentence;
  const ExplainLine* refused = find(lines, "next", "if it says private");
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->value, "MISS");
  EXPECT_EQ(refused->setter, "era 2025");
  EXPECT_TRUE(refused->sentence.ends_with("; uncacheable_label = \"MISS\"")) << refused->sentence;
}

TEST_F(ExplainTest, NamesASwitchThatGoesAgainstItsEra) {
  policy::CacheDecision decision = eligible();
  decision.compat = policy::compat_of(policy::Era::of_2025);
  decision.compat.stale_while_revalidate = policy::StaleWhileRevalidate::asynchronous;
  ExplainInput input = input_of(decision);
  input.reuse = policy::Reuse{
      .action = policy::Action::serve_and_refresh,
      .reason = Reason::stale_while_revalidate,
      .age = std::chrono::seconds(61),
      .lifetime = std::chrono::seconds(60),
      .found = true
  };

  const auto lines = explain(input);

  EXPECT_EQ(find(lines, "reuse", "serve and refresh")->setter, "compat");
  EXPECT_EQ(find(lines, "status", "UPDATING")->setter, "");
}

using Texts = std::vector<std::string>;

TEST_F(ExplainTest, NamesWhatWouldKeepTheAnswerFromBeingStored) {  // reference §1.3
  policy::CacheDecision decision;
  decision.eligible = decision.eligible_by_default = true;
  EXPECT_EQ(
      outcomes(decision),
      (Texts{
          "if it may be stored: MISS, ",
          "if it says no-store: BYPASS, no_store",
          "if it says private: BYPASS, is_private",
          "if it sets a cookie: BYPASS, set_cookie",
          "if it is over 64 MiB: BYPASS, larger_than_cache",
          "if it fails: , "
      })
  );
  decision.deception_armor = true;
  decision.origin_cache_control = false;  // cookies of static files are dropped
  EXPECT_EQ(
      outcomes(decision),
      (Texts{
          "if it may be stored: MISS, ",
          "if it sets a cookie: stored without, cookie_removed",
          "if it says no-store: BYPASS, no_store",
          "if it says private: BYPASS, is_private",
          "if it says no-cache: BYPASS, no_cache",
          "if its type does not fit: BYPASS, deception_armor",
          "if it is over 64 MiB: BYPASS, larger_than_cache",
          "if it fails: , "
      })
  );
}

TEST_F(ExplainTest, NamesWhatAnExplicitTtlLeavesForbidden) {  // reference §1.3 rule 2
  policy::CacheDecision decision = eligible();
  decision.edge_ttl = std::chrono::seconds(60);
  const Texts only_size{
      "if it may be stored: MISS, ",
      "if it sets a cookie: stored without, cookie_removed",
      "if it is over 64 MiB: BYPASS, larger_than_cache",
      "if it fails: , "
  };
  EXPECT_EQ(outcomes(decision), only_size);

  decision.edge_ttl = std::chrono::seconds(-1);
  EXPECT_EQ(outcomes(decision).at(1), "whatever it says: BYPASS, negative_ttl");

  decision.edge_ttl = std::chrono::seconds(60);
  request.headers.add("Authorization", "Basic eA==");
  EXPECT_EQ(outcomes(decision).at(2), "if it is not public: BYPASS, authorization");
  decision.origin_cache_control = false;
  EXPECT_EQ(outcomes(decision), only_size);
}

TEST_F(ExplainTest, SaysHowLargeAResponseMayBeAndWhoseLimitItIs) {  // reference §1.6
  policy::CacheDecision decision = eligible();
  decision.edge_ttl = std::chrono::seconds(60);
  decision.max_size = 512ULL << 20;
  const struct {
    std::uint64_t holds;
    std::string_view line;
  } cases[] = {
      {(512ULL << 20) + 1, "if it is over 512 MiB: BYPASS, too_large"},
      {512ULL << 20, "if it is over 512 MiB: BYPASS, larger_than_cache"},
      {1536, "if it is over 1536 bytes: BYPASS, larger_than_cache"},
      {8192, "if it is over 8 KiB: BYPASS, larger_than_cache"},
  };
  for (const auto& c : cases) EXPECT_EQ(outcomes(decision, c.holds).at(2), c.line);
}

TEST_F(ExplainTest, SaysWhenAStaleCopyStandsIn) {  // reference §3.6
  const policy::CacheDecision decision = eligible();
  ExplainInput input = input_of(decision);
  const auto last = [&input](policy::StandIn stand_in) {
    input.reuse = policy::Reuse{
        .action = policy::Action::fetch,
        .reason = Reason::stale,
        .age = std::chrono::seconds(61),
        .lifetime = std::chrono::seconds(60),
        .found = true,
        .stand_in = stand_in
    };
    const ExplainLine line = explain(input).back();
    return line.field + ": " + line.value;
  };
  EXPECT_EQ(last(policy::StandIn::never), "if it fails: ");
  EXPECT_EQ(last(policy::StandIn::on_error), "if it fails or answers 5xx: STALE");
  EXPECT_EQ(last(policy::StandIn::when_unreachable), "if it cannot be reached: STALE");
}

TEST_F(ExplainTest, SaysWhyNobodyQueuesForTheKey) {
  const policy::CacheDecision decision = eligible();
  ExplainInput input = input_of(decision);
  input.reuse = policy::Reuse{};
  input.uncacheable = Reason::larger_than_cache;
  const auto lines = explain(input);
  const ExplainLine* pass = find(lines, "reuse", "pass");
  ASSERT_NE(pass, nullptr);
  EXPECT_EQ(pass->reason, "larger_than_cache");
  EXPECT_NE(pass->sentence.find("larger than this cache"), std::string::npos);

  input.reuse->action = policy::Action::serve;
  EXPECT_EQ(find(explain(input), "reuse", "pass"), nullptr) << "what is stored answers";
}

TEST_F(ExplainTest, TellsOfWhatTheRequestDoesNotFind) {
  const policy::CacheDecision decision = eligible();
  ExplainInput input = input_of(decision);
  input.key = "http://example.com/a.css";
  input.other_keys = {"http://example.com/a.css Origin=https://shop.example"};
  input.other_colos = {"LHR", "SIN"};
  input.reuse = policy::Reuse{};
  input.findings = {
      {Aspect::rule, 0, Setter::page_rule, Reason::page_rule_behind, "example.com/*"},
      {Aspect::vary, 0, Setter::origin, Reason::vary_ignored, "accept-language"}
  };
  const auto lines = explain(input);
  const ExplainLine* other = find(lines, "key", input.other_keys[0]);
  ASSERT_NE(other, nullptr);
  EXPECT_NE(other->sentence.find("must name the same"), std::string::npos);
  const ExplainLine* elsewhere = find(lines, "key", "in LHR, SIN");
  ASSERT_NE(elsewhere, nullptr);
  EXPECT_NE(elsewhere->sentence.find("a cache of its own"), std::string::npos);
  EXPECT_NE(find(lines, "decision", "rule")->sentence.find("example.com/*"), std::string::npos);
  EXPECT_NE(find(lines, "decision", "Vary")->sentence.find("accept-language"), std::string::npos);

  input.reuse->found = true;
  EXPECT_EQ(find(explain(input), "key", "in LHR, SIN"), nullptr) << "what is here answers";
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

TEST_F(ExplainTest, SaysWhatStandsBehindASnippet) {
  policy::CacheDecision decision;
  decision.announces_status = false;
  ExplainInput input = input_of(decision);
  input.upstream = policy::UpstreamKind::snippet;
  input.upstream_name = "trim";
  input.behind = "site";
  const auto lines = explain(input);
  const ExplainLine* next = find(lines, "next", "if it fetches this URL");
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(next->sentence, "the request goes on to site");
  EXPECT_EQ(to_json(input, lines).at("upstream").at("kind"), "snippet");
}

}  // namespace
}  // namespace festina::observe
