// Conditional requests: entity tags and preconditions (RFC 9110 §8.8.3, §13).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/headers.h"

namespace festina::http {

struct EntityTag {
  bool weak = false;
  std::string_view opaque;  // between the quotes; into the field value
};
// Nothing when the text is not an entity tag (an ETag without double quotes is none).
std::optional<EntityTag> parse_entity_tag(std::string_view);
// The same of a field's value; nothing too when there is none, or a weak one.
std::optional<EntityTag> strong_entity_tag(std::optional<std::string_view> etag);
bool weakly_equal(EntityTag, EntityTag);
bool strongly_equal(EntityTag, EntityTag);
// The entity tag as a weak one; text that is none stays as it is.
std::string weakened(std::string_view etag);

// Would a GET of this representation be answered 304? If-None-Match decides when present, by weak comparison; else
// If-Modified-Since (RFC 9110 §13.1.2, §13.1.3, §13.2.2).
struct Validators {
  std::optional<std::string_view> etag;
  std::optional<TimePoint> last_modified;
};
bool is_not_modified(const Headers& request_headers, const Validators&, TimePoint now);

// Must an origin answer 412? If-Match decides when present, by strong comparison; else If-Unmodified-Since (RFC 9110
// §13.1.1, §13.1.4, §13.2.2).
bool precondition_fails(const Headers& request_headers, const Validators&, TimePoint now);

// May the Range field count? If-Range, when present, must name the very representation: its strong entity tag, or its
// date to the second (RFC 9110 §13.1.5).
// Deviation: a date equal to Last-Modified holds however young it is; §8.8.2.2 calls it weak in its first second, but
// the reference (§1.8) honours it.
bool if_range_holds(const Headers& request_headers, const Validators&, TimePoint now);

}  // namespace festina::http
