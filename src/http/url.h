// Url: the target URI of a request, taken apart and normalised (RFC 3986, RFC 9110 §4.2, §7.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"

namespace festina::http {

enum class Scheme : std::uint8_t { http, https };
std::string_view name(Scheme);
std::uint16_t default_port(Scheme);

// An absolute http or https URI without user information and fragment. `host` is lower case and without a trailing
// dot; `path` starts with "/"; `query` is what follows the first "?", and an empty one differs from none.
struct Url {
  Scheme scheme = Scheme::http;
  std::string host;
  std::uint16_t port = 80;
  std::string path = "/";
  std::optional<std::string> query;

  bool has_default_port() const { return port == default_port(scheme); }
  // "host" or "host:port", the port only when it is not the scheme's own.
  std::string authority() const;
  // "path" or "path?query": the request target in origin form.
  std::string target() const;
  std::string text() const;
  bool operator==(const Url&) const = default;
};

// A fragment is left out; user information is refused (RFC 9110 §4.2.4). Path and query stay as written.
// Errors: malformed (client) with the reason; unsupported (client) for another scheme.
Result<Url> parse_url(std::string_view absolute);

// The URL that a reference in a message about `base` names, as in Location (RFC 3986 §5.2). Errors: as parse_url().
Result<Url> resolved(const Url& base, std::string_view reference);

struct Authority {
  std::string host;  // lower case, without trailing dot; IPv6 in brackets, shortest form
  std::optional<std::uint16_t> port;
};
// The value of a Host field or authority (RFC 9110 §7.2). Errors: malformed (client).
Result<Authority> parse_authority(std::string_view);

// The target URI of a request (RFC 9112 §3.3). `target` in origin form takes its authority from the Host field, without
// a port there it is the scheme's own; in absolute form it says all, and neither Host nor scheme count (§3.2.2). Path
// and query stay as written. Errors: malformed (client), other forms too.
Result<Url> target_url(Scheme, std::string_view host_field, std::string_view target);

// Cloudflare's URL normalisation (reference §11.6): "\" to "/", successive "/" merged, then RFC 3986 §6.2.2:
// unreserved characters decoded, hex digits upper case, dot segments removed, bytes that must be encoded encoded.
// Normalising twice changes nothing more. Requires: a path that starts with "/".
std::string normalized_path(std::string_view path);
std::string normalized_query(std::string_view query);
// The URL with both.
Url normalized(Url);
// Makes it so; what it was where that was something else.
std::optional<Url> normalize(Url&);

// Every byte but unreserved ones as "%XX", for a value in a query (RFC 3986 §2.1).
std::string percent_encoded(std::string_view text);

// Text after the last "." of the last path segment; empty for none, and for a dotfile (reference §1.2).
std::string_view extension_as_written(std::string_view path);
// In lower case.
std::string path_extension(std::string_view path);

}  // namespace festina::http
