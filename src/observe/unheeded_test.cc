#include "observe/unheeded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::observe {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string said_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  http::Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return unheeded(headers);
}

TEST(Unheeded, NamesFieldsThatSpeakToThisCacheAlone) {
  for (const std::string_view name :
       {"Cache-Tag", "CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"}) {
    EXPECT_THAT(
        said_of({{name, "max-age=60"}}),
        HasSubstr(std::string(name) + " of the Worker's answer has")
    );
  }
  EXPECT_THAT(
      said_of({{"Cache-Tag", "a"}, {"CDN-Cache-Control", "max-age=5"}}),
      HasSubstr("Cache-Tag, CDN-Cache-Control of")
  );
}

TEST(Unheeded, NamesTheThreeRemedies) {
  EXPECT_THAT(
      said_of({{"Cache-Tag", "a"}}),
      AllOf(HasSubstr("caches.default.put"), HasSubstr("cf.cacheTtl"), HasSubstr("Workers Caching"))
  );
}

TEST(Unheeded, LetsCacheControlReachBrowsers) {
  struct Case {
    std::string_view value;
    bool is_named;
    const char* why;
  };
  const Case cases[] = {
      {"max-age=60", true, "a cache might keep it"},
      {"public", true, "the same"},
      {"s-maxage=60", true, "speaks to shared caches"},
      {"stale-while-revalidate=5", true, "the same"},
      {"max-age=0", false, "asks for nothing to be kept"},
      {"no-store", false, "nothing is stored, as it says"},
      {"private, max-age=60", false, "for browsers, as it says"},
      {"no-cache", false, "nothing is used unasked, as it says"},
  };
  for (const Case& each : cases) {
    const std::string said = said_of({{"Cache-Control", each.value}});
    EXPECT_EQ(!said.empty(), each.is_named) << each.value << ": " << each.why;
    EXPECT_EQ(said.find("reaches browsers alone") != std::string::npos, each.is_named);
  }
}

TEST(Unheeded, SaysNothingOfWhatCameOutOfACache) {
  EXPECT_THAT(
      said_of({{"Cache-Control", "max-age=60"}, {"CF-Cache-Status", "HIT"}}),
      Not(HasSubstr("Cache"))
  );
  EXPECT_EQ(said_of({{"Content-Type", "text/plain"}}), "");
}

}  // namespace
}  // namespace festina::observe
