// Entity tags and their lists from anybody: what is a tag names itself and nothing else does, what is none names nothing,
// and no line hides another.
#include "http/conditional.h"

#include <cstdint>
#include <string_view>

#include "base/errors.h"
#include "base/text.h"

namespace {

using namespace festina;

http::Headers with(http::Name name, std::string_view value) {
  http::Headers headers;
  headers.add(name, value);
  return headers;
}

void check_tag(std::string_view text) {
  const auto tag = http::parse_entity_tag(text);
  const http::Validators itself{.etag = text, .last_modified = {}};
  const bool is_strong = tag && !tag->weak;
  const bool is_any = trimmed(text) == "*";
  const TimePoint now;
  check(
      http::is_not_modified(with(http::Name::if_none_match, text), itself, now) ==
          (tag.has_value() || is_any),
      "a tag names itself, by weak comparison"
  );
  check(
      http::precondition_fails(with(http::Name::if_match, text), itself, now) ==
          !(is_strong || is_any),
      "and by strong comparison when it is strong"
  );
  check(
      !tag || http::if_range_holds(with(http::Name::if_range, text), itself, now) == is_strong,
      "and so it is of one range"
  );
}

void check_list(std::string_view text) {
  constexpr std::string_view other = "\"another\"";
  const http::Validators nothing;
  http::Headers lines = with(http::Name::if_none_match, text);
  check(
      http::is_not_modified(lines, nothing, TimePoint()) == (trimmed(text) == "*"),
      "without a tag there is only any"
  );
  lines.add(http::Name::if_none_match, other);
  check(
      http::is_not_modified(lines, {.etag = other, .last_modified = {}}, TimePoint()),
      "no line hides another"
  );
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_tag(text);
  check_list(text);
  return 0;
}
