#include "policy/codable.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/cache_control.h"
#include "http/content_coding.h"

namespace festina::policy {
namespace {

// In order, for they are searched.
constexpr std::array kTypes = {
    std::string_view("application/atom+xml"),
    std::string_view("application/eot"),
    std::string_view("application/geo+json"),
    std::string_view("application/graphql+json"),
    std::string_view("application/javascript"),
    std::string_view("application/json"),
    std::string_view("application/ld+json"),
    std::string_view("application/manifest+json"),
    std::string_view("application/opentype"),
    std::string_view("application/otf"),
    std::string_view("application/problem+json"),
    std::string_view("application/rss+xml"),
    std::string_view("application/truetype"),
    std::string_view("application/ttf"),
    std::string_view("application/vnd.api+json"),
    std::string_view("application/vnd.ms-fontobject"),
    std::string_view("application/wasm"),
    std::string_view("application/x-javascript"),
    std::string_view("application/xhtml+xml"),
    std::string_view("application/xml"),
    std::string_view("font/otf"),
    std::string_view("font/ttf"),
    std::string_view("image/svg+xml"),
    std::string_view("image/vnd.microsoft.icon"),
    std::string_view("image/x-icon"),
    std::string_view("text/css"),
    std::string_view("text/csv"),
    std::string_view("text/html"),
    std::string_view("text/javascript"),
    std::string_view("text/markdown"),
    std::string_view("text/plain"),
    std::string_view("text/xml"),
};
static_assert(std::ranges::is_sorted(kTypes));

bool forbids_transforming(const http::Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const http::Field& field) {
    return field.name == http::Name::cache_control &&
           http::parse_cache_control(field.value).no_transform;
  });
}

// Whole representations that people read, among them the two errors that sites make pages of (reference §11.7).
bool is_codable_status(http::Status status) {
  return status == 200 || status == 403 || status == 404;
}

// A status whose content is a whole representation.
bool is_decodable_status(http::Status status) {
  return status >= 200 && status != 204 && status != 206 && status != 304;
}

}  // namespace

bool is_codable_type(std::string_view content_type) {
  const std::string type = lower(trimmed(content_type.substr(0, content_type.find(';'))));
  return std::ranges::binary_search(kTypes, std::string_view(type));
}

Transformable transformable(const http::Response& response) {
  const http::Headers& headers = response.headers;
  if (!is_decodable_status(response.status) || headers.has(http::Name::content_range) ||
      forbids_transforming(headers)) {
    return Transformable::not_at_all;
  }
  if (http::coding_of(headers) != http::Coding::identity) return Transformable::by_decoding;
  const auto type = headers.get(http::Name::content_type);
  const bool shrinks = type && is_codable_type(*type) && is_codable_status(response.status);
  return shrinks ? Transformable::by_coding : Transformable::not_at_all;
}

}  // namespace festina::policy
