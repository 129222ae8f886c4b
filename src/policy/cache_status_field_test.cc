#include "policy/cache_status_field.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

constexpr Reuse kFresh{
    .action = Action::serve, .reason = Reason::fresh, .age = 10s, .lifetime = 60s, .found = true
};
constexpr Reuse kStale{
    .action = Action::fetch, .reason = Reason::stale, .age = 70s, .lifetime = 60s, .found = true
};

Reuse with(Reuse reuse, Action action, Reason reason) {
  reuse.action = action;
  reuse.reason = reason;
  return reuse;
}

std::string_view said(const Reuse& reuse, const Handling& handling, bool may_use_cache = true) {
  CacheDecision decision;
  decision.may_use_cache = may_use_cache;
  static CacheStatusField text;
  text = cache_status_field(decision, reuse, handling);
  return text;
}

TEST(CacheStatusField, SaysWhatWasDone) {
  const Reuse updating = with(kStale, Action::serve_and_refresh, Reason::stale_while_revalidate);
  const Reuse newer = with(kFresh, Action::validate, Reason::client_wants_newer);
  const Reuse refused = with(Reuse{}, Action::refuse, Reason::only_if_cached);
  const struct {
    Reuse reuse;
    Handling handling;
    std::string_view text;
    std::string_view why;
  } cases[] = {
      {kFresh, {}, "festina; hit; ttl=50", "out of the cache"},
      {updating, {}, "festina; hit; ttl=-10", "stale, and so below zero"},
      {kStale, {.outcome = FillOutcome::under_way}, "festina; hit; ttl=-10", "while another asks"},
      {{},
       {.outcome = FillOutcome::stored, .upstream_status = 200},
       "festina; fwd=uri-miss; fwd-status=200; stored",
       "nothing was there"},
      {{},
       {.has_variants = true, .outcome = FillOutcome::stored, .upstream_status = 200},
       "festina; fwd=vary-miss; fwd-status=200; stored",
       "but not this variant"},
      {{},
       {.outcome = FillOutcome::stored, .waited = Waited::for_anothers},
       "festina; fwd=uri-miss; collapsed",
       "with another's request"},
      {{},
       {.outcome = FillOutcome::not_stored, .upstream_status = 404},
       "festina; fwd=uri-miss; fwd-status=404",
       "not kept"},
      {kStale,
       {.outcome = FillOutcome::freshened, .upstream_status = 304},
       "festina; fwd=stale; fwd-status=304; stored",
       "freshened"},
      {kStale,
       {.outcome = FillOutcome::failed, .upstream_status = 503},
       "festina; fwd=stale; fwd-status=503",
       "a stale copy stands in"},
      {newer,
       {.outcome = FillOutcome::freshened, .upstream_status = 304},
       "festina; fwd=request; fwd-status=304; stored",
       "fresh, but the client wanted more"},
      {refused, {}, "festina; detail=only-if-cached", "neither hit nor forwarded"},
  };
  for (const auto& c : cases) EXPECT_EQ(said(c.reuse, c.handling), c.text) << c.why;
}

TEST(CacheStatusField, SaysWhyTheCacheWasNotAsked) {
  EXPECT_EQ(said({}, {.upstream_status = 200}, false), "festina; fwd=bypass; fwd-status=200");
  EXPECT_EQ(
      said({}, {.method = http::Method::post, .upstream_status = 201}, false),
      "festina; fwd=method; fwd-status=201"
  );
}

}  // namespace
}  // namespace festina::policy
