// Cache-Control from anybody: directives stay within their limits, and a field in two lines reads like one.
#include "http/cache_control.h"

#include <cstdint>
#include <string_view>

#include "base/errors.h"
#include "http/field_syntax.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace festina;
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const http::CacheControl found = http::parse_cache_control(value);
  for (const auto& delta :
       {found.max_age,
        found.s_maxage,
        found.stale_while_revalidate,
        found.stale_if_error,
        found.max_stale,
        found.min_fresh}) {
    check(!delta || (delta->count() >= 0 && *delta <= http::kMaxDelta), "a delta has limits");
  }
  for (const auto* fields : {&found.private_fields, &found.no_cache_fields}) {
    for (const auto& field : *fields) check(http::is_token(field), "a field has a name");
  }
  check(
      http::parse_cache_control(std::string(value) + ", no-store").no_store,
      "nothing hides what follows"
  );

  http::Headers headers;
  headers.add(http::Name::cache_control, value);
  check(http::edge_directives(headers).directives == found, "one line is the field");
  return 0;
}
