// Cache-Control: directives of requests and responses, and which response field rules a shared cache like ours
// (RFC 9111 §5.2, RFC 9213, reference §3.1-3.2).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"

namespace festina::http {

inline constexpr std::chrono::seconds kMaxDelta{2147483647};  // RFC 9111 §1.2.2

// Directive names without case; "," and ";" separate; a quoted number is a number; of a repeated directive the last
// counts (deviation from RFC 9111 §4.2.1, reference §3.2); a fraction is rounded down; a value that is no number makes
// the directive absent, one beyond kMaxDelta is kMaxDelta. max-stale without a value takes any staleness: kMaxDelta.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;    // bare; with field names see no_cache_fields
  bool is_private = false;  // bare; with field names see private_fields
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool must_understand = false;
  bool no_transform = false;
  bool immutable = false;
  bool only_if_cached = false;
  std::optional<std::chrono::seconds> max_age;
  std::optional<std::chrono::seconds> s_maxage;
  std::optional<std::chrono::seconds> stale_while_revalidate;
  std::optional<std::chrono::seconds> stale_if_error;
  std::optional<std::chrono::seconds> max_stale;
  std::optional<std::chrono::seconds> min_fresh;
  std::vector<std::string> private_fields;
  std::vector<std::string> no_cache_fields;

  bool operator==(const CacheControl&) const = default;
};

CacheControl parse_cache_control(std::string_view value);

// Which field of a response speaks to our cache, weakest first (reference §3.1). Directives are never mixed, and
// Expires counts only beside `none` and `cache_control`. `surrogate_control` brings no directives: its presence, even
// empty, takes Cache-Control and Expires out of consideration. An empty CDN field is as good as none (RFC 9213 §2.2).
enum class DirectiveSource : std::uint8_t {
  none,
  cache_control,
  surrogate_control,
  cdn_cache_control,
  cloudflare_cdn_cache_control,
  replaced  // by the owner or a script: no field of the response
};
struct EdgeDirectives {
  CacheControl directives;
  DirectiveSource source = DirectiveSource::none;

  bool operator==(const EdgeDirectives&) const = default;
};
EdgeDirectives edge_directives(const Headers& response_headers);
// The same by the RFC alone: a CDN field is a structured field, and as good as none when it is malformed or empty; a
// directive whose value has the wrong type is left out (RFC 9213 §2.1, §2.2). Surrogate-Control says nothing.
EdgeDirectives standard_edge_directives(const Headers& response_headers);

}  // namespace festina::http
