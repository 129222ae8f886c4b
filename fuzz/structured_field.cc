// Structured fields from anybody: what is a dictionary stays one when a member is added, and as directives it keeps within
// the limits.
#include "http/structured_field.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/cache_control.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace festina;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto found = http::parse_dictionary(text);
  if (found && !found->empty()) {
    const auto longer = http::parse_dictionary(text + ",\tlast=1");
    const http::DictionaryMember last{.key = "last", .value = std::int64_t{1}};
    check(
        longer && std::ranges::find(*longer, last) != longer->end(),
        "a dictionary takes another member"
    );
  }

  http::Headers headers;
  headers.add(http::Name::cdn_cache_control, text);
  const http::EdgeDirectives edge = http::standard_edge_directives(headers);
  check(
      (edge.source == http::DirectiveSource::cdn_cache_control) == (found && !found->empty()),
      "a malformed field is none"
  );
  for (const auto& delta : {edge.directives.max_age, edge.directives.s_maxage}) {
    check(!delta || (delta->count() >= 0 && *delta <= http::kMaxDelta), "a delta has limits");
  }
  return 0;
}
