#include "http/field_name.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace festina::http {
namespace {

std::string upper(std::string_view text) {
  std::string raised(text);
  for (char& c : raised) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return raised;
}

TEST(Name, EveryNameIsFoundUnderItsSpelling) {
  for (int i = 1; i <= static_cast<int>(Name::x_rewrite_url); ++i) {
    const Name name = static_cast<Name>(i);
    EXPECT_EQ(name_of(spelling(name)), name) << spelling(name);
    EXPECT_EQ(name_of(lower(spelling(name))), name) << spelling(name);
    EXPECT_EQ(name_of(upper(spelling(name))), name) << spelling(name);
  }
}

TEST(Name, SpellingsBelongToTheirNumbers) {
  EXPECT_EQ(name_of("cache-control"), Name::cache_control);
  EXPECT_EQ(name_of("etag"), Name::etag);
  EXPECT_EQ(name_of("te"), Name::te);
  EXPECT_EQ(name_of("cf-ipcountry"), Name::cf_ip_country);
  EXPECT_EQ(name_of("x-rewrite-url"), Name::x_rewrite_url);
}

TEST(Name, OthersAreOther) {
  for (const std::string_view text :
       {"", "x", "Hosts", "Hast", "X-Custom", "Content-Lengths", "Cache_Control"}) {
    EXPECT_EQ(name_of(text), Name::other) << text;
  }
}

}  // namespace
}  // namespace festina::http
