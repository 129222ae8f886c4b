// Name: the number of a well-known field name, so that finding a field compares integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace festina::http {

// Well-known field names. `other` stands for every name not in the list.
enum class Name : std::uint16_t {
  other,
  accept,
  accept_encoding,
  accept_language,
  accept_ranges,
  age,
  authorization,
  cache_control,
  cache_status,
  cache_tag,
  cdn_cache_control,
  cdn_loop,
  cf_blob,
  cf_cache_namespace,
  cf_cache_status,
  cf_connecting_ip,
  cf_ip_country,
  cf_ray,
  cf_visitor,
  cf_worker,
  cloudflare_cdn_cache_control,
  connection,
  content_encoding,
  content_length,
  content_location,
  content_range,
  content_type,
  cookie,
  date,
  etag,
  expect,
  expires,
  forwarded,
  host,
  if_match,
  if_modified_since,
  if_none_match,
  if_range,
  if_unmodified_since,
  keep_alive,
  last_modified,
  location,
  origin,
  pragma,
  proxy_authenticate,
  proxy_authorization,
  proxy_connection,
  range,
  retry_after,
  server,
  set_cookie,
  surrogate_control,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  vary,
  via,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_proto,
  x_forwarded_scheme,
  x_host,
  x_http_method,
  x_http_method_override,
  x_method_override,
  x_original_url,
  x_real_ip,
  x_rewrite_url
};

// The number of a field name, `other` when it has none. Case does not matter.
Name name_of(std::string_view);
// The usual spelling ("Cache-Control"). Requires: not `other`.
std::string_view spelling(Name);

inline constexpr std::size_t kMaxNameBytes = 65535;

}  // namespace festina::http
