#include "policy/cache_key.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"

namespace festina::policy {

namespace {

// The fields that are part of the default key, in the order of the text (reference §11.1).
constexpr std::array kKeyFields = {
    http::Name::origin,
    http::Name::x_http_method_override,
    http::Name::x_http_method,
    http::Name::x_method_override,
    http::Name::x_forwarded_host,
    http::Name::x_host,
    http::Name::x_forwarded_scheme,
    http::Name::x_original_url,
    http::Name::x_rewrite_url,
    http::Name::forwarded,
};

// "\" starts an escape, a space starts a part; what cannot be seen is escaped too.
constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\\' || c == 0x7f;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  while (!text.empty()) {
    const auto plain =
        static_cast<std::size_t>(std::ranges::find_if(text, needs_escape) - text.begin());
    out.append(text.substr(0, plain));
    if (plain == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[plain]);
    out.append({'\\', hex[byte >> 4], hex[byte & 15]});
    text.remove_prefix(plain + 1);
  }
}

void append_part(std::string& out, std::string_view name, std::string_view value) {
  out.append(" ").append(name).append("=");
  append_escaped(out, value);
}

// By name, then by value: "word=beta&word=alpha" and "word=alpha&word=beta" are one (reference §8.4).
void append_sorted(std::string& out, std::string_view query) {
  const auto name_and_value = [](std::string_view parameter) {
    const auto halves = split_once(parameter, '=');
    return std::tuple(halves ? halves->before : parameter, halves ? halves->after : "", parameter);
  };
  std::vector<std::string_view> parameters = split(query, '&');
  std::ranges::sort(parameters, {}, name_and_value);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out += '&';
    append_escaped(out, parameters[i]);
  }
}

// The URL with the scheme of the connection to the origin (reference §11.1). Reserves for all of it.
std::string url_text(http::Scheme origin_scheme, const http::Url& url, QueryInKey query) {
  constexpr std::size_t longest_around = std::string_view("https://:65535?").size();
  std::string text;
  text.reserve(
      longest_around + url.host.size() + url.path.size() + (url.query ? url.query->size() : 0)
  );
  text.append(http::name(origin_scheme)).append("://");
  append_escaped(text, url.host);
  if (!url.has_default_port()) text.append(":").append(std::to_string(url.port));
  append_escaped(text, url.path);
  if (url.query && query != QueryInKey::dropped) {
    text += '?';
    if (query == QueryInKey::sorted) {
      append_sorted(text, *url.query);
    } else {
      append_escaped(text, *url.query);
    }
  }
  return text;
}

bool is_key_field(http::Name name) {
  return std::ranges::find(kKeyFields, name) != kKeyFields.end();
}

// X-Forwarded-Scheme counts only when it says something unusual (reference §11.1).
bool says_nothing(const http::Field& field) {
  return field.name == http::Name::x_forwarded_scheme &&
         (field.value == "http" || field.value == "https");
}

bool has_key_field(const http::Headers& headers) {
  for (const http::Field field : headers) {
    if (is_key_field(field.name)) return true;
  }
  return false;
}

// Begins what a script said is the key; no URL begins like this.
constexpr std::string_view kScriptMark = "cacheKey=";

std::string script_text(std::string_view instead) {
  std::string text(kScriptMark);
  append_escaped(text, instead);
  return text;
}

// Begins what sets a variant apart. No other part of a key has this name, and no text within a part has a space.
constexpr std::string_view kVariantMark = " vary=";

}  // namespace

CacheKey cache_key(
    std::string_view zone, http::Scheme origin_scheme, const http::Request& request,
    const KeySpec& spec
) {
  if (!spec.instead.empty()) return {script_text(spec.instead), std::string(zone)};
  CacheKey key{url_text(origin_scheme, request.url, spec.query), std::string(zone)};
  if (!has_key_field(request.headers)) return key;  // nearly always
  for (const http::Name name : kKeyFields) {
    for (const http::Field field : request.headers) {
      if (field.name != name || says_nothing(field)) continue;
      if (name == http::Name::origin && !spec.with_origin) continue;
      append_part(key.text, http::spelling(name), field.value);
    }
  }
  return key;
}

bool is_of_a_script(std::string_view key_text) { return key_text.starts_with(kScriptMark); }

CacheKey variant_key(
    const CacheKey& key, std::uint64_t generation, const std::vector<std::string>& fields,
    const http::Headers& request, const VarySpec& spec
) {
  CacheKey variant = key;
  variant.text.append(kVariantMark).append(std::to_string(generation));
  for (const std::string& field : fields) {
    // A request without the field has another variant than one with an empty field.
    if (const auto value = variant_value(request, field, spec)) {
      append_part(variant.text, field, *value);
    }
  }
  return variant;
}

CacheKey part_key(const CacheKey& key, std::string_view range) {
  CacheKey part = key;
  part.text.append(kVariantMark);
  append_part(part.text, "range", range);
  return part;
}

std::string_view text_without_variant(std::string_view key_text) {
  return key_text.substr(0, key_text.find(kVariantMark));
}

CacheKey cache_api_key(
    std::string_view zone, http::Scheme origin_scheme, const CacheApiPlace& place,
    const http::Url& url
) {
  const bool is_shared = !place.name && place.of_default == CacheApiNamespace::shared;
  const http::Scheme scheme = is_shared ? origin_scheme : url.scheme;
  std::string text =
      place.key.empty() ? url_text(scheme, url, QueryInKey::whole) : script_text(place.key);
  CacheKey key{std::move(text), std::string(zone)};
  if (place.name) {
    append_part(key.text, "cache", *place.name);
  } else if (!is_shared) {
    append_part(key.text, "caches", "default");
  }
  return key;
}

}  // namespace festina::policy
