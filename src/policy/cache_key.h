// CacheKey: the text under which a response is stored (reference §11.1, RFC 9111 §2).
//
// Readable on purpose: explain shows it, and the cache hashes it with its own secret. It is the URL, then " Name=value"
// for each part that sets this request apart, in a fixed order. Spaces, control bytes and "\" are written as "\" and two
// hex digits, so that no client can write a text that is another request's key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "policy/decision.h"

namespace festina::policy {

struct CacheKey {
  std::string text;
  std::string zone;  // id of the zone whose cache it is
  bool operator==(const CacheKey&) const = default;
};

// Where the content of a URL comes from, as far as a key says it: the scheme of the connection to the origin, and the
// origin's own host, for those keys that have it in place of the URL's (reference §6.2). Empty: it has none. A script
// where a Worker's own responses are cached: what it fetches of the same URL is stored beside them.
struct KeyOrigin {
  KeyOrigin(http::Scheme of, std::string_view at = {}, std::string_view script = {})
      : scheme(of), host(at), worker(script) {}  // NOLINT(google-explicit-constructor)

  http::Scheme scheme;
  std::string_view host;
  std::string_view worker;
};

// What the script says is the key, or the default key: origin scheme, host, URI with query, Origin, the method-override
// and forwarding fields of §11.1, with what a rule changes in it and adds to it (§11.2). GET and HEAD share it.
CacheKey cache_key(
    std::string_view zone, const KeyOrigin& origin, const http::Request& request,
    const KeySpec& spec
);

// The fields that a stored response names in Vary, and neither key nor `vary` of the decision tells apart: who asks next
// gets the same whatever these say (reference §11.4). In lower case, with ", " between them; empty where there are none.
std::string unheeded_vary(const http::Headers& response, const CacheDecision& decision);

// Did a script make up the text? Then it names no URL, whatever it looks like.
bool is_of_a_script(std::string_view key_text);

// The key of the variant that fits this request, once it is known by which fields the responses under `key` vary
// (reference §11.4). `generation`: of that knowledge; what was stored under another one is not found any more.
CacheKey variant_key(
    const CacheKey& key, std::uint64_t generation, const std::vector<std::string>& fields,
    const http::Headers& request, const VarySpec& spec
);
// The key under which a part is asked for (policy/partial), so that only those wait for it who want that part. Nothing is
// stored under it.
CacheKey part_key(const CacheKey& key, std::string_view range);
// The text of the key that all variants and parts share: what a purge of the URL names.
std::string_view text_without_variant(std::string_view key_text);

// Where a Cache API call looks. `name`: of caches.open(), as it came; nothing for caches.default. `key`: what the script
// says is the key (cf.cacheKey); empty: the URL is.
struct CacheApiPlace {
  std::optional<std::string_view> name;
  CacheApiNamespace of_default = CacheApiNamespace::shared;
  std::string_view key = {};
};
// The key of an entry put through the Cache API. A shared caches.default has the store of fetch(), so that its key is that
// of a plain GET, or of one with the same cf.cacheKey; a separate one and a named cache have keys of their own (reference
// §5.1).
CacheKey cache_api_key(
    std::string_view zone, http::Scheme origin_scheme, const CacheApiPlace&, const http::Url& url
);

}  // namespace festina::policy
