// Eras and switches, as a client sees them: each in both positions (reference §0.2, §3.3, §3.4, appendix A).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

constexpr const char* kCollapsed = "festina_collapsed_requests_total";

class Eras : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    const std::string older = "era = \"2025\"\n";
    const std::string enterprise = "plan = \"enterprise\"\n";
    return zone_toml("new.example", origin) + zone_toml("old.example", origin, older) +
           zone_toml("new-ent.example", origin, enterprise) +
           zone_toml("old-ent.example", origin, older + enterprise) +
           zone_toml(
               "mixed.example",
               origin,
               older + "compat = { stale_while_revalidate = \"asynchronous\" }"
           ) +
           zone_toml(
               "waiting.example", origin, "compat = { stale_while_revalidate = \"synchronous\" }"
           ) +
           zone_toml(
               "miss-ent.example", origin, enterprise + "compat = { uncacheable_label = \"MISS\" }"
           ) +
           zone_toml(
               "bypass-ent.example",
               origin,
               older + enterprise + "compat = { uncacheable_label = \"BYPASS\" }"
           ) +
           zone_toml("label.example", origin, "compat = { swr_label = \"STALE\" }") +
           zone_toml("spared.example", origin, "compat = { s_maxage_allows_stale = true }");
  }
  Answer get(const std::string& host) const { return edge.get("http://" + host + "/a.css"); }
  std::string status(const std::string& host) const { return get(host).cache_status(); }
  std::future<Answer> ask(const std::string& host) const {
    return edge.get_async("http://" + host + "/a.css");
  }
  // What is stored is over, and the origin holds its next answer.
  void expire(const std::string& host, const std::string& cache_control) {
    origin.answers("/a.css", ok("old", cache_control));
    EXPECT_EQ(status(host), "MISS");
    edge.advance(seconds(61));
    origin.answers("/a.css", ok("new", "max-age=600"));
    origin.holds("/a.css");
  }
  void expect_refreshed(const std::string& host) {
    origin.releases("/a.css");
    Answer after;
    do {
      after = get(host);
    } while (after.body == "old");
    expect_answer(after, 200, "HIT", "new");
    EXPECT_EQ(origin.requests("/a.css"), 2U);
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(Eras, InTheOlderOneTheFirstWaitsAndTheOthersGetTheStoredCopy) {
  expire("old.example", "max-age=60");
  auto first = ask("old.example");
  origin.await_requests("/a.css", 2);

  const Answer other = get("old.example");
  expect_answer(other, 200, "UPDATING", "old");
  EXPECT_EQ(other.field("Age"), "61");
  EXPECT_EQ(metric(edge, kCollapsed), 0U);

  origin.releases("/a.css");
  expect_answer(first.get(), 200, "EXPIRED", "new");
  expect_answer(get("old.example"), 200, "HIT", "new");
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

TEST_F(Eras, InTheOlderOneAnOriginForbidsTheStoredCopyByAWindowOfZero) {
  expire("old.example", "max-age=60, stale-while-revalidate=0");
  auto first = ask("old.example");
  origin.await_requests("/a.css", 2);
  auto other = ask("old.example");
  await_metric(edge, kCollapsed, 1);

  origin.releases("/a.css");
  expect_answer(first.get(), 200, "EXPIRED", "new");
  expect_answer(other.get(), 200, "HIT", "new");
}

TEST_F(Eras, InTheNewestOneTheOthersWaitWhereNoDirectiveSpeaks) {
  expire("new.example", "max-age=60");
  auto first = ask("new.example");
  origin.await_requests("/a.css", 2);
  auto other = ask("new.example");
  await_metric(edge, kCollapsed, 1);

  origin.releases("/a.css");
  expect_answer(first.get(), 200, "EXPIRED", "new");
  expect_answer(other.get(), 200, "HIT", "new");
}

TEST_F(Eras, ASwitchGoesAgainstItsEra) {
  expire("mixed.example", "max-age=60, stale-while-revalidate=60");
  expect_answer(get("mixed.example"), 200, "UPDATING", "old");
  expect_refreshed("mixed.example");
}

TEST_F(Eras, OneSwitchOfTheOlderEraCanBeHadAlone) {
  expire("waiting.example", "max-age=60, stale-while-revalidate=60");
  auto first = ask("waiting.example");
  origin.await_requests("/a.css", 2);
  expect_answer(get("waiting.example"), 200, "UPDATING", "old");
  origin.releases("/a.css");
  expect_answer(first.get(), 200, "EXPIRED", "new");
}

TEST_F(Eras, TheLabelOfARefreshIsTheOwnersChoice) {
  expire("label.example", "max-age=60, stale-while-revalidate=60");
  const Answer stale = get("label.example");
  expect_answer(stale, 200, "STALE", "old");
  EXPECT_EQ(stale.field("Age"), "61");
  expect_refreshed("label.example");
}

TEST_F(Eras, SMaxageForbidsStaleCopiesUnlessTheOwnerSparesThem) {
  constexpr const char* directives = "s-maxage=60, stale-while-revalidate=60";
  expire("spared.example", directives);
  expect_answer(get("spared.example"), 200, "UPDATING", "old");
  expect_refreshed("spared.example");

  origin.answers("/a.css", ok("old", directives));
  EXPECT_EQ(status("new.example"), "MISS");
  edge.advance(seconds(61));
  EXPECT_EQ(status("new.example"), "EXPIRED");
}

TEST_F(Eras, TheLabelOfTheUncacheableDependsOnEraAndOriginCacheControl) {
  origin.answers("/a.css", ok("x", "private"));
  const struct {
    const char* host;
    const char* expected;
  } cases[] = {
      {"new.example", "BYPASS"},
      {"old.example", "BYPASS"},
      {"new-ent.example", "BYPASS"},
      {"old-ent.example", "MISS"},
      {"miss-ent.example", "MISS"},
      {"bypass-ent.example", "BYPASS"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(status(c.host), c.expected) << c.host;
    EXPECT_EQ(status(c.host), c.expected) << c.host << ", remembered as uncacheable";
  }
}

}  // namespace
}  // namespace festina::harness
