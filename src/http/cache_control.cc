#include "http/cache_control.h"

#include <algorithm>

#include "base/text.h"
#include "http/field_syntax.h"
#include "http/structured_field.h"

namespace festina::http {
namespace {

using std::chrono::seconds;

struct Flag {
  std::string_view name;
  bool CacheControl::* member;
};
constexpr Flag kFlags[] = {
    {"no-store", &CacheControl::no_store},
    {"public", &CacheControl::is_public},
    {"must-revalidate", &CacheControl::must_revalidate},
    {"proxy-revalidate", &CacheControl::proxy_revalidate},
    {"must-understand", &CacheControl::must_understand},
    {"no-transform", &CacheControl::no_transform},
    {"immutable", &CacheControl::immutable},
    {"only-if-cached", &CacheControl::only_if_cached},
};

struct Delta {
  std::string_view name;
  std::optional<seconds> CacheControl::* member;
};
constexpr Delta kDeltas[] = {
    {"max-age", &CacheControl::max_age},
    {"s-maxage", &CacheControl::s_maxage},
    {"stale-while-revalidate", &CacheControl::stale_while_revalidate},
    {"stale-if-error", &CacheControl::stale_if_error},
    {"max-stale", &CacheControl::max_stale},
    {"min-fresh", &CacheControl::min_fresh},
};

// Directives that speak of the whole response, or of the fields they name.
struct Qualified {
  std::string_view name;
  bool CacheControl::* whole;
  std::vector<std::string> CacheControl::* fields;
};
constexpr Qualified kQualified[] = {
    {"private", &CacheControl::is_private, &CacheControl::private_fields},
    {"no-cache", &CacheControl::no_cache, &CacheControl::no_cache_fields},
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Digits, perhaps with a fraction, which is dropped.
std::optional<seconds> delta_seconds(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole)) return std::nullopt;
  if (point != std::string_view::npos && !all_digits(text.substr(point + 1))) return std::nullopt;
  const auto value = parse_decimal(whole);
  if (!value || *value > static_cast<std::uint64_t>(kMaxDelta.count())) return kMaxDelta;
  return seconds(*value);
}

// An argument that names no field must not weaken the directive: it is taken for the bare one.
void apply(CacheControl& found, const Qualified& directive, const Parameter& given) {
  const std::size_t before = (found.*directive.fields).size();
  ListReader names(given.value ? std::string_view(*given.value) : "");
  while (const auto field = names.next()) {
    if (is_token(*field)) (found.*directive.fields).emplace_back(*field);
  }
  if ((found.*directive.fields).size() == before) found.*directive.whole = true;
}

void apply(CacheControl& found, const Parameter& given) {
  for (const Flag& flag : kFlags) {
    if (equal_ignoring_case(given.name, flag.name)) found.*flag.member = true;
  }
  for (const Delta& delta : kDeltas) {
    if (!equal_ignoring_case(given.name, delta.name)) continue;
    const auto value = delta_seconds(given.value.value_or(""));
    if (value) found.*delta.member = value;
  }
  for (const Qualified& directive : kQualified) {
    if (equal_ignoring_case(given.name, directive.name)) apply(found, directive, given);
  }
  if (!given.value && equal_ignoring_case(given.name, "max-stale")) found.max_stale = kMaxDelta;
}

// The directives of every line of this field; nothing when it is absent.
std::optional<CacheControl> directives(const Headers& headers, Name name) {
  const auto value = headers.joined(name);
  if (!value) return std::nullopt;
  return parse_cache_control(*value);
}

// The same for a targeted field, where an empty one is as good as none.
std::optional<CacheControl> targeted_directives(const Headers& headers, Name name) {
  const auto value = headers.joined(name);
  if (!value || !ListReader(*value, ",;").next()) return std::nullopt;
  return parse_cache_control(*value);
}

// A member of a structured field as a directive.
void apply(CacheControl& found, const DictionaryMember& member) {
  const bool* const is_set = std::get_if<bool>(&member.value);
  const auto* const number = std::get_if<std::int64_t>(&member.value);
  const auto* const text = std::get_if<std::string>(&member.value);
  for (const Flag& flag : kFlags) {
    if (member.key == flag.name && is_set) found.*flag.member = *is_set;
  }
  for (const Delta& delta : kDeltas) {
    if (member.key != delta.name || !number || *number < 0) continue;
    found.*delta.member = std::min(seconds(*number), kMaxDelta);
  }
  for (const Qualified& directive : kQualified) {
    if (member.key != directive.name) continue;
    if (is_set) found.*directive.whole = *is_set;
    if (text) apply(found, directive, {.name = member.key, .value = *text});
  }
}

std::optional<CacheControl> structured_directives(const Headers& headers, Name name) {
  const auto value = headers.joined(name);
  const auto members = value ? parse_dictionary(*value) : std::nullopt;
  if (!members || members->empty()) return std::nullopt;
  CacheControl found;
  for (const DictionaryMember& member : *members) apply(found, member);
  return found;
}

}  // namespace

CacheControl parse_cache_control(std::string_view value) {
  CacheControl found;
  ListReader members(value, ",;");
  while (const auto member = members.next()) apply(found, parameter(*member));
  return found;
}

EdgeDirectives edge_directives(const Headers& headers) {
  if (auto own = targeted_directives(headers, Name::cloudflare_cdn_cache_control)) {
    return {std::move(*own), DirectiveSource::cloudflare_cdn_cache_control};
  }
  if (auto cdn = targeted_directives(headers, Name::cdn_cache_control)) {
    return {std::move(*cdn), DirectiveSource::cdn_cache_control};
  }
  if (headers.has(Name::surrogate_control)) return {{}, DirectiveSource::surrogate_control};
  if (auto common = directives(headers, Name::cache_control)) {
    return {std::move(*common), DirectiveSource::cache_control};
  }
  return {};
}

EdgeDirectives standard_edge_directives(const Headers& headers) {
  if (auto own = structured_directives(headers, Name::cloudflare_cdn_cache_control)) {
    return {std::move(*own), DirectiveSource::cloudflare_cdn_cache_control};
  }
  if (auto cdn = structured_directives(headers, Name::cdn_cache_control)) {
    return {std::move(*cdn), DirectiveSource::cdn_cache_control};
  }
  if (auto common = directives(headers, Name::cache_control)) {
    return {std::move(*common), DirectiveSource::cache_control};
  }
  return {};
}

}  // namespace festina::http
