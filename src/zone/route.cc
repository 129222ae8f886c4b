#include "zone/route.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace festina::zone {
namespace {

Error malformed(std::string detail) {
  return {ErrorCode::malformed, Side::client, std::move(detail)};
}

// What stands before the host, taken off the pattern.
Result<std::optional<http::Scheme>> take_scheme(std::string_view& pattern) {
  const std::size_t end = pattern.find("://");
  if (end == std::string_view::npos) return std::optional<http::Scheme>();
  const std::string_view scheme = pattern.substr(0, end);
  pattern.remove_prefix(end + 3);
  if (equal_ignoring_case(scheme, "http")) return std::optional(http::Scheme::http);
  if (equal_ignoring_case(scheme, "https")) return std::optional(http::Scheme::https);
  return malformed("its scheme is neither http nor https");
}

Result<> check_host(std::string_view host) {
  if (host.find('*') != std::string_view::npos)
    return malformed("\"*\" stands only at the front of the host");
  if (host.find(':') != std::string_view::npos)
    return malformed("a route has no port, it matches on every one");
  if (host.starts_with('.')) host.remove_prefix(1);
  if (host.empty()) return malformed("it names no host");
  if (host.find("..") != std::string_view::npos ||
      host.find_first_of(" \t@\\") != std::string_view::npos) {
    return malformed("it names no valid host");
  }
  return {};
}

bool host_matches(const RoutePattern& pattern, std::string_view host) {
  if (!pattern.any_prefix) return equal_ignoring_case(pattern.host, host);
  return host.size() >= pattern.host.size() &&
         equal_ignoring_case(host.substr(host.size() - pattern.host.size()), pattern.host);
}

bool path_matches(const RoutePattern& pattern, const http::Url& url) {
  if (pattern.any_suffix) return url.path.starts_with(pattern.path);
  return url.path == pattern.path && !url.query;
}

// Parts between separators; one that is nothing but "*" takes two away.
std::ptrdiff_t weight(std::string_view text, char separator, bool has_bare_star) {
  return 1 + std::count(text.begin(), text.end(), separator) - (has_bare_star ? 2 : 0);
}

// Cloudflare's own order of its routing table: 26 segments of a path weigh as much as one label of the host.
std::ptrdiff_t specificity(const RoutePattern& pattern) {
  const bool any_host = pattern.any_prefix && pattern.host.starts_with('.');
  const bool any_segment = pattern.any_suffix && pattern.path.ends_with('/');
  return 26 * weight(pattern.host, '.', any_host) + weight(pattern.path, '/', any_segment);
}

}  // namespace

std::string_view RoutePattern::host_name() const {
  return host.starts_with('.') ? host.substr(1) : host;
}

Result<RoutePattern> parse_route_pattern(std::string_view text) {
  RoutePattern pattern;
  const auto scheme = take_scheme(text);
  if (!scheme) return scheme.error();
  pattern.scheme = *scheme;
  if (text.find_first_of("?#") != std::string_view::npos) return malformed("a route has no query");

  const std::size_t host_end = std::min(text.find('/'), text.size());
  pattern.host = text.substr(0, host_end);
  pattern.path = host_end == text.size() ? std::string_view("/") : text.substr(host_end);
  pattern.any_prefix = pattern.host.starts_with('*');
  if (pattern.any_prefix) pattern.host.remove_prefix(1);
  pattern.any_suffix = pattern.path.ends_with('*');
  if (pattern.any_suffix) pattern.path.remove_suffix(1);

  if (const auto host = check_host(pattern.host); !host) return host.error();
  if (pattern.path.find('*') != std::string_view::npos)
    return malformed("\"*\" stands only at the end of the path");
  return pattern;
}

Result<> check_route_pattern(std::string_view text) {
  const auto pattern = parse_route_pattern(text);
  if (!pattern) return pattern.error();
  return {};
}

bool route_matches(std::string_view text, const http::Url& url) {
  const auto pattern = parse_route_pattern(text);
  return pattern && pattern->scheme.value_or(url.scheme) == url.scheme &&
         host_matches(*pattern, url.host) && path_matches(*pattern, url);
}

bool is_more_specific(std::string_view text, std::string_view than) {
  const auto a = parse_route_pattern(text);
  const auto b = parse_route_pattern(than);
  if (!a || !b) return a.has_value() && !b.has_value();
  return std::tuple(specificity(*a), text.size(), text) >
         std::tuple(specificity(*b), than.size(), than);
}

}  // namespace festina::zone
