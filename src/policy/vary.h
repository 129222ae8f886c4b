// Vary: which request fields set the variants of one key apart, as an owner or a script says (reference §11.4).
//
// Without such a word Vary counts for nothing at the service's edge, but for "*"; the profile `standard` has one of its own
// (RFC 9111 §4.1). With it every field that a response names in Vary
// has an action: its value, as it is or normalised, becomes a part of the variant's key, or the response is not stored.
// Accept-Encoding sets none apart: what is stored was asked for with the same one for everybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"

namespace festina::policy {

// `normalize` is the service's, which drops what it takes for detail; `equivalent` changes nothing in what a value means.
enum class VaryAction : std::uint8_t { bypass, passthrough, normalize, equivalent };

struct VaryRule {
  std::string field;  // in lower case
  VaryAction action = VaryAction::bypass;
  std::vector<std::string> kept;  // media types or languages, in lower case; empty: all of them
  bool operator==(const VaryRule&) const = default;
};

struct VarySpec {
  VaryAction otherwise = VaryAction::bypass;  // for a field without a rule
  std::vector<VaryRule> rules;
  bool operator==(const VarySpec&) const = default;
};

// Beyond so many fields nothing is stored: no honest response names them.
inline constexpr std::size_t kMaxVaryFields = 16;

// What the Vary of a response means under the spec.
struct Variance {
  std::vector<std::string>
      fields;  // in lower case, sorted, each once; none: one response for everybody
  // The field that forbids storing, or what stands in its place and is no name.
  std::optional<std::string> bypasses;
  bool operator==(const Variance&) const = default;
};
Variance variance(const http::Headers& response, const VarySpec&);

// The value of a request's field as it sets variants apart; nothing when the request has no such field.
std::optional<std::string>
variant_value(const http::Headers& request, std::string_view field, const VarySpec&);

// Accept and Accept-Language as an upstream gets them: normalised where they are for the key, so that its answer fits
// everybody of the variant. An empty value removes the field.
void normalize_for_upstream(http::Headers& request, const VarySpec&);

}  // namespace festina::policy
