#include "policy/coding.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

using http::Coding;

http::Request asking(std::string_view accepted) {
  http::Request request;
  if (!accepted.empty()) request.headers.add(http::Name::accept_encoding, accepted);
  return request;
}

// Text of a thousand lines, as an origin sends it uncoded.
CodingSubject text() {
  return {.transformable = Transformable::by_coding, .coding = Coding::identity, .length = 30'000};
}

CodingSubject coded(std::optional<Coding> coding) {
  return {.transformable = Transformable::by_decoding, .coding = coding, .length = 30'000};
}

CodingChoice choose(
    std::string_view accepted, const CodingSubject& what, const CacheDecision& decision = {},
    AskedFor asker = AskedFor::client
) {
  return choose_coding(asking(accepted), what, decision, asker);
}

TEST(ChooseCoding, CodesTextForWhoTakesIt) {
  const struct {
    std::string_view accepted;
    Treatment treatment;
    Coding coding;
    Reason reason;
  } cases[] = {
      {"gzip", Treatment::coded, Coding::gzip, Reason::coded_by_edge},
      {"gzip, deflate, br, zstd", Treatment::coded, Coding::brotli, Reason::coded_by_edge},
      {"gzip, br;q=0.9", Treatment::coded, Coding::gzip, Reason::coded_by_edge},
      {"zstd", Treatment::coded, Coding::zstd, Reason::coded_by_edge},
      {"", Treatment::as_it_is, Coding::identity, Reason::no_coding_taken},
      {"identity, gzip;q=0.5", Treatment::as_it_is, Coding::identity, Reason::no_coding_taken},
      {"identity;q=0", Treatment::as_it_is, Coding::identity, Reason::no_coding_taken},
      {"deflate", Treatment::as_it_is, Coding::identity, Reason::no_coding_taken},
  };
  for (const auto& c : cases) {
    const CodingChoice choice = choose(c.accepted, text());
    EXPECT_EQ(choice.treatment, c.treatment) << c.accepted;
    EXPECT_EQ(choice.coding, c.coding) << c.accepted;
    EXPECT_EQ(choice.reason, c.reason) << c.accepted;
    EXPECT_TRUE(choice.varies) << c.accepted;
  }
}

TEST(ChooseCoding, OfEqualsTakesTheFirstOfThePlan) {  // reference §11.7
  CacheDecision decision;
  decision.codings = {Coding::zstd, Coding::brotli, Coding::gzip};
  EXPECT_EQ(choose("gzip, br, zstd", text(), decision).coding, Coding::zstd);
  EXPECT_EQ(choose("gzip, br, zstd;q=0.9", text(), decision).coding, Coding::brotli);
}

TEST(ChooseCoding, LeavesSmallBodiesAlone) {  // reference §11.7
  const struct {
    Profile profile;
    std::optional<std::uint64_t> length;
    std::string_view accepted;
    Coding coding;
  } cases[] = {
      {Profile::cloudflare, 47, "gzip, br", Coding::identity},
      {Profile::cloudflare, 48, "gzip, br", Coding::gzip},
      {Profile::cloudflare, 49, "br, zstd", Coding::identity},
      {Profile::cloudflare, 49, "gzip, br", Coding::gzip},
      {Profile::cloudflare, 50, "gzip, br", Coding::brotli},
      {Profile::cloudflare, 50, "zstd", Coding::zstd},
      {Profile::cloudflare, std::nullopt, "gzip", Coding::gzip},
      {Profile::standard, 1023, "gzip", Coding::identity},
      {Profile::standard, 1024, "gzip", Coding::gzip},
      {Profile::standard, std::nullopt, "gzip", Coding::gzip},
  };
  for (const auto& c : cases) {
    CacheDecision decision;
    decision.profile = c.profile;
    CodingSubject what = text();
    what.length = c.length;
    const CodingChoice choice = choose(c.accepted, what, decision);
    EXPECT_EQ(choice.coding, c.coding) << c.length.value_or(0) << ' ' << c.accepted;
  }
  CodingSubject tiny = text();
  tiny.length = 47;
  EXPECT_EQ(choose("gzip", tiny).reason, Reason::too_small_to_code);
  EXPECT_FALSE(choose("gzip", tiny).varies) << "everybody gets the same";
}

TEST(ChooseCoding, DecodesForWhoDoesNotTakeTheOriginsCoding) {  // reference §1.9
  const struct {
    std::string_view accepted;
    std::optional<Coding> coding;
    Treatment treatment;
    Reason reason;
  } cases[] = {
      {"gzip, br", Coding::gzip, Treatment::as_it_is, Reason::coding_taken},
      {"gzip, br", Coding::brotli, Treatment::as_it_is, Reason::coding_taken},
      {"gzip", Coding::brotli, Treatment::decoded, Reason::coding_not_taken},
      {"", Coding::gzip, Treatment::decoded, Reason::coding_not_taken},
      {"gzip;q=0", Coding::gzip, Treatment::decoded, Reason::coding_not_taken},
      {"gzip", std::nullopt, Treatment::as_it_is, Reason::coding_unknown},
  };
  for (const auto& c : cases) {
    const CodingChoice choice = choose(c.accepted, coded(c.coding));
    EXPECT_EQ(choice.treatment, c.treatment) << c.accepted;
    EXPECT_EQ(choice.reason, c.reason) << c.accepted;
    if (c.treatment == Treatment::decoded) EXPECT_EQ(choice.coding, c.coding);
  }
}

TEST(ChooseCoding, NeverTransformsWhatMustNotBe) {  // RFC 9110 §7.7
  CodingSubject what = text();
  what.forbids_transforming = true;
  EXPECT_EQ(choose("gzip", what).treatment, Treatment::as_it_is);
  EXPECT_EQ(choose("gzip", what).reason, Reason::no_transform);
  what = coded(Coding::brotli);
  what.forbids_transforming = true;
  EXPECT_EQ(choose("gzip", what).treatment, Treatment::as_it_is);
  EXPECT_EQ(choose("gzip", {}).reason, Reason::not_codable);
}

TEST(ChooseCoding, HeedsTheAskersNoTransformWhereItCounts) {  // RFC 9111 §5.2.1.6
  CacheDecision decision;
  EXPECT_EQ(choose("gzip", text(), decision).treatment, Treatment::coded);
  decision.asked = http::parse_cache_control("no-transform");
  EXPECT_EQ(choose("gzip", text(), decision).reason, Reason::no_transform);
}

TEST(ChooseCoding, KeepsStrongEntityTagsWhereTheyAreRespected) {  // reference §1.9
  CacheDecision decision;
  decision.respects_strong_etags = true;
  CodingSubject what = text();
  EXPECT_EQ(choose("gzip", what, decision).treatment, Treatment::coded) << "there is none";
  what.has_strong_etag = true;
  EXPECT_EQ(choose("gzip", what, decision).reason, Reason::strong_etag_kept);
  EXPECT_EQ(choose("gzip", coded(Coding::brotli), decision).treatment, Treatment::decoded);
}

TEST(ChooseCoding, CodesNothingForWorkers) {
  const CodingChoice choice = choose("gzip, br", text(), {}, AskedFor::worker);
  EXPECT_EQ(choice.reason, Reason::coded_behind_worker);
  EXPECT_EQ(
      choose("gzip", coded(Coding::brotli), {}, AskedFor::worker).treatment, Treatment::decoded
  );
}

TEST(ChooseCoding, PrefersWhatIsAtHand) {
  CodingSubject what = text();
  what.at_hand = Coding::gzip;
  EXPECT_EQ(choose("gzip, br", what).coding, Coding::gzip);
  EXPECT_EQ(choose("gzip, br", what).reason, Reason::coding_kept);
  EXPECT_EQ(choose("br", what).coding, Coding::brotli) << "it does not take that one";
  EXPECT_EQ(choose("", what).treatment, Treatment::as_it_is);
  EXPECT_EQ(choose("identity, gzip;q=0.1", what).treatment, Treatment::as_it_is);
}

}  // namespace
}  // namespace festina::policy
