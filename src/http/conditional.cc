#include "http/conditional.h"

#include <algorithm>

#include "base/text.h"
#include "http/date.h"

namespace festina::http {
namespace {

// etagc: visible bytes but the double quote, and bytes beyond ASCII. A backslash escapes nothing (RFC 9110 §8.8.3).
bool is_opaque_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != '"' && byte != 0x7F;
}

struct FrontTag {
  EntityTag tag;
  std::size_t length;  // of its text
};
std::optional<FrontTag> front_entity_tag(std::string_view text) {
  const bool weak = text.starts_with("W/");
  const std::size_t open = weak ? 2 : 0;
  if (text.substr(open, 1) != "\"") return std::nullopt;
  const std::size_t close = text.find('"', open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view opaque = text.substr(open + 1, close - open - 1);
  if (!std::all_of(opaque.begin(), opaque.end(), is_opaque_byte)) return std::nullopt;
  return FrontTag{{weak, opaque}, close + 1};
}

using Comparison = bool (*)(EntityTag, EntityTag);

// Does this list name the tag? What is no entity tag names nothing, and hides nothing behind its comma. `stored` unset:
// only "*" does, for there is a representation.
bool names_tag(
    std::string_view value, const std::optional<EntityTag>& stored, Comparison are_equal
) {
  std::string_view rest = trimmed(value);
  if (rest == "*") return true;
  while (!rest.empty()) {
    const auto front = front_entity_tag(rest);
    if (front) rest = trimmed(rest.substr(front->length));
    const bool is_member = front && (rest.empty() || rest.starts_with(','));
    if (is_member && stored && are_equal(front->tag, *stored)) return true;
    const std::size_t comma = std::min(rest.find(','), rest.size());
    rest = trimmed(rest.substr(std::min(comma + 1, rest.size())));
  }
  return false;
}

// Does any line of this name do so?
bool field_names_tag(
    const Headers& headers, Name name, const Validators& validators, Comparison are_equal
) {
  const auto stored = validators.etag ? parse_entity_tag(*validators.etag) : std::nullopt;
  return std::any_of(headers.begin(), headers.end(), [&](const Field& field) {
    return field.name == name && names_tag(field.value, stored, are_equal);
  });
}

}  // namespace

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  const auto front = front_entity_tag(text);
  if (!front || front->length != text.size()) return std::nullopt;
  return front->tag;
}

std::optional<EntityTag> strong_entity_tag(std::optional<std::string_view> etag) {
  const auto tag = etag ? parse_entity_tag(*etag) : std::nullopt;
  return tag && !tag->weak ? tag : std::nullopt;
}

bool weakly_equal(EntityTag a, EntityTag b) { return a.opaque == b.opaque; }

bool strongly_equal(EntityTag a, EntityTag b) { return !a.weak && !b.weak && a.opaque == b.opaque; }

bool is_not_modified(const Headers& request_headers, const Validators& validators, TimePoint now) {
  if (request_headers.has(Name::if_none_match)) {
    return field_names_tag(request_headers, Name::if_none_match, validators, weakly_equal);
  }
  const auto since = request_headers.get(Name::if_modified_since);
  if (!since || !validators.last_modified) return false;
  const auto date = parse_date(*since, now);  // what is no date is ignored (RFC 9110 §13.1.3)
  return date && *validators.last_modified <= *date;
}

std::string weakened(std::string_view etag) {
  const std::optional<EntityTag> tag = parse_entity_tag(etag);
  return tag && !tag->weak ? "W/" + std::string(etag) : std::string(etag);
}

bool precondition_fails(
    const Headers& request_headers, const Validators& validators, TimePoint now
) {
  if (request_headers.has(Name::if_match)) {
    return !field_names_tag(request_headers, Name::if_match, validators, strongly_equal);
  }
  const auto since = request_headers.get(Name::if_unmodified_since);
  if (!since || !validators.last_modified) return false;
  const auto date = parse_date(*since, now);  // what is no date is ignored (RFC 9110 §13.1.4)
  return date && *validators.last_modified > *date;
}

bool if_range_holds(const Headers& request_headers, const Validators& validators, TimePoint now) {
  const auto condition = request_headers.get(Name::if_range);
  if (!condition) return true;
  if (const auto tag = parse_entity_tag(*condition)) {
    const auto stored = validators.etag ? parse_entity_tag(*validators.etag) : std::nullopt;
    return stored && strongly_equal(*tag, *stored);
  }
  const auto date = parse_date(*condition, now);
  return date && date == validators.last_modified;
}

}  // namespace festina::http
