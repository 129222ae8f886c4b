#include "http/url.h"

#include <algorithm>
#include <array>
#include <boost/url/ipv6_address.hpp>

#include "base/text.h"

namespace festina::http {
namespace {

using ByteSet = std::array<bool, 256>;

constexpr ByteSet with(ByteSet set, std::string_view bytes) {
  for (const char c : bytes) set[static_cast<unsigned char>(c)] = true;
  return set;
}
constexpr bool has(const ByteSet& set, char c) { return set[static_cast<unsigned char>(c)]; }

// RFC 3986 §2.3, §3.3, §3.4. A "%" is in none of them: it is looked at where it stands.
constexpr ByteSet kUnreserved =
    with({}, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
constexpr ByteSet kInPath = with(kUnreserved, "!$&'()*+,;=:@/");
constexpr ByteSet kInQuery = with(kInPath, "?");

Error malformed(std::string_view detail, std::string_view text) {
  constexpr std::size_t shown = 80;
  return {
      ErrorCode::malformed,
      Side::client,
      std::string(detail) + ": " + std::string(text.substr(0, shown))
  };
}

bool has_blank_or_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
  });
}

// Labels of unreserved bytes with single dots between them: what can be a name in a zone, or an IPv4 address.
bool is_host_name(std::string_view host) {
  char before = '.';
  for (const char c : host) {
    if (!has(kUnreserved, c) || (c == '.' && before == '.')) return false;
    before = c;
  }
  return before != '.';
}

Result<std::string> normalized_host(std::string_view host) {
  if (host.empty()) return malformed("no host", host);
  if (host.front() == '[') {
    if (host.back() != ']') return malformed("host is no IPv6 address", host);
    const auto address = boost::urls::parse_ipv6_address(host.substr(1, host.size() - 2));
    if (!address) return malformed("host is no IPv6 address", host);
    return "[" + std::string(address->to_string()) + "]";
  }
  if (host.back() == '.') host.remove_suffix(1);
  if (!is_host_name(host)) return malformed("host is no host name", host);
  return lower(host);
}

// path [ "?" query ], both raw. Requires: no fragment.
void set_path_and_query(Url& url, std::string_view target) {
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  url.path = path.empty() ? std::string_view("/") : path;
  if (mark != std::string_view::npos) url.query = target.substr(mark + 1);
}

// The byte that "%XX" at the front stands for; nothing when it is no such triplet.
std::optional<char> percent_decoded(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto byte = parse_hex(text.substr(1, 2));
  if (!byte) return std::nullopt;
  return static_cast<char>(*byte);
}

void append_encoded(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

// RFC 3986 §6.2.2.1, §6.2.2.2: unreserved bytes plain, all others that are not `allowed` encoded, with upper-case
// digits. A "%" that begins no triplet is a byte to be encoded.
std::string normalized_encoding(std::string_view text, const ByteSet& allowed) {
  std::string normal;
  normal.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto decoded = percent_decoded(text.substr(i));
    if (decoded) i += 2;
    const char c = decoded.value_or(text[i]);
    if (has(decoded ? kUnreserved : allowed, c)) {
      normal.push_back(c);
    } else {
      append_encoded(normal, c);
    }
  }
  return normal;
}

// Most paths are normal already: only bytes that may stand plain, no empty segment, none that begins with a dot.
bool is_surely_normal(std::string_view path) {
  char before = 0;
  for (const char c : path) {
    if (!has(kInPath, c) || (before == '/' && (c == '/' || c == '.'))) return false;
    before = c;
  }
  return true;
}

std::string with_single_slashes(std::string_view path) {
  std::string single;
  single.reserve(path.size());
  for (const char c : path) {
    const char byte = c == '\\' ? '/' : c;
    if (byte != '/' || single.empty() || single.back() != '/') single.push_back(byte);
  }
  return single;
}

// RFC 3986 §5.2.4, for a path that begins with "/" and has no empty segment but the last.
std::string without_dot_segments(std::string_view path) {
  std::string plain;
  plain.reserve(path.size());
  while (!path.empty()) {
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, next);  // with the slash in front
    path.remove_prefix(next);
    if (segment == "/..") plain.resize(plain.empty() ? 0 : plain.rfind('/'));
    if (segment != "/." && segment != "/..") {
      plain.append(segment);
    } else if (path.empty()) {
      plain.push_back('/');  // a last dot segment names a directory
    }
  }
  return plain;
}

}  // namespace

std::string_view name(Scheme scheme) { return scheme == Scheme::https ? "https" : "http"; }

std::uint16_t default_port(Scheme scheme) { return scheme == Scheme::https ? 443 : 80; }

std::string Url::authority() const {
  return has_default_port() ? host : host + ":" + std::to_string(port);
}

std::string Url::target() const { return query ? path + "?" + *query : path; }

std::string Url::text() const { return std::string(name(scheme)) + "://" + authority() + target(); }

Result<Url> parse_url(std::string_view absolute) {
  if (has_blank_or_control(absolute))
    return malformed("URL with white space or a control byte", absolute);
  const std::size_t colon = absolute.find("://");
  if (colon == std::string_view::npos) return malformed("URL is not absolute", absolute);

  Url url;
  const std::string_view scheme = absolute.substr(0, colon);
  if (equal_ignoring_case(scheme, "https")) {
    url.scheme = Scheme::https;
  } else if (!equal_ignoring_case(scheme, "http")) {
    return Error{
        ErrorCode::unsupported,
        Side::client,
        "scheme is neither http nor https: " + std::string(scheme)
    };
  }

  std::string_view rest = absolute.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  auto authority = parse_authority(rest.substr(0, authority_end));
  if (!authority) return authority.error();
  url.host = std::move(authority->host);
  url.port = authority->port.value_or(default_port(url.scheme));
  set_path_and_query(url, rest.substr(authority_end));
  return url;
}

Result<Authority> parse_authority(std::string_view text) {
  const std::size_t behind_brackets =
      text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0;
  const std::size_t colon = text.find(':', behind_brackets);
  auto host = normalized_host(text.substr(0, colon));
  if (!host) return host.error();

  Authority authority{std::move(*host), std::nullopt};
  const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (digits.empty()) return authority;  // "host:" has the default port (RFC 3986 §3.2.3)
  const auto port = parse_decimal(digits);
  if (!port || *port == 0 || *port > 65535)
    return malformed("port is no number from 1 to 65535", text);
  authority.port = static_cast<std::uint16_t>(*port);
  return authority;
}

Result<Url> target_url(Scheme scheme, std::string_view host_field, std::string_view target) {
  if (!target.starts_with('/')) {
    auto url = parse_url(target);  // absolute form: Host does not count (RFC 9112 §3.2.2)
    if (!url && url.error().code == ErrorCode::unsupported)
      return malformed(url.error().detail, target);
    return url;
  }
  if (has_blank_or_control(target) || target.find('#') != std::string_view::npos) {
    return malformed("request target with white space, a control byte or a fragment", target);
  }
  auto authority = parse_authority(host_field);
  if (!authority) return with_detail(authority.error(), "Host");
  Url url;
  url.scheme = scheme;
  url.host = std::move(authority->host);
  url.port = authority->port.value_or(default_port(scheme));
  set_path_and_query(url, target);
  return url;
}

Result<Url> resolved(const Url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::size_t colon = reference.find(':');
  const bool has_scheme = colon != std::string_view::npos && reference.find_first_of("/?") > colon;
  if (has_scheme) return parse_url(reference);
  if (reference.starts_with("//")) {
    return parse_url(std::string(name(base.scheme)) + ":" + std::string(reference));
  }
  Url url = base;
  if (reference.empty()) return url;
  if (has_blank_or_control(reference)) return malformed("reference has blanks", reference);
  url.query.reset();
  if (reference.starts_with('/')) {
    set_path_and_query(url, reference);
  } else if (reference.starts_with('?')) {
    url.query = reference.substr(1);
  } else {
    const std::string folder = base.path.substr(0, base.path.rfind('/') + 1);
    set_path_and_query(url, folder + std::string(reference));
  }
  return normalized(std::move(url));
}

std::string normalized_path(std::string_view path) {
  if (is_surely_normal(path)) return std::string(path);
  return without_dot_segments(normalized_encoding(with_single_slashes(path), kInPath));
}

std::string normalized_query(std::string_view query) {
  return normalized_encoding(query, kInQuery);
}

std::optional<Url> normalize(Url& url) {
  std::string path = normalized_path(url.path);
  std::optional<std::string> query;
  if (url.query) query = normalized_query(*url.query);
  std::optional<Url> before;
  if (path != url.path || query != url.query) before = url;
  url.path = std::move(path);
  url.query = std::move(query);
  return before;
}

Url normalized(Url url) {
  normalize(url);
  return url;
}

std::string_view extension_as_written(std::string_view path) {
  const std::string_view segment = path.substr(path.rfind('/') + 1);
  const std::size_t dot = segment.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return "";
  return segment.substr(dot + 1);
}

std::string path_extension(std::string_view path) { return lower(extension_as_written(path)); }

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (has(kUnreserved, c)) {
      out.push_back(c);
    } else {
      append_encoded(out, c);
    }
  }
  return out;
}

}  // namespace festina::http
