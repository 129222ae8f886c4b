#include "policy/invalidation.h"

#include <algorithm>
#include <utility>

namespace festina::policy {

namespace {

bool is_of_the_same_origin(const http::Url& a, const http::Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

}  // namespace

std::vector<http::Url> invalidated(const http::Request& request, const http::Response& response) {
  const bool is_no_error = 200 <= response.status && response.status < 400;
  if (http::is_safe(request.method) || !is_no_error) return {};
  std::vector<http::Url> urls = {request.url};
  for (const http::Name name : {http::Name::location, http::Name::content_location}) {
    const auto reference = response.headers.get(name);
    if (!reference) continue;
    auto url = http::resolved(request.url, *reference);
    // Others' resources are not for this origin to speak of.
    const bool counts = url && is_of_the_same_origin(*url, request.url) &&
                        std::ranges::find(urls, *url) == urls.end();
    if (counts) urls.push_back(*std::move(url));
  }
  return urls;
}

}  // namespace festina::policy
