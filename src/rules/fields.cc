// Everything is read off the request anew for each rule that names it: that costs less than keeping it would, and nothing
// is asked of the heap.
#include "rules/fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>

#include "base/place.h"
#include "http/field_syntax.h"
#include "rules/pairs.h"

namespace festina::rules {
namespace {

using http::Name;
using http::Url;

const Url& url_of(const Facts& facts) { return facts.request.url; }
const Url& raw_url_of(const Facts& facts) {
  return facts.visit.raw_url ? *facts.visit.raw_url : facts.request.url;
}
using UrlOf = const Url& (*)(const Facts&);

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view question_mark(const Url& url) { return url.query ? "?" : ""; }
std::string_view query_text(const Url& url) {
  return url.query ? std::string_view(*url.query) : std::string_view();
}

template <UrlOf url>
Value full_uri(const Facts& facts, Scratch& scratch) {
  const Url& u = url(facts);
  return {
      scratch.joined({http::name(u.scheme), "://", u.host, u.path, question_mark(u), query_text(u)})
  };
}
template <UrlOf url>
Value uri(const Facts& facts, Scratch& scratch) {
  const Url& u = url(facts);
  if (!u.query) return {std::string_view(u.path)};
  return {scratch.joined({u.path, "?", *u.query})};
}
template <UrlOf url>
Value path(const Facts& facts, Scratch&) {
  return {std::string_view(url(facts).path)};
}
template <UrlOf url>
Value query(const Facts& facts, Scratch&) {
  return {query_text(url(facts))};
}
template <UrlOf url>
Value basename(const Facts& facts, Scratch&) {
  return {last_segment(url(facts).path)};
}
template <UrlOf url>
Value extension(const Facts& facts, Scratch& scratch) {
  const std::string_view written = http::extension_as_written(url(facts).path);
  const std::span<char> text = scratch.make<char>(written.size());
  if (!text.empty()) std::ranges::transform(written, text.begin(), [](char c) { return lower(c); });
  return {std::string_view(text.data(), text.size())};
}

Value host(const Facts& facts, Scratch&) { return {facts.request.host()}; }
Value method(const Facts& facts, Scratch&) { return {std::string_view(facts.request.method_text)}; }
Value version(const Facts& facts, Scratch&) { return {std::string_view(facts.visit.protocol)}; }
Value is_secure(const Facts& facts, Scratch&) {
  return {facts.request.url.scheme == http::Scheme::https};
}
Value server_port(const Facts& facts, Scratch&) { return {std::int64_t{facts.visit.port}}; }

Value seconds(const Facts& facts, Scratch&) {
  const auto since_1970 = facts.visit.now.time_since_epoch();
  return {std::int64_t{std::chrono::floor<std::chrono::seconds>(since_1970).count()}};
}
Value milliseconds(const Facts& facts, Scratch&) {
  const auto since_1970 = facts.visit.now.time_since_epoch();
  const auto part = since_1970 - std::chrono::floor<std::chrono::seconds>(since_1970);
  return {std::int64_t{part.count()}};
}

const http::Headers* request_headers(const Facts& facts) { return &facts.request.headers; }
const http::Headers* response_headers(const Facts& facts) {
  return facts.response == nullptr ? nullptr : &facts.response->headers;
}
using RequestHeaders = HeaderPairs<request_headers>;
using ResponseHeaders = HeaderPairs<response_headers>;
using Arguments = QueryPairs<url_of>;
using RawArguments = QueryPairs<raw_url_of>;

// The value as it came; several lines are joined by the separator and a space.
template <Name name, char separator = ','>
Value raw_field(const Facts& facts, Scratch& scratch) {
  const http::Headers& headers = facts.request.headers;
  const std::size_t lines = headers.count(name);
  if (lines < 2) return {headers.get(name).value_or("")};
  std::size_t size = (lines - 1) * 2;
  for (const http::Field line : headers)
    if (line.name == name) size += line.value.size();
  const std::span<char> whole = scratch.make<char>(size);
  if (whole.empty()) return {std::string_view()};
  char* next = whole.data();
  for (const http::Field line : headers) {
    if (line.name != name) continue;
    if (next != whole.data()) next = std::ranges::copy(std::array{separator, ' '}, next).out;
    next = std::ranges::copy(line.value, next).out;
  }
  return {std::string_view(whole.data(), whole.size())};
}
Value referer(const Facts& facts, Scratch&) {
  return {facts.request.headers.get("Referer").value_or("")};
}

// Language tags of Accept-Language, the most wanted first (RFC 9110 §12.5.4).
Value accepted_languages(const Facts& facts, Scratch& scratch) {
  struct Wanted {
    unsigned quality = 0;
    std::size_t place = 0;
    std::string_view tag;
  };
  const std::string_view field = facts.request.headers.get(Name::accept_language).value_or("");
  const auto commas = static_cast<std::size_t>(std::ranges::count(field, ','));
  const std::span<Wanted> room = scratch.make<Wanted>(commas + 1);
  std::size_t count = 0;
  http::ListReader members(field);
  for (auto member = members.next(); member && count < room.size(); member = members.next()) {
    const std::size_t semicolon = std::min(member->find(';'), member->size());
    const std::string_view weight =
        trimmed(member->substr(std::min(semicolon + 1, member->size())));
    const auto quality = starts_with_ignoring_case(weight, "q=")
                             ? http::parse_quality(weight.substr(2))
                             : std::optional(1000U);
    room[count] = {quality.value_or(0), count, trimmed(member->substr(0, semicolon))};
    ++count;
  }
  const std::span<Wanted> wanted = room.first(count);
  std::ranges::sort(wanted, [](const Wanted& a, const Wanted& b) {
    return a.quality != b.quality ? a.quality > b.quality : a.place < b.place;
  });
  const std::span<Value> tags = scratch.make<Value>(wanted.size());
  for (std::size_t i = 0; i < tags.size(); ++i) tags[i] = {wanted[i].tag};
  return {List{tags.data(), tags.size()}};
}

Value client_address(const Facts& facts, Scratch&) {
  const auto address = address_bytes(facts.visit.client_address);
  return address ? Value{*address} : Value{};
}
Value country(const Facts& facts, Scratch&) { return {std::string_view(facts.visit.country)}; }
template <std::string Place::* member>
Value of_place(const Facts& facts, Scratch&) {
  return {std::string_view(facts.visit.place.*member)};
}
Value asnum(const Facts& facts, Scratch&) {
  return {std::int64_t{facts.visit.place.asn.value_or(0)}};
}
Value is_in_european_union(const Facts& facts, Scratch&) {
  return {facts.visit.place.is_in_european_union};
}
// "52.52000", empty for unknown.
template <std::optional<double> Place::* member>
Value degrees(const Facts& facts, Scratch& scratch) {
  constexpr std::size_t room = 32;
  constexpr int decimals = 5;
  const std::optional<double>& value = facts.visit.place.*member;
  const std::span<char> text = scratch.make<char>(room);
  if (!value || text.empty()) return {std::string_view()};
  const auto [end, error] = std::to_chars(
      text.data(), text.data() + text.size(), *value, std::chars_format::fixed, decimals
  );
  if (error != std::errc()) return {std::string_view()};
  return {std::string_view(text.data(), static_cast<std::size_t>(end - text.data()))};
}
// "GB-ENG" (ISO 3166-2).
Value subdivision(const Facts& facts, Scratch& scratch) {
  const std::string& region = facts.visit.place.region_code;
  if (region.empty() || facts.visit.country.empty()) return {std::string_view()};
  return {scratch.joined({facts.visit.country, "-", region})};
}

Value response_code(const Facts& facts, Scratch&) {
  return facts.response == nullptr ? Value{} : Value{std::int64_t{facts.response->status}};
}

constexpr Phase kAlways = Phase::request;
constexpr Phase kAnswered = Phase::response;

constexpr Field kFields[] = {
    {"http.host", kText, kAlways, "host that the client asks for, lower case, without port", host},
    {"http.request.method", kText, kAlways, "`GET`", method},
    {"http.request.version", kText, kAlways, "`HTTP/1.1`, `HTTP/2`", version},
    {"http.request.full_uri",
     kText,
     kAlways,
     "scheme, host, path and query, without port",
     full_uri<url_of>},
    {"http.request.uri", kText, kAlways, "path and query", uri<url_of>},
    {"http.request.uri.path", kText, kAlways, "path", path<url_of>},
    {"http.request.uri.path.basename",
     kText,
     kAlways,
     "last segment of the path",
     basename<url_of>},
    {"http.request.uri.path.extension",
     kText,
     kAlways,
     "behind the last dot of the last segment, lower case; empty for none",
     extension<url_of>},
    {"http.request.uri.query", kText, kAlways, "without `?`", query<url_of>},
    {"http.request.uri.args",
     kTextMap,
     kAlways,
     "parameters of the query, not decoded",
     entries_of<Arguments>,
     entry_of<Arguments>},
    {"http.request.uri.args.names",
     kTexts,
     kAlways,
     "repeated where a parameter is",
     names_of<Arguments>},
    {"http.request.uri.args.values",
     kTexts,
     kAlways,
     "in the order of the query",
     values_of<Arguments>},
    {"http.request.headers",
     kTextMap,
     kAlways,
     "header fields, by names in lower case",
     entries_of<RequestHeaders>,
     entry_of<RequestHeaders>},
    {"http.request.headers.names",
     kTexts,
     kAlways,
     "in lower case, repeated where a field is",
     names_of<RequestHeaders>},
    {"http.request.headers.values",
     kTexts,
     kAlways,
     "in the order of the request",
     values_of<RequestHeaders>},
    {"http.request.cookies",
     kTextMap,
     kAlways,
     "cookies, not decoded; from the plan `pro` on",
     entries_of<CookiePairs>,
     entry_of<CookiePairs>,
     Feature::cookie_fields},
    {"http.request.accepted_languages",
     kTexts,
     kAlways,
     "tags of `Accept-Language`, the most wanted first",
     accepted_languages},
    {"http.request.timestamp.sec", kInteger, kAlways, "seconds since 1970", seconds},
    {"http.request.timestamp.msec",
     kInteger,
     kAlways,
     "milliseconds of that second, 0 to 999",
     milliseconds},
    {"http.cookie", kText, kAlways, "`Cookie` as it came", raw_field<Name::cookie, ';'>},
    {"http.referer", kText, kAlways, "`Referer` as it came", referer},
    {"http.user_agent", kText, kAlways, "`User-Agent` as it came", raw_field<Name::user_agent>},
    {"http.x_forwarded_for",
     kText,
     kAlways,
     "`X-Forwarded-For` as it came",
     raw_field<Name::x_forwarded_for>},
    {"ssl", kBoolean, kAlways, "the client asks by https", is_secure},
    {"cf.edge.server_port", kInteger, kAlways, "port that the client asks", server_port},
    {"ip.src", kAddress, kAlways, "address of the client", client_address},
    {"ip.src.country", kText, kAlways, "two letters", country},
    {"ip.src.continent", kText, kAlways, "two letters", of_place<&Place::continent>},
    {"ip.src.region", kText, kAlways, "in English", of_place<&Place::region>},
    {"ip.src.region_code",
     kText,
     kAlways,
     "as ISO 3166-2 has it, without country",
     of_place<&Place::region_code>},
    {"ip.src.subdivision_1_iso_code", kText, kAlways, "`GB-ENG`", subdivision},
    {"ip.src.city", kText, kAlways, "in English", of_place<&Place::city>},
    {"ip.src.postal_code", kText, kAlways, "", of_place<&Place::postal_code>},
    {"ip.src.metro_code", kText, kAlways, "of the United States", of_place<&Place::metro_code>},
    {"ip.src.lat", kText, kAlways, "degrees", degrees<&Place::latitude>},
    {"ip.src.lon", kText, kAlways, "degrees", degrees<&Place::longitude>},
    {"ip.src.asnum", kInteger, kAlways, "0 when unknown", asnum},
    {"ip.src.is_in_european_union", kBoolean, kAlways, "", is_in_european_union},
    {"raw.http.request.full_uri",
     kText,
     kAlways,
     "before normalisation, as are all of `raw.`",
     full_uri<raw_url_of>},
    {"raw.http.request.uri", kText, kAlways, "", uri<raw_url_of>},
    {"raw.http.request.uri.path", kText, kAlways, "", path<raw_url_of>},
    {"raw.http.request.uri.path.basename", kText, kAlways, "", basename<raw_url_of>},
    {"raw.http.request.uri.path.extension", kText, kAlways, "", extension<raw_url_of>},
    {"raw.http.request.uri.query", kText, kAlways, "", query<raw_url_of>},
    {"raw.http.request.uri.args",
     kTextMap,
     kAlways,
     "",
     entries_of<RawArguments>,
     entry_of<RawArguments>},
    {"raw.http.request.uri.args.names", kTexts, kAlways, "", names_of<RawArguments>},
    {"raw.http.request.uri.args.values", kTexts, kAlways, "", values_of<RawArguments>},
    {"http.response.code", kInteger, kAnswered, "status of the response", response_code},
    {"http.response.headers",
     kTextMap,
     kAnswered,
     "header fields, by names in lower case",
     entries_of<ResponseHeaders>,
     entry_of<ResponseHeaders>},
    {"http.response.headers.names",
     kTexts,
     kAnswered,
     "in lower case, repeated where a field is",
     names_of<ResponseHeaders>},
    {"http.response.headers.values",
     kTexts,
     kAnswered,
     "in the order of the response",
     values_of<ResponseHeaders>},
};

const Field* find_exactly(std::string_view name) {
  const auto* const found = std::ranges::find(kFields, name, &Field::name);
  return found == std::end(kFields) ? nullptr : found;
}

}  // namespace

std::span<const Field> fields() { return kFields; }

const Field* find_field(std::string_view name) {
  constexpr std::string_view deprecated = "ip.geoip.";
  if (!name.starts_with(deprecated)) return find_exactly(name);
  return find_exactly("ip.src." + std::string(name.substr(deprecated.size())));
}

}  // namespace festina::rules
