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

std::string_view name_of(std::string_view parameter) {
  const auto halves = split_once(parameter, '=');
  return halves ? halves->before : parameter;
}

bool is_listed(std::string_view parameter, const CustomKey& custom) {
  return std::ranges::find(custom.parameter_names, name_of(parameter)) !=
         custom.parameter_names.end();
}

bool counts(std::string_view parameter, const CustomKey* custom) {
  if (custom == nullptr || custom->parameters == ParametersInKey::all) return true;
  return is_listed(parameter, *custom) == (custom->parameters == ParametersInKey::listed);
}

// By name, then by value: "word=beta&word=alpha" and "word=alpha&word=beta" are one (reference §8.4).
void sort(std::vector<std::string_view>& parameters) {
  const auto name_and_value = [](std::string_view parameter) {
    const auto halves = split_once(parameter, '=');
    return std::tuple(halves ? halves->before : parameter, halves ? halves->after : "", parameter);
  };
  std::ranges::sort(parameters, {}, name_and_value);
}

bool takes_every_parameter(const CustomKey* custom) {
  return custom == nullptr || custom->parameters == ParametersInKey::all;
}

// The query as it enters the key, with its "?": nothing where no parameter counts, as of a URL without a query.
void append_query(std::string& out, std::string_view query, const KeySpec& spec) {
  if (spec.query == QueryInKey::whole && takes_every_parameter(spec.custom.get())) {
    out += '?';
    return append_escaped(out, query);
  }
  std::vector<std::string_view> parameters = split(query, '&');
  std::erase_if(parameters, [&spec](std::string_view parameter) {
    return !counts(parameter, spec.custom.get());
  });
  if (spec.query == QueryInKey::sorted) sort(parameters);
  char before = '?';
  for (const std::string_view parameter : parameters) {
    out += before;
    append_escaped(out, parameter);
    before = '&';
  }
}

// The URL with the scheme of the connection to the origin (reference §11.1). Reserves for all of it.
std::string url_text(const KeyOrigin& origin, const http::Url& url, const KeySpec& spec) {
  constexpr std::size_t longest_around = std::string_view("https://:65535?").size();
  const bool is_resolved = spec.custom && spec.custom->with_resolved_host && !origin.host.empty();
  const std::string_view host = is_resolved ? origin.host : std::string_view(url.host);
  std::string text;
  text.reserve(
      longest_around + host.size() + url.path.size() + (url.query ? url.query->size() : 0)
  );
  text.append(http::name(origin.scheme)).append("://");
  append_escaped(text, host);
  if (!url.has_default_port()) text.append(":").append(std::to_string(url.port));
  append_escaped(text, url.path);
  if (url.query && spec.query != QueryInKey::dropped) append_query(text, *url.query, spec);
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

bool excludes_origin(const KeySpec& spec) {
  return !spec.with_origin || (spec.custom && spec.custom->excludes_origin);
}

// The fields that are in every key (reference §11.1).
void append_key_fields(std::string& out, const http::Headers& headers, const KeySpec& spec) {
  if (!has_key_field(headers)) return;  // nearly always
  for (const http::Name name : kKeyFields) {
    for (const http::Field field : headers) {
      if (field.name != name || says_nothing(field)) continue;
      if (name == http::Name::origin && excludes_origin(spec)) continue;
      append_part(out, http::spelling(name), field.value);
    }
  }
}

bool contains_any(std::string_view value, const std::vector<std::string>& texts) {
  return std::ranges::any_of(texts, [value](const std::string& text) {
    return value.find(text) != value.npos;
  });
}

// Each line of the field, so that two lines differ from one that holds both.
void append_field(
    std::string& out, const http::Headers& headers, std::string_view name,
    const std::vector<std::string>* containing = nullptr
) {
  for (const http::Field field : headers) {
    const bool counts = equal_ignoring_case(field.name_text, name) &&
                        (containing == nullptr || contains_any(field.value, *containing));
    if (counts) append_part(out, "header:" + std::string(name), field.value);
  }
}

// Name and value of each cookie, in their order (RFC 6265 §4.2.1).
std::vector<Halves> cookies_of(const http::Headers& headers) {
  std::vector<Halves> cookies;
  for (const http::Field field : headers) {
    if (field.name != http::Name::cookie) continue;
    for (const std::string_view pair : split(field.value, ';')) {
      if (const auto halves = split_once(trimmed(pair), '=')) cookies.push_back(*halves);
    }
  }
  return cookies;
}

void append_cookies(std::string& out, const http::Headers& headers, const CustomKey& custom) {
  if (custom.cookies.empty() && custom.cookies_present.empty()) return;
  const std::vector<Halves> cookies = cookies_of(headers);
  for (const std::string& name : custom.cookies) {
    for (const Halves& cookie : cookies) {
      if (cookie.before == name) append_part(out, "cookie:" + name, cookie.after);
    }
  }
  for (const std::string& name : custom.cookies_present) {
    if (std::ranges::count(cookies, std::string_view(name), &Halves::before) > 0)
      append_part(out, "has-cookie", name);
  }
}

// What a rule adds (reference §11.2). What the request has not is not in its key.
void append_custom(std::string& out, const http::Headers& headers, const CustomKey& custom) {
  for (const std::string& name : custom.fields) append_field(out, headers, name);
  for (const std::string& name : custom.fields_present) {
    if (headers.get(name)) append_part(out, "has-header", name);
  }
  for (const auto& [name, texts] : custom.fields_containing)
    append_field(out, headers, name, &texts);
  append_cookies(out, headers, custom);
}

void append_who_asks(std::string& out, const KeySpec& spec) {
  if (spec.device) append_part(out, "device", name(*spec.device));
  if (spec.country) append_part(out, "country", *spec.country);
  if (spec.language) append_part(out, "language", *spec.language);
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

// Is the field part of this key, with its value or what the service makes of it?
bool is_in_key(std::string_view field, const KeySpec& spec) {
  if (!spec.instead.empty()) return false;
  const CustomKey none;
  const CustomKey& custom = spec.custom ? *spec.custom : none;
  if (field == "origin") return spec.with_origin && !custom.excludes_origin;
  if (field == "accept-language") return spec.language.has_value();
  return std::ranges::find(custom.fields, field) != custom.fields.end();
}

}  // namespace

std::string unheeded_vary(const http::Headers& response, const CacheDecision& decision) {
  std::string unheeded;
  if (decision.vary) return unheeded;
  const VarySpec everything{.otherwise = VaryAction::passthrough, .rules = {}};
  for (const std::string& field : variance(response, everything).fields) {
    if (!is_in_key(field, decision.key)) append_member(unheeded, field);
  }
  return unheeded;
}

CacheKey cache_key(
    std::string_view zone, const KeyOrigin& origin, const http::Request& request,
    const KeySpec& spec
) {
  const bool is_of_script = !spec.instead.empty();
  CacheKey key{
      is_of_script ? script_text(spec.instead) : url_text(origin, request.url, spec),
      std::string(zone)
  };
  if (!is_of_script) {
    append_key_fields(key.text, request.headers, spec);
    if (spec.custom) append_custom(key.text, request.headers, *spec.custom);
    append_who_asks(key.text, spec);
  }
  if (!origin.worker.empty()) append_part(key.text, "worker", origin.worker);
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
  std::string text = place.key.empty() ? url_text(scheme, url, {}) : script_text(place.key);
  CacheKey key{std::move(text), std::string(zone)};
  if (place.name) {
    append_part(key.text, "cache", *place.name);
  } else if (!is_shared) {
    append_part(key.text, "caches", "default");
  }
  return key;
}

}  // namespace festina::policy
