// CacheKey: the text under which a response is stored (reference §11.1, RFC 9111 §2).
//
// Readable on purpose: explain shows it, and the cache hashes it with its own secret. It is the URL, then " Name=value"
// for each part that sets this request apart, in a fixed order. Spaces, control bytes and "\" are written as "\" and two
// hex digits, so that no client can write a text that is another request's key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "policy/decision.h"

namespace festina::policy {

struct CacheKey {
  std::string text;
  std::string zone;  // id of the zone whose cache it is
  bool operator==(const CacheKey&) const = default;
};

// The default key: origin scheme, host, URI with query, Origin, the method-override and forwarding fields of §11.1.
// GET and HEAD share it.
CacheKey cache_key(
    std::string_view zone, http::Scheme origin_scheme, const http::Request& request,
    const KeySpec& spec
);

// Where a Cache API call looks. `name`: of caches.open(), as it came; nothing for caches.default.
struct CacheApiPlace {
  std::optional<std::string_view> name;
  CacheApiNamespace of_default = CacheApiNamespace::shared;
};
// The key of an entry put through the Cache API. A shared caches.default has the store of fetch(), so that its key is that
// of a plain GET; a separate one and a named cache have keys of their own (reference §5.1).
CacheKey cache_api_key(
    std::string_view zone, http::Scheme origin_scheme, const CacheApiPlace&, const http::Url& url
);

}  // namespace festina::policy
