#include "policy/validation.h"

#include "base/text.h"
#include "http/forwarding.h"

namespace festina::policy {

namespace {

// What the stored body depends on stays as it was stored (RFC 9111 §3.2).
bool describes_body(const http::Field& field) {
  switch (field.name) {
    case http::Name::content_encoding:
    case http::Name::content_length:
    case http::Name::content_range:
    case http::Name::content_type:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool has_validator(const StoredResponse& stored) {
  return stored.facts.has_etag || stored.facts.last_modified;
}

void make_conditional(
    http::Request& request, const StoredResponse& stored, const http::Headers& stored_headers
) {
  const auto etag = stored_headers.get(http::Name::etag);
  if (etag && stored.facts.has_etag) {
    request.headers.set(http::Name::if_none_match, *etag);
  }
  const auto date = stored_headers.get(http::Name::last_modified);
  if (date && stored.facts.last_modified) {  // as the origin wrote it (RFC 9110 §13.1.3)
    request.headers.set(http::Name::if_modified_since, *date);
  }
}

void make_unconditional(http::Headers& request_headers) {
  request_headers.remove_if([](const http::Field& field) {
    switch (field.name) {
      case http::Name::if_match:
      case http::Name::if_modified_since:
      case http::Name::if_none_match:
      case http::Name::if_range:
      case http::Name::if_unmodified_since:
      case http::Name::range:
        return true;
      default:
        return false;
    }
  });
}

bool confirms(
    const http::Response& to_head, http::Status stored_status, const http::Headers& stored,
    std::optional<std::uint64_t> stored_length
) {
  if (to_head.status != 200 || stored_status != 200) return false;
  bool has_proof = false;
  for (const http::Name name : {http::Name::etag, http::Name::last_modified}) {
    const auto now = to_head.headers.get(name);
    if (now && now != stored.get(name)) return false;
    has_proof = has_proof || now.has_value();
  }
  const auto length = to_head.headers.get(http::Name::content_length);
  const bool differs = length && stored_length && parse_decimal(*length) != *stored_length;
  return has_proof && !differs;
}

http::Headers freshened(const http::Headers& stored, const http::Headers& not_modified) {
  http::Headers update = not_modified;
  http::remove_connection_fields(update);
  update.remove_if(describes_body);

  http::Headers merged = stored;
  for (const http::Field field : update) merged.remove(field.name_text);
  for (const http::Field field : update) merged.add(field.name_text, field.value);
  return merged;
}

}  // namespace festina::policy
