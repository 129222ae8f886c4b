#include "rules/same.h"

#include <gtest/gtest.h>

#include "rules/parser.h"

namespace festina::rules {
namespace {

bool is_same(std::string_view a, std::string_view b) {
  const auto first = parse_condition(a, Phase::response, Plan::enterprise).value();
  const auto second = parse_condition(b, Phase::response, Plan::enterprise).value();
  return rules::is_same(std::get<Condition>(first->root), std::get<Condition>(second->root));
}

TEST(Same, LooksAtWhatIsSaidNotAtHow) {
  const struct {
    std::string_view a;
    std::string_view b;
    bool is_same;
    const char* why;
  } cases[] = {
      {"true", "true", true, "every request"},
      {"ssl", "true", false, "other kinds of conditions"},
      {"http.host eq \"a\"", "(http.host   ==  \"a\")", true, "two ways of writing"},
      {"http.host eq \"a\"", "http.host eq \"b\"", false, "another text"},
      {"http.host eq \"a\"", "http.host ne \"a\"", false, "another relation"},
      {"http.host eq \"a\"", "http.referer eq \"a\"", false, "another field"},
      {"not ssl", "!ssl", true, ""},
      {"ssl and http.host eq \"a\"", "ssl && http.host eq \"a\"", true, ""},
      {"ssl and http.host eq \"a\"", "ssl or http.host eq \"a\"", false, "another operator"},
      {"ssl or http.host eq \"a\"", "ssl or http.host eq \"a\" or not ssl", false, "more terms"},
      {"http.host in {\"a\" \"b\"}", "http.host in {\"b\" \"a\"}", true, "sets have no order"},
      {"http.host in {\"a\" \"b\"}", "http.host in {\"a\"}", false, ""},
      {"ip.src.asnum in {1..3}", "ip.src.asnum in {1 2..3}", false, "not seen: ranges side by side"
      },
      {"ip.src in {10.0.0.0/8}", "ip.src in {10.0.0.0/8}", true, ""},
      {"ip.src in {10.0.0.0/8}", "ip.src in {10.0.0.0/9}", false, ""},
      {"http.host matches \"a.c\"", "http.host ~ \"a.c\"", true, "the pattern"},
      {"http.host matches \"a.c\"", "http.host matches \"a.d\"", false, ""},
      {"http.host wildcard \"a*\"", "http.host wildcard \"A*\"", true, "case is ignored"},
      {"http.host wildcard \"a*\"", "http.host strict wildcard \"a*\"", false, "there it is not"},
      {"lower(http.referer) eq \"a\"", "lower(http.referer) eq \"a\"", true, "a call"},
      {"lower(http.referer) eq \"a\"", "upper(http.referer) eq \"a\"", false, "another function"},
      {"substring(http.referer, 1) eq \"a\"",
       "substring(http.referer, 2) eq \"a\"",
       false,
       "another argument"},
      {"http.request.headers[\"a\"][0] eq \"b\"",
       "http.request.headers[\"a\"][0] eq \"b\"",
       true,
       "a way into it"},
      {"http.request.headers[\"a\"][0] eq \"b\"",
       "http.request.headers[\"a\"][1] eq \"b\"",
       false,
       "another way"},
      {"any(http.request.headers[\"a\"][*] eq \"b\")",
       "any(http.request.headers[\"a\"][*] == \"b\")",
       true,
       "of each item"},
      {"any(http.request.headers[\"a\"][*] eq \"b\")",
       "all(http.request.headers[\"a\"][*] eq \"b\")",
       false,
       "of all items"},
      {"starts_with(http.host, \"a\")", "http.host starts_with \"a\"", true, "call or operator"},
      {"starts_with(http.host, \"a\")", "ends_with(http.host, \"a\")", false, ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(is_same(c.a, c.b), c.is_same) << c.a << " | " << c.b << " " << c.why;
    EXPECT_EQ(is_same(c.b, c.a), c.is_same) << c.b << " | " << c.a << " " << c.why;
  }
}

}  // namespace
}  // namespace festina::rules
