#include "policy/storability.h"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/freshness.h"

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr TimePoint kArrival{784111777s};
constexpr std::uint64_t kLimit = 1000;

http::Headers headers(const Fields& fields) {
  http::Headers made;
  for (const auto& [name, value] : fields) made.add(name, value);
  return made;
}

enum class By : std::uint8_t { extension, script };  // who made the request eligible
enum class Occ : std::uint8_t { on, off };           // origin cache control

CacheDecision eligible(By by, Occ occ) {
  CacheDecision decision;
  decision.may_use_cache = true;
  decision.eligible = true;
  decision.eligible_by_default = by == By::extension;
  decision.origin_cache_control = occ == Occ::on;
  decision.max_size = kLimit;
  return decision;
}
CacheDecision with_ttl(CacheDecision decision, std::chrono::seconds ttl) {
  decision.edge_ttl = ttl;
  return decision;
}
CacheDecision by_extension(Occ occ = Occ::on) { return eligible(By::extension, occ); }
CacheDecision by_script(Occ occ = Occ::on) { return eligible(By::script, occ); }

Reason reason(
    const CacheDecision& decision, const Fields& fields, http::Status status = 200,
    const Fields& request_fields = {}, std::optional<std::uint64_t> length = std::nullopt
) {
  http::Request request;
  request.headers = headers(request_fields);
  const http::Response response{status, headers(fields)};
  const auto verdict = may_store(
      request, response, facts_of(response, kArrival, Profile::cloudflare), decision, length
  );
  EXPECT_EQ(verdict.may_store, verdict.reason == Reason::storable);
  return verdict.reason;
}

struct Asked {
  std::string_view method = "GET";
  Fields fields = {};
};

// The verdict of the profile `standard`.
Reason standard_reason(const Fields& fields, http::Status status = 200, const Asked& asked = {}) {
  CacheDecision decision = by_script();
  decision.profile = Profile::standard;
  decision.vary = VarySpec{.otherwise = VaryAction::equivalent, .rules = {}};
  http::Request request;
  request.method_text = asked.method;
  request.method = http::method_of(asked.method);
  request.url = http::parse_url("http://example.com/a").value();
  request.headers = headers(asked.fields);
  const auto said = request.headers.get(http::Name::cache_control);
  if (said) decision.asked = http::parse_cache_control(*said);
  const http::Response response{status, headers(fields)};
  const auto facts = facts_of(response, kArrival, decision);
  return may_store(request, response, facts, decision, std::nullopt).reason;
}

TEST(MayStore, IsTheRfcsInStandard) {  // RFC 9111 §3
  const std::pair<std::string_view, std::string_view> fresh{"Cache-Control", "max-age=60"};
  const std::pair<std::string_view, std::string_view> changed{
      "Last-Modified", "Sun, 06 Nov 1994 08:00:00 GMT"
  };
  const struct {
    Fields fields;
    http::Status status;
    Asked asked;
    Reason reason;
    std::string_view why;
  } cases[] = {
      {{}, 200, {}, Reason::no_freshness, "neither lifetime nor validator"},
      {{fresh}, 200, {}, Reason::storable, "explicit"},
      {{{"Expires", "0"}}, 200, {}, Reason::storable, "explicit, and over"},
      {{changed}, 200, {}, Reason::storable, "heuristic"},
      {{changed}, 403, {}, Reason::no_freshness, "no status for that"},
      {{fresh}, 403, {}, Reason::storable, "explicit, for any final status"},
      {{fresh}, 400, {}, Reason::storable, "even this"},
      {{fresh}, 599, {}, Reason::storable, "or this"},
      {{fresh}, 206, {}, Reason::partial_content, "a part"},
      {{fresh}, 304, {}, Reason::status_not_cacheable, "of nothing we have"},
      {{fresh}, 103, {}, Reason::status_not_cacheable, "not final"},
      {{{"Cache-Control", "max-age=60, no-store"}}, 200, {}, Reason::no_store, "§5.2.2.5"},
      {{{"Cache-Control", "max-age=60, no-store, must-understand"}},
       200,
       {},
       Reason::storable,
       "§5.2.2.3: a status we know"},
      {{{"Cache-Control", "max-age=60, no-store, must-understand"}},
       299,
       {},
       Reason::not_understood,
       "and one we do not"},
      {{{"Cache-Control", "max-age=60, must-understand"}}, 599, {}, Reason::not_understood, "so too"
      },
      {{{"Cache-Control", "private, max-age=60"}}, 200, {}, Reason::is_private, "§5.2.2.7"},
      {{{"Cache-Control", "private=\"X\", max-age=60"}}, 200, {}, Reason::storable, "without X"},
      {{{"Cache-Control", "no-cache"}}, 200, {}, Reason::storable, "validated each time"},
      {{fresh, {"Set-Cookie", "a=b"}}, 200, {}, Reason::storable, "§7.3: as the origin says"},
      {{changed, {"Set-Cookie", "a=b"}}, 200, {}, Reason::set_cookie, "but not by a guess"},
      {{fresh, {"Vary", "*"}}, 200, {}, Reason::vary_star, "§4.1"},
      {{fresh, {"Vary", "A, B"}}, 200, {}, Reason::storable, "a variant"},
      {{fresh}, 200, {.fields = {{"Authorization", "x"}}}, Reason::authorization, "§3.5"},
      {{{"Cache-Control", "s-maxage=60"}},
       200,
       {.fields = {{"Authorization", "x"}}},
       Reason::storable,
       "said to be for all"},
      {{{"Cache-Control", "max-age=60, must-revalidate"}},
       200,
       {.fields = {{"Authorization", "x"}}},
       Reason::storable,
       "so too"},
      {{{"Cache-Control", "public"}, changed},
       200,
       {.fields = {{"Authorization", "x"}}},
       Reason::storable,
       "so too"},
      {{fresh},
       200,
       {.fields = {{"Cache-Control", "no-store"}}},
       Reason::request_no_store,
       "§5.2.1.5"},
      {{fresh}, 200, {.method = "POST"}, Reason::method_not_cacheable, "not said to be a GET's"},
      {{fresh, {"Content-Location", "/a"}},
       200,
       {.method = "POST"},
       Reason::storable,
       "RFC 9110 §9.3.3"},
      {{fresh, {"Content-Location", "/b"}},
       200,
       {.method = "POST"},
       Reason::method_not_cacheable,
       "of something else"},
      {{changed, {"Content-Location", "/a"}},
       200,
       {.method = "POST"},
       Reason::method_not_cacheable,
       "only with explicit freshness"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(standard_reason(c.fields, c.status, c.asked), c.reason) << c.why;
  }
}

TEST(MayStore, TakesAPartThatWasAskedForWhereTheProfileIsStandard) {  // RFC 9111 §3.3
  const Fields part = {{"Cache-Control", "max-age=5"}, {"Content-Range", "bytes 2-5/10"}};
  const Fields asked = {{"Range", "bytes=2-5"}};
  CacheDecision standard = by_extension();
  standard.profile = Profile::standard;
  EXPECT_EQ(reason(standard, part, 206, asked, 4), Reason::storable);
  EXPECT_EQ(reason(by_extension(), part, 206, asked, 4), Reason::partial_content) << "cloudflare";
  EXPECT_EQ(reason(standard, part, 206, {}, 4), Reason::partial_content) << "nobody asked";
  EXPECT_EQ(reason(standard, part, 206, {{"Range", "bytes=2-6"}}, 4), Reason::partial_content)
      << "not all of what was asked for";
  EXPECT_EQ(reason(standard, part, 206, asked, 3), Reason::partial_content) << "too short";
  EXPECT_EQ(reason(standard, part, 206, asked), Reason::partial_content) << "who knows how long";
}

TEST(MayStore, ObeysTheDirectives) {  // reference §1.3: what the origin sends, OCC on and off
  const struct {
    Fields fields;
    Reason on;
    Reason off;
    const char* why;
  } cases[] = {
      {{}, Reason::storable, Reason::storable, "default TTL of 200"},
      {{{"Cache-Control", "max-age=60"}}, Reason::storable, Reason::storable, "plain"},
      {{{"Cache-Control", "no-store"}}, Reason::no_store, Reason::no_store, "RFC 9111 §5.2.2.5"},
      {{{"Cache-Control", "private"}}, Reason::is_private, Reason::is_private, "§5.2.2.7"},
      {{{"Cache-Control", "private=\"X\""}}, Reason::storable, Reason::is_private, "without X"},
      {{{"Cache-Control", "no-cache"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "no-cache=\"X\", max-age=9"}},
       Reason::storable,
       Reason::storable,
       "without X"},
      {{{"Cache-Control", "max-age=0"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "s-maxage=0"}}, Reason::storable, Reason::no_cache, "asked every time"},
      {{{"Cache-Control", "max-age=60, s-maxage=0"}},
       Reason::storable,
       Reason::no_cache,
       "s-maxage is what counts for us"},
      {{{"Cache-Control", "max-age=0, s-maxage=60"}},
       Reason::storable,
       Reason::storable,
       "s-maxage is what counts for us"},
      {{{"Cache-Control", "must-revalidate"}}, Reason::storable, Reason::storable, "never stale"},
      {{{"Vary", "*"}}, Reason::vary_star, Reason::vary_star, "RFC 9111 §4.1"},
      {{{"Vary", "Accept"}, {"Vary", "Origin, *"}},
       Reason::vary_star,
       Reason::vary_star,
       "anywhere in the list"},
      {{{"Vary", "Accept"}}, Reason::storable, Reason::storable, "ignored (reference §11.4)"},
      {{{"Cache-Control", "no-store"}, {"CDN-Cache-Control", "max-age=120"}},
       Reason::storable,
       Reason::storable,
       "the CDN's field rules (reference §3.1)"},
      {{{"Cache-Control", "max-age=600"}, {"CDN-Cache-Control", "no-store"}},
       Reason::no_store,
       Reason::no_store,
       "the CDN's field rules (reference §3.1)"},
      {{{"Cloudflare-CDN-Cache-Control", "private"}},
       Reason::is_private,
       Reason::is_private,
       "reference §3.1"},
      {{{"CDN-Cache-Control", "no-cache"}},
       Reason::storable,
       Reason::storable,
       "never BYPASS in a CDN field (reference §3.1)"},
      {{{"CDN-Cache-Control", "max-age=0"}},
       Reason::storable,
       Reason::storable,
       "never BYPASS in a CDN field (reference §3.1)"},
      {{{"Expires", "0"}}, Reason::storable, Reason::storable, "stored as stale"},
      {{{"Cache-Control", "no-store, must-understand"}},
       Reason::no_store,
       Reason::no_store,
       "must-understand has no effect (reference §3.2)"},
      {{{"CDN-Cache-Control", "private=\"X\""}},
       Reason::storable,
       Reason::storable,
       "a CDN field is obeyed as written (reference §3.1)"},
      {{{"Surrogate-Control", ""}, {"Cache-Control", "no-store"}},
       Reason::storable,
       Reason::storable,
       "Surrogate-Control silences Cache-Control (reference §3.1)"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(reason(by_extension(), c.fields), c.on) << c.why;
    EXPECT_EQ(reason(by_extension(Occ::off), c.fields), c.off) << c.why << ", OCC off";
  }
}

TEST(MayStore, LetsTheFirstRuleWin) {  // reference §1.3
  EXPECT_EQ(
      reason(by_extension(), {{"Vary", "*"}, {"Cache-Control", "no-store"}}), Reason::vary_star
  );
  EXPECT_EQ(
      reason(by_extension(), {{"Cache-Control", "no-store, private"}, {"Set-Cookie", "a=1"}}),
      Reason::no_store
  );
  EXPECT_EQ(
      reason(by_extension(), {{"Set-Cookie", "a=1"}}, 500, {{"Authorization", "x"}}),
      Reason::authorization
  );
}

TEST(MayStore, NeedsAWholeFinalResponseWithAFreshness) {
  const struct {
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {200, {}, Reason::storable, "default TTL"},
      {301, {}, Reason::storable, "default TTL"},
      {404, {}, Reason::storable, "default TTL"},
      {204, {}, Reason::no_freshness, "no default TTL (reference §1.5)"},
      {500, {}, Reason::no_freshness, "no default TTL (reference appendix D 31)"},
      {500, {{"Cache-Control", "max-age=5"}}, Reason::storable, "explicit freshness (RFC 9111 §3)"},
      {400, {{"Cache-Control", "max-age=5"}}, Reason::blames_request, "blames the request"},
      {431, {{"Cache-Control", "max-age=5"}}, Reason::blames_request, "blames the request"},
      {403, {{"Cache-Control", "max-age=5"}}, Reason::storable, "speaks of the resource"},
      {404, {{"Cache-Control", "max-age=5"}}, Reason::storable, "speaks of the resource"},
      {405, {{"Cache-Control", "max-age=5"}}, Reason::storable, "the method is part of the key"},
      {101, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "not final"},
      {304, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "reference §1.11"},
      {206, {{"Cache-Control", "max-age=5"}}, Reason::partial_content, "reference §1.8"},
      {519, {{"Cache-Control", "max-age=5"}}, Reason::storable, "a status like any other"},
      {520, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "rule 9: the first"},
      {526, {{"Cache-Control", "max-age=5"}}, Reason::status_not_cacheable, "rule 9: the last"},
      {527, {{"Cache-Control", "max-age=5"}}, Reason::storable, "a status like any other"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(reason(by_extension(), c.fields, c.status), c.expected) << c.why;
}

TEST(MayStore, KeepsAuthorizedResponsesOnlyWhenTheyAreForEverybody) {  // RFC 9111 §3.5
  const struct {
    const char* value;
    CacheDecision decision;
    Reason expected;
    const char* why;
  } cases[] = {
      {"max-age=60", by_extension(), Reason::authorization, "nothing allows it"},
      {"public, max-age=60", by_extension(), Reason::storable, "public"},
      {"must-revalidate, max-age=60", by_extension(), Reason::storable, "must-revalidate"},
      {"s-maxage=60", by_extension(), Reason::storable, "s-maxage"},
      {"max-age=60", by_extension(Occ::off), Reason::storable, "OCC off (reference §1.3 rule 4)"},
      {"max-age=60",
       with_ttl(by_script(), 60s),
       Reason::authorization,
       "an edge TTL does not lift it (reference §1.3 rule 2)"},
      {"public", with_ttl(by_script(), 60s), Reason::storable, "an edge TTL and public"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        reason(c.decision, {{"Cache-Control", c.value}}, 200, {{"Authorization", "Basic eA=="}}),
        c.expected
    ) << c.why;
  }
}

TEST(MayStore, JudgesSetCookieByTheMatrix) {  // reference §1.4
  const struct {
    CacheDecision decision;
    const char* cache_control;
    Reason expected;
    const char* why;
  } cases[] = {
      {by_extension(Occ::off), "max-age=9", Reason::storable, "default extension, OCC off: stripped"
      },
      {by_extension(), "max-age=9", Reason::set_cookie, "default extension, OCC on"},
      {by_script(), "max-age=9", Reason::set_cookie, "cache everything, OCC on"},
      {by_script(Occ::off), "max-age=9", Reason::set_cookie, "cache everything, OCC off"},
      {with_ttl(by_script(), 60s), "max-age=9", Reason::storable, "edge TTL, OCC on"},
      {with_ttl(by_script(Occ::off), 60s), "max-age=9", Reason::storable, "edge TTL, OCC off"},
      {with_ttl(by_extension(), 60s), "max-age=9", Reason::storable, "edge TTL, default extension"},
      {by_extension(), "private=\"Set-Cookie\", max-age=9", Reason::storable, "dropped as told"},
      {by_extension(), "no-cache=\"set-cookie\", max-age=9", Reason::storable, "dropped as told"},
      {by_script(), "private=\"X-A, Set-Cookie\"", Reason::storable, "one of several names"},
      {by_script(), "private=\"X-A\"", Reason::set_cookie, "another name"},
      {by_script(Occ::off), "no-cache=\"Set-Cookie\"", Reason::set_cookie, "told, but OCC off"},
      {CacheDecision{}, "max-age=9", Reason::not_eligible, "not eligible: DYNAMIC"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        reason(c.decision, {{"Cache-Control", c.cache_control}, {"Set-Cookie", "a=1"}}), c.expected
    ) << c.why;
  }
}

TEST(MayStore, LetsAnExplicitTtlOverrideTheOrigin) {  // reference §1.3 rule 2, §4.2, §4.6
  CacheDecision by_status = by_script();
  by_status.edge_ttl_by_status = {{{200, 299}, 60s}, {{404, 404}, -1s}, {{500, 599}, 0s}};
  const struct {
    CacheDecision decision;
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {with_ttl(by_script(), 60s), 200, {{"Cache-Control", "no-store"}}, Reason::storable, "N > 0"},
      {with_ttl(by_script(), 60s), 200, {{"Cache-Control", "private"}}, Reason::storable, "N > 0"},
      {with_ttl(by_script(), 60s), 503, {}, Reason::storable, "any status"},
      {with_ttl(by_script(), 0s), 200, {}, Reason::storable, "0: stored, expired at once"},
      {with_ttl(by_script(), -1s), 200, {}, Reason::negative_ttl, "-1: not stored"},
      {with_ttl(by_script(), -5s), 200, {}, Reason::negative_ttl, "another negative: the same"},
      {with_ttl(by_script(), 60s), 200, {{"Vary", "*"}}, Reason::vary_star, "rule 1 comes first"},
      {with_ttl(by_script(), 60s), 206, {}, Reason::partial_content, "still a part"},
      {by_status, 204, {{"Cache-Control", "no-store"}}, Reason::storable, "status in a range"},
      {by_status, 500, {}, Reason::storable, "0: stored, expired at once"},
      {by_status, 404, {}, Reason::negative_ttl, "-1: not stored"},
      {by_status, 301, {{"Cache-Control", "no-store"}}, Reason::no_store, "in no range: origin"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(reason(c.decision, c.fields, c.status), c.expected) << c.why;
  }
}

TEST(MayStore, RefusesWhatIsTooLarge) {  // reference §1.6
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, kLimit), Reason::storable);
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, kLimit + 1), Reason::too_large);
  EXPECT_EQ(reason(with_ttl(by_extension(), 60s), {}, 200, {}, kLimit + 1), Reason::too_large);
  EXPECT_EQ(reason(by_extension(), {}, 200, {}, std::nullopt), Reason::storable)
      << "length unknown";
}

TEST(MayStore, ComparesTypeAndExtensionUnderDeceptionArmor) {  // reference §3.8
  const auto armored = [](CacheDecision decision) {
    decision.deception_armor = true;
    return decision;
  };
  const Fields page{{"Content-Type", "text/html"}};
  const Fields meant{{"Content-Type", "text/html"}, {"Cache-Control", "max-age=60"}};
  const Fields for_cdn{{"Content-Type", "text/html"}, {"CDN-Cache-Control", "max-age=60"}};
  const struct {
    CacheDecision decision;
    std::string_view path;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {by_extension(), "/account/x.css", page, Reason::storable, "no armor"},
      {armored(by_extension()), "/account/x.css", page, Reason::deception_armor, "not a style sheet"
      },
      {armored(by_extension()), "/a.jpg", {{"Content-Type", "image/webp"}}, Reason::storable, "fits"
      },
      {armored(by_script()), "/noext", page, Reason::storable, "no extension, no check"},
      {armored(by_extension()), "/x.css", meant, Reason::storable, "OCC: the origin says how long"},
      {armored(by_extension()), "/x.css", for_cdn, Reason::storable, "in any field of its"},
      {armored(by_extension(Occ::off)), "/x.css", meant, Reason::deception_armor, "OCC off"},
      {armored(with_ttl(by_extension(), 60s)), "/x.css", page, Reason::storable, "an edge TTL"},
  };
  for (const auto& c : cases) {
    http::Request request;
    request.url.path = c.path;
    const http::Response response{200, headers(c.fields)};
    const auto facts = facts_of(response, kArrival, Profile::cloudflare);
    EXPECT_EQ(may_store(request, response, facts, c.decision, {}).reason, c.expected) << c.why;
  }
}

// Laws that hold for every combination of the tables of reference §1.3 and §1.4, whatever the single row says.
struct Combination {
  By by;
  Occ occ;
  std::optional<std::chrono::seconds> ttl;
  bool authorized;
  bool sets_cookie;
  std::string_view cache_control;  // empty: no such field
  http::Status status;
};

Reason reason_of(const Combination& c) {
  CacheDecision decision = eligible(c.by, c.occ);
  decision.edge_ttl = c.ttl;
  Fields fields;
  if (!c.cache_control.empty()) fields.emplace_back("Cache-Control", c.cache_control);
  if (c.sets_cookie) fields.emplace_back("Set-Cookie", "a=1");
  Fields asked;
  if (c.authorized) asked.emplace_back("Authorization", "Basic eA==");
  return reason(decision, fields, c.status, asked);
}
bool stores(const Combination& c) { return reason_of(c) == Reason::storable; }

constexpr std::optional<std::chrono::seconds> kTtls[] = {std::nullopt, -1s, 0s, 60s};
constexpr http::Status kStatuses[] = {200, 404, 500};
constexpr std::string_view kValues[] = {
    "",
    "max-age=60",
    "max-age=0",
    "s-maxage=60",
    "s-maxage=0",
    "public, max-age=60",
    "must-revalidate, max-age=60",
    "proxy-revalidate, max-age=60",
    "no-cache",
    "no-store",
    "private",
    "private=\"X\"",
    "private=\"Set-Cookie\"",
    "no-cache=\"Set-Cookie\", max-age=60",
    "immutable",
};
constexpr std::size_t kCombinations =
    std::size_t{2} * 2 * std::size(kTtls) * 2 * 2 * std::size(kValues) * std::size(kStatuses);

// The number's digits, each to the base of one column, choose the row.
Combination combination(std::size_t number) {
  const auto digit = [&number](std::size_t base) {
    const std::size_t least = number % base;
    number /= base;
    return least;
  };
  return {
      .by = digit(2) == 0 ? By::extension : By::script,
      .occ = digit(2) == 0 ? Occ::on : Occ::off,
      .ttl = kTtls[digit(std::size(kTtls))],
      .authorized = digit(2) == 0,
      .sets_cookie = digit(2) == 0,
      .cache_control = kValues[digit(std::size(kValues))],
      .status = kStatuses[digit(std::size(kStatuses))],
  };
}

template <class Check>
void for_all(Check check) {
  for (std::size_t number = 0; number < kCombinations; ++number) check(combination(number));
}

std::string text(const Combination& c) {
  return std::string(c.by == By::extension ? "extension" : "script") +
         (c.occ == Occ::on ? ", OCC on" : ", OCC off") + ", ttl " +
         (c.ttl ? std::to_string(c.ttl->count()) : "none") +
         (c.authorized ? ", Authorization" : "") + (c.sets_cookie ? ", Set-Cookie" : "") + ", " +
         std::string(c.cache_control) + ", " + std::to_string(c.status);
}

TEST(StorabilityLaws, ANegativeTtlNeverStores) {
  for_all([](const Combination& c) {
    if (c.ttl == -1s) EXPECT_EQ(reason_of(c), Reason::negative_ttl) << text(c);
  });
}

TEST(StorabilityLaws, AnExplicitTtlMakesCookieDirectivesAndStatusIrrelevant) {
  for_all([](Combination c) {
    if (!c.ttl || c.ttl < 0s || c.authorized) return;
    EXPECT_TRUE(stores(c)) << text(c);
  });
}

TEST(StorabilityLaws, AuthorizationOnlyEverForbidsAndOnlyUnderOriginCacheControl) {
  for_all([](const Combination& c) {
    if (!c.authorized) return;
    Combination anonymous = c;
    anonymous.authorized = false;
    if (c.occ == Occ::off) {
      EXPECT_EQ(reason_of(c), reason_of(anonymous)) << text(c);
    } else {
      EXPECT_LE(stores(c), stores(anonymous)) << text(c);
      const bool is_for_everybody = c.cache_control.starts_with("public") ||
                                    c.cache_control.starts_with("must-revalidate") ||
                                    c.cache_control.starts_with("s-maxage");
      EXPECT_LE(stores(c), is_for_everybody) << text(c);
    }
  });
}

TEST(StorabilityLaws, ACookieOnlyEverForbids) {
  for_all([](const Combination& c) {
    Combination without = c;
    without.sets_cookie = false;
    EXPECT_LE(stores(c), stores(without)) << text(c);
  });
}

TEST(StorabilityLaws, ACookieIsStoredByNobodysWordOnlyForStaticFilesWithoutOriginCacheControl) {
  for_all([](const Combination& c) {
    const bool is_named = c.cache_control.find("Set-Cookie") != std::string_view::npos;
    if (!c.sets_cookie || c.ttl || is_named || !stores(c)) return;
    EXPECT_EQ(c.by, By::extension) << text(c);
    EXPECT_EQ(c.occ, Occ::off) << text(c);
  });
}

TEST(StorabilityLaws, NoStoreAndPrivateAreObeyedUnlessOverridden) {
  for_all([](const Combination& c) {
    if (c.ttl) return;
    if (c.cache_control == "no-store") EXPECT_EQ(reason_of(c), Reason::no_store) << text(c);
    if (c.cache_control == "private") EXPECT_EQ(reason_of(c), Reason::is_private) << text(c);
  });
}

TEST(EditResponse, StripsWhatTheOwnerWantsGone) {  // reference §6.4
  const Fields validators{
      {"ETag", "\"x\""}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"X", "1"}
  };
  for (const bool etags : {false, true}) {
    for (const bool dates : {false, true}) {
      CacheDecision decision = by_script();
      decision.strip_etags = etags;
      decision.strip_last_modified = dates;
      http::Headers edited = headers(validators);
      edit_response(edited, decision);
      EXPECT_EQ(edited.has(http::Name::etag), !etags);
      EXPECT_EQ(edited.has(http::Name::last_modified), !dates);
      EXPECT_TRUE(edited.get("X"));
    }
  }
}

TEST(EditResponse, RemovesImmutableWithoutOriginCacheControl) {  // reference §1.3
  const struct {
    Fields fields;
    std::optional<std::string> left;
    const char* why;
  } cases[] = {
      {{}, std::nullopt, "nothing to remove"},
      {{{"Cache-Control", "max-age=60, immutable"}}, "max-age=60", "the last member"},
      {{{"Cache-Control", "Immutable, private=\"a, b\""}}, "private=\"a, b\"", "the rest as it was"
      },
      {{{"Cache-Control", "max-age=60"}, {"Cache-Control", "immutable; public"}},
       "max-age=60, public",
       "two lines"},
      {{{"Cache-Control", "immutable"}}, std::nullopt, "nothing is left"},
      {{{"Cache-Control", "x=immutable;max-age=1"}}, "x=immutable;max-age=1", "another directive"},
  };
  for (const auto& c : cases) {
    http::Headers off = headers(c.fields);
    edit_response(off, by_extension(Occ::off));
    EXPECT_EQ(off.joined(http::Name::cache_control), c.left) << c.why;
    http::Headers on = headers(c.fields);
    edit_response(on, by_extension());
    EXPECT_EQ(
        on.joined(http::Name::cache_control), headers(c.fields).joined(http::Name::cache_control)
    ) << c.why;
  }
}

TEST(MayKeep, JudgesTheHeadThatA304Gave) {  // reference §1.11
  const http::Request request;
  const auto keep = [&request](const CacheDecision& decision, std::string_view cache_control) {
    const http::Response merged{200, headers({{"Cache-Control", cache_control}})};
    return may_keep(request, merged, facts_of(merged, kArrival, Profile::cloudflare), decision)
        .reason;
  };
  EXPECT_EQ(keep(by_extension(), "max-age=60"), Reason::storable);
  EXPECT_EQ(keep(by_extension(), "private"), Reason::is_private) << "served this once";
  CacheDecision by_status = by_script();
  by_status.edge_ttl_by_status = {{{200, 200}, 60s}, {{304, 304}, -1s}};
  EXPECT_EQ(keep(by_status, "max-age=60"), Reason::negative_ttl) << "the TTL of 304";
}

TEST(MayPut, FollowsTheCacheApi) {  // reference §5.3, §5.7
  const struct {
    http::Status status;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {200, {}, Reason::storable, "default TTL"},
      {200, {{"Cache-Control", "max-age=1"}}, Reason::storable, "a freshness"},
      {404, {}, Reason::storable, "default TTL"},
      {418, {}, Reason::no_freshness, "no directive, no default"},
      {418, {{"Cache-Control", "max-age=1"}}, Reason::storable, "a freshness"},
      {200, {{"Cache-Control", "private, max-age=60"}}, Reason::is_private, "private"},
      {200, {{"Cache-Control", "no-store"}}, Reason::no_store, "no-store"},
      {200, {{"Cache-Control", "no-cache"}}, Reason::stale_at_once, "no-cache"},
      {200, {{"Cache-Control", "max-age=0"}}, Reason::stale_at_once, "max-age=0"},
      {200, {{"Cache-Control", "max-age=9"}, {"Set-Cookie", "a=1"}}, Reason::set_cookie, "cookie"},
      {200,
       {{"Cache-Control", "private=Set-Cookie, max-age=60"}, {"Set-Cookie", "a=1"}},
       Reason::storable,
       "dropped as told"},
      {304, {}, Reason::status_not_cacheable, "304 is dropped"},
      {206, {}, Reason::partial_content, "the runtime refuses it too"},
      {200, {{"Vary", "*"}}, Reason::vary_star, "the runtime refuses it too"},
      {200, {{"Vary", "Accept"}}, Reason::storable, "accepted, and ignored"},
      {522, {{"Cache-Control", "max-age=1"}}, Reason::storable, "a script's own"},
  };
  for (const auto& c : cases) {
    const http::Response response{c.status, headers(c.fields)};
    const auto facts = facts_of_put(response, kArrival);
    EXPECT_EQ(may_put(response, facts, {}, kLimit, 1).reason, c.expected) << c.why;
  }
  const http::Response response{200, {}};
  const auto facts = facts_of_put(response, kArrival);
  EXPECT_TRUE(may_put(response, facts, {}, kLimit, kLimit).may_store);
  EXPECT_EQ(may_put(response, facts, {}, kLimit, kLimit + 1).reason, Reason::too_large);
}

TEST(MayPut, LetsTheScriptsOwnTtlOverrideTheFields) {  // reference §1.3 rule 2
  const struct {
    http::Status status;
    Fields fields;
    std::chrono::seconds ttl;
    Reason expected;
    const char* why;
  } cases[] = {
      {200, {{"Cache-Control", "no-store"}}, 60s, Reason::storable, "whatever the fields say"},
      {200, {{"Set-Cookie", "a=1"}}, 60s, Reason::storable, "without the cookie"},
      {418, {}, 60s, Reason::storable, "whatever the status"},
      {200, {{"Cache-Control", "max-age=60"}}, 0s, Reason::stale_at_once, "stale at once"},
      {200, {{"Cache-Control", "max-age=60"}}, -1s, Reason::negative_ttl, "not to be stored"},
      {200, {{"Vary", "*"}}, 60s, Reason::vary_star, "never found"},
      {206, {}, 60s, Reason::partial_content, "no whole response"},
  };
  for (const auto& c : cases) {
    const http::Response response{c.status, headers(c.fields)};
    const auto facts = facts_of_put(response, kArrival);
    EXPECT_EQ(may_put(response, facts, c.ttl, kLimit, 1).reason, c.expected) << c.why;
  }
}

TEST(RemoveUnstoredFields, LeavesWhatEveryClientMaySee) {
  http::Response response{
      200,
      headers({
          {"Cache-Control", "private=\"X-A\", no-cache=\"X-B, X-C\", max-age=60"},
          {"Content-Type", "text/css"},
          {"Set-Cookie", "a=1"},
          {"Set-Cookie", "b=1"},
          {"Age", "7"},
          {"X-A", "1"},
          {"x-b", "1"},
          {"X-D", "1"},
          {"Connection", "close, X-Hop"},
          {"X-Hop", "1"},
          {"Cache-Tag", "t"},
          {"ETag", "unquoted"},
          {"Last-Modified", "yesterday"},
          {"X-Accel-Redirect", "/internal"},
      }),
  };
  const auto facts = facts_of(response, kArrival, Profile::cloudflare);
  remove_unstored_fields(response.headers, facts, Profile::cloudflare);
  std::vector<std::string_view> names;
  for (const http::Field field : response.headers) names.push_back(field.name_text);
  EXPECT_EQ(
      names, (std::vector<std::string_view>{"Cache-Control", "Content-Type", "X-D", "Cache-Tag"})
  );
}

TEST(MayStore, ObeysTheActionOfVary) {  // reference §1.3 rule 1, §11.4
  CacheDecision decision = by_extension();
  EXPECT_EQ(reason(decision, {{"Vary", "Cookie"}}), Reason::storable) << "Vary is ignored";
  decision.vary = VarySpec{
      .otherwise = VaryAction::bypass,
      .rules = {{.field = "accept", .action = VaryAction::normalize, .kept = {}}}
  };
  EXPECT_EQ(reason(decision, {{"Vary", "Cookie"}}), Reason::vary_bypass);
  EXPECT_EQ(reason(decision, {{"Vary", "Accept"}}), Reason::storable);
  EXPECT_EQ(reason(decision, {{"Vary", "*"}}), Reason::vary_star);
  EXPECT_EQ(reason(with_ttl(decision, 60s), {{"Vary", "Cookie"}}), Reason::vary_bypass);
}

TEST(MayStore, ObeysDirectivesInPlaceOfTheResponses) {  // reference §4.2: cf.cacheControl
  const struct {
    const char* directives;
    Fields fields;
    Reason expected;
    const char* why;
  } cases[] = {
      {"max-age=60", {{"Cache-Control", "no-store"}}, Reason::storable, "the response is not heard"
      },
      {"no-store", {{"Cache-Control", "max-age=60"}}, Reason::no_store, "nor here"},
      {"private", {}, Reason::is_private, "as a response's own"},
      {"max-age=60", {{"CDN-Cache-Control", "no-store"}}, Reason::storable, "over all fields"},
      {"max-age=60", {{"Set-Cookie", "a=1"}}, Reason::set_cookie, "it is no explicit TTL"},
      {"private=\"Set-Cookie\"", {{"Set-Cookie", "a=1"}}, Reason::storable, "qualifiers too"},
  };
  for (const auto& c : cases) {
    CacheDecision decision = by_script();
    decision.cache_control = http::parse_cache_control(c.directives);
    const http::Response response{200, headers(c.fields)};
    const ResponseFacts facts = facts_of(response, kArrival, decision);
    EXPECT_EQ(may_store({}, response, facts, decision, std::nullopt).reason, c.expected) << c.why;
  }
}

TEST(MayStore, TakesTheLifetimeOfSuchDirectives) {
  CacheDecision decision = by_script();
  decision.cache_control = http::parse_cache_control("max-age=60");
  const http::Response response{
      200, headers({{"Cache-Control", "max-age=5"}, {"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"}})
  };
  EXPECT_EQ(origin_lifetime(facts_of(response, kArrival, decision), 200, Profile::cloudflare), 60s);
  decision.cache_control = http::parse_cache_control("must-revalidate");
  EXPECT_EQ(
      origin_lifetime(facts_of(response, kArrival, decision), 200, Profile::cloudflare), 7200s
  ) << "Expires does not count beside them";
}

TEST(EditResponse, ReplacesTheTags) {  // reference §4.2, §10.3
  CacheDecision decision = by_extension();
  http::Headers edited = headers({{"Cache-Tag", "a,b"}});
  edit_response(edited, decision);
  EXPECT_EQ(cache_tags(edited), (std::vector<std::string>{"a", "b"}));
  decision.cache_tags = {{"C", "d"}};
  edit_response(edited, decision);
  EXPECT_EQ(cache_tags(edited), (std::vector<std::string>{"c", "d"}));
  decision.cache_tags.emplace();
  edit_response(edited, decision);
  EXPECT_TRUE(cache_tags(edited).empty());
}

TEST(RemoveUnstoredFields, KeepsInStandardWhatTheRfcKeeps) {  // RFC 9111 §3.1, §7.3
  auto response = http::Response{
      200,
      headers({
          {"Cache-Control", "private=\"X-A\", no-cache=\"X-B\""},
          {"X-A", "1"},
          {"X-B", "2"},
          {"Set-Cookie", "a=b"},
          {"ETag", "bare"},
          {"Last-Modified", "yesterday"},
          {"Age", "5"},
          {"Proxy-Authenticate", "Basic"},
          {"Proxy-Authorization", "x"},
          {"Proxy-Authentication-Info", "x"},
          {"Connection", "X-C"},
          {"X-C", "3"},
      })
  };
  const auto facts = facts_of(response, kArrival, Profile::standard);
  remove_unstored_fields(response.headers, facts, Profile::standard);
  std::vector<std::string_view> names;
  for (const http::Field field : response.headers) names.push_back(field.name_text);
  EXPECT_EQ(
      names, (std::vector<std::string_view>{"Cache-Control", "Set-Cookie", "ETag", "Last-Modified"})
  );
}

TEST(MayStore, WantsFreshnessWhereTheOwnerDoes) {  // reference §6.2, bypass_by_default
  CacheDecision wanting = by_script();
  wanting.wants_freshness = true;
  EXPECT_EQ(reason(wanting, {}), Reason::no_freshness);
  EXPECT_EQ(reason(wanting, {{"Cache-Control", "public"}}), Reason::no_freshness);
  EXPECT_EQ(reason(wanting, {{"Cache-Control", "max-age=5"}}), Reason::storable);
  EXPECT_EQ(reason(wanting, {{"Expires", "Sun, 06 Nov 1994 09:00:00 GMT"}}), Reason::storable);
  EXPECT_EQ(reason(wanting, {{"Cache-Control", "no-cache"}}), Reason::storable) << "it says how";
  EXPECT_EQ(reason(with_ttl(wanting, 5s), {}), Reason::storable) << "the owner says";
  EXPECT_EQ(reason(by_script(), {}), Reason::storable);
}

TEST(EditResponse, StripsSetCookie) {  // reference §6.4
  CacheDecision decision = by_script();
  http::Headers edited = headers({{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}, {"ETag", "\"x\""}});
  decision.strip_set_cookie = true;
  edit_response(edited, decision);
  EXPECT_FALSE(edited.has(http::Name::set_cookie));
  EXPECT_TRUE(edited.has(http::Name::etag));
}

}  // namespace
}  // namespace festina::policy
