#include "http/content_coding.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/errors.h"
#include "base/text.h"
#include "http/conditional.h"
#include "http/field_syntax.h"

namespace festina::http {
namespace {

// Does a member of Accept-Encoding speak of this coding? "x-gzip" is gzip (RFC 9110 §8.4.1.3).
bool is_name_of(std::string_view text, Coding coding) {
  return equal_ignoring_case(text, name(coding)) ||
         (coding == Coding::gzip && equal_ignoring_case(text, "x-gzip"));
}

// "gzip;q=0.5": 500. Without a weight, or with one that is no number, 1000.
unsigned weight_of(ListReader parameters) {
  while (const auto member = parameters.next()) {
    const auto halves = split_once(*member, '=');
    if (halves && equal_ignoring_case(trimmed(halves->before), "q"))
      return parse_quality(trimmed(halves->after)).value_or(1000);
  }
  return 1000;
}

// What the field says of the coding, by name or else by "*"; nothing when it says nothing.
std::optional<unsigned> weight_in(const Headers& asked, Coding coding) {
  std::optional<unsigned> named;
  std::optional<unsigned> any;
  for (const Field& field : asked) {
    if (field.name != Name::accept_encoding) continue;
    ListReader members(field.value);
    while (const auto member = members.next()) {
      ListReader parts(*member, ";");
      const std::string_view text = parts.next().value_or("");
      if (is_name_of(text, coding)) named = weight_of(parts);
      if (text == "*") any = weight_of(parts);
    }
  }
  return named ? named : any;
}

constexpr std::array kCodings = {Coding::identity, Coding::gzip, Coding::brotli, Coding::zstd};

// Digests of the bytes as they are coded (RFC 9530, RFC 3230, RFC 1864).
bool is_digest(std::string_view name) {
  constexpr std::array digests = {"content-digest", "repr-digest", "digest", "content-md5"};
  return std::ranges::any_of(digests, [name](std::string_view digest) {
    return equal_ignoring_case(name, digest);
  });
}

}  // namespace

std::string_view name(Coding coding) {
  switch (coding) {
    case Coding::identity:
      return "identity";
    case Coding::gzip:
      return "gzip";
    case Coding::brotli:
      return "br";
    case Coding::zstd:
      return "zstd";
  }
  unreachable("every coding has a name");
}

Coding preferred_coding(const Headers& asked, std::span<const Coding> offered) {
  Coding best = Coding::identity;
  unsigned best_weight = 0;
  for (const Coding coding : offered) {
    const unsigned weight = weight_in(asked, coding).value_or(0);
    if (weight <= best_weight) continue;
    best = coding;
    best_weight = weight;
  }
  const unsigned plain = weight_in(asked, Coding::identity).value_or(0);
  return plain > best_weight ? Coding::identity : best;
}

bool accepts(const Headers& asked, Coding coding) {
  return coding == Coding::identity || weight_in(asked, coding).value_or(0) > 0;
}

std::optional<Coding> coding_of(const Headers& response) {
  const auto value = response.joined(Name::content_encoding);
  if (!value) return Coding::identity;
  ListReader members(*value);
  const auto first = members.next();
  if (!first) return Coding::identity;
  if (members.next()) return std::nullopt;
  const auto named =
      std::ranges::find_if(kCodings, [first](Coding coding) { return is_name_of(*first, coding); });
  return named == kCodings.end() ? std::nullopt : std::optional(*named);
}

bool is_of_one_coding(const Field& field) {
  switch (field.name) {
    case Name::accept_ranges:
    case Name::content_encoding:
    case Name::content_length:
    case Name::etag:
      return true;
    default:
      return is_digest(field.name_text);
  }
}

void change_coding(Headers& response, Coding coding) {
  const std::string etag(response.get(Name::etag).value_or(""));
  response.remove_if(is_of_one_coding);
  if (coding != Coding::identity) response.add(Name::content_encoding, name(coding));
  if (!etag.empty()) response.add(Name::etag, weakened(etag));
}

void add_vary_by_coding(Headers& response) {
  for (const Field field : response) {
    if (field.name != Name::vary) continue;
    if (list_has_token(field.value, "accept-encoding") || list_has_token(field.value, "*")) return;
  }
  response.add(Name::vary, "Accept-Encoding");
}

}  // namespace festina::http
