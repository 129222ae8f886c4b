// Coding: in which content coding an asker gets a response (RFC 9110 §12.5.3, reference §1.9, §11.7).
//
// What came is what is stored. What an origin coded may be decoded for who does not take its coding, and is never coded
// anew (storage-and-cluster.md §3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/content_coding.h"
#include "policy/decision.h"
#include "policy/stored_response.h"

namespace festina::policy {

// What upstreams are asked for, whatever the asker takes (reference §11.7).
inline constexpr std::string_view kAskedCodings = "br, gzip";

// Smaller bodies are not coded (reference §11.7): the profile "standard" draws the line where it pays.
inline constexpr std::uint64_t kMinGzip = 48;
inline constexpr std::uint64_t kMinOtherCoding = 50;
inline constexpr std::uint64_t kMinStandard = 1024;

enum class Treatment : std::uint8_t { as_it_is, coded, decoded };

struct CodingChoice {
  Treatment treatment = Treatment::as_it_is;
  http::Coding coding = http::Coding::identity;  // coded: the one to send; decoded: the one to undo
  Reason reason = Reason::not_codable;
  bool varies = false;  // another Accept-Encoding could get another answer
};

// Who asks: a client, or a Worker's fetch(), for which nothing is coded: what it makes of it is coded for the client.
enum class AskedFor : std::uint8_t { client, worker };

// A whole response, as far as choosing needs it.
struct CodingSubject {
  Transformable transformable = Transformable::not_at_all;
  bool forbids_transforming = false;              // says no-transform
  std::optional<http::Coding> coding;             // of the origin's; nothing: one we do not know
  std::optional<std::uint64_t> length;            // uncoded; unset: not known yet
  bool has_strong_etag = false;                   // asked only under respect_strong_etags
  http::Coding at_hand = http::Coding::identity;  // kept coded by the edge
};

CodingChoice choose_coding(
    const http::Request&, const CodingSubject&, const CacheDecision&, AskedFor
);

}  // namespace festina::policy
