#include "http/content_coding.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>

namespace festina::http {
namespace {

constexpr std::array kOffered = {Coding::brotli, Coding::zstd, Coding::gzip};

TEST(PreferredCoding, IsWhatTheClientLikesBest) {  // RFC 9110 §12.5.3
  const struct {
    std::optional<std::string_view> accepted;
    Coding preferred;
    std::string_view why;
  } cases[] = {
      {std::nullopt, Coding::identity, "nothing is said: the plain one is safe"},
      {"", Coding::identity, "none is wanted"},
      {"gzip", Coding::gzip, "one"},
      {"GZIP", Coding::gzip, "codings have no case"},
      {"x-gzip", Coding::gzip, "an old name (§8.4.1.3)"},
      {"gzip, deflate, br, zstd", Coding::brotli, "of equals the first that is offered"},
      {"gzip, zstd", Coding::zstd, "of equals the first that is offered"},
      {"gzip;q=1.0, br;q=0.9", Coding::gzip, "by weight"},
      {"gzip ; Q=0.8 , br ; q=0.9", Coding::brotli, "white space, q without case"},
      {"br;q=0, gzip", Coding::gzip, "br is refused"},
      {"br;q=0", Coding::identity, "br is refused"},
      {"*", Coding::brotli, "any"},
      {"*;q=0, gzip", Coding::gzip, "all others are refused"},
      {"*;q=0", Coding::identity, "all are refused: better than no answer"},
      {"identity;q=0", Coding::identity, "nothing else is left"},
      {"identity;q=0, gzip;q=0.1", Coding::gzip, "the plain one is refused"},
      {"identity, gzip;q=0.5", Coding::identity, "the plain one by name"},
      {"identity;q=0.5, gzip;q=0.5", Coding::gzip, "of equals the smaller"},
      {"identity;q=0.5, *;q=0", Coding::identity, "the plain one by name"},
      {"deflate", Coding::identity, "not offered"},
      {"gzip;q=x", Coding::gzip, "a weight that is none"},
      {"gzip;level=9;q=0", Coding::identity, "another parameter in front"},
  };
  for (const auto& c : cases) {
    Headers asked;
    if (c.accepted) asked.add(Name::accept_encoding, *c.accepted);
    EXPECT_EQ(name(preferred_coding(asked, kOffered)), name(c.preferred)) << c.why;
  }
}

TEST(PreferredCoding, ReadsEveryLineOfTheField) {
  Headers asked;
  asked.add(Name::accept_encoding, "br;q=0");
  asked.add(Name::accept_encoding, "gzip");
  EXPECT_EQ(preferred_coding(asked, kOffered), Coding::gzip);
}

TEST(PreferredCoding, IsOneOfTheOffered) {
  Headers asked;
  asked.add(Name::accept_encoding, "br, gzip;q=0.1");
  EXPECT_EQ(preferred_coding(asked, std::array{Coding::gzip}), Coding::gzip);
  EXPECT_EQ(preferred_coding(asked, {}), Coding::identity);
}

TEST(Accepts, WhatTheFieldNames) {
  const struct {
    std::string_view accepted;
    Coding coding;
    bool does;
  } cases[] = {
      {"gzip, br", Coding::brotli, true},
      {"gzip", Coding::brotli, false},
      {"*", Coding::zstd, true},
      {"*;q=0", Coding::zstd, false},
      {"br;q=0, *", Coding::brotli, false},
      {"identity;q=0", Coding::identity, true},
  };
  for (const auto& c : cases) {
    Headers asked;
    asked.add(Name::accept_encoding, c.accepted);
    EXPECT_EQ(accepts(asked, c.coding), c.does) << c.accepted;
  }
  EXPECT_FALSE(accepts({}, Coding::gzip)) << "nothing is said: a bare client";
}

TEST(CodingOf, IsWhatContentEncodingSays) {
  const struct {
    std::optional<std::string_view> value;
    std::optional<Coding> coding;
  } cases[] = {
      {std::nullopt, Coding::identity},
      {"", Coding::identity},
      {"identity", Coding::identity},
      {"gzip", Coding::gzip},
      {"X-GZIP", Coding::gzip},
      {"br", Coding::brotli},
      {"zstd", Coding::zstd},
      {"deflate", std::nullopt},
      {"gzip, br", std::nullopt},
  };
  for (const auto& c : cases) {
    Headers response;
    if (c.value) response.add(Name::content_encoding, *c.value);
    EXPECT_EQ(coding_of(response), c.coding) << c.value.value_or("none");
  }
}

Headers plain_header() {
  Headers headers;
  headers.add(Name::content_type, "text/css");
  headers.add(Name::content_length, "100");
  headers.add(Name::etag, "\"v1\"");
  headers.add(Name::accept_ranges, "bytes");
  headers.add("Repr-Digest", "sha-256=:AA==:");
  headers.add("Content-MD5", "AA==");
  return headers;
}

TEST(ChangeCoding, WeakensTheEntityTagAndDropsWhatSpeaksOfBytes) {
  Headers headers = plain_header();
  change_coding(headers, Coding::brotli);
  EXPECT_EQ(headers.get(Name::content_encoding), "br");
  EXPECT_EQ(headers.get(Name::etag), "W/\"v1\"");
  EXPECT_EQ(headers.get(Name::content_type), "text/css");
  EXPECT_EQ(headers.size(), 3U) << "length, ranges and digests are of other bytes";

  change_coding(headers, Coding::identity);
  EXPECT_FALSE(headers.has(Name::content_encoding));
  EXPECT_EQ(headers.get(Name::etag), "W/\"v1\"");
}

TEST(AddVaryByCoding, SaysItOnce) {
  const struct {
    std::optional<std::string_view> vary;
    std::string_view after;
  } cases[] = {
      {std::nullopt, "Accept-Encoding"},
      {"Origin", "Origin, Accept-Encoding"},
      {"origin, accept-encoding", "origin, accept-encoding"},
      {"*", "*"},
  };
  for (const auto& c : cases) {
    Headers headers;
    if (c.vary) headers.add(Name::vary, *c.vary);
    add_vary_by_coding(headers);
    EXPECT_EQ(headers.joined(Name::vary), c.after);
  }
}

}  // namespace
}  // namespace festina::http
