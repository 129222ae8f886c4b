#include "rules/directive_edit.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

struct Read {
  std::vector<DirectiveEdit> edits;
  Texts faults;
};
Read read(std::string_view text) {
  const json::Value value = json::parse(text).value();
  Findings findings;
  Reading reading(value, findings);
  Read result{.edits = read_directive_edits(reading), .faults = {}};
  for (const Fault& fault : findings.faults)
    result.faults.push_back(fault.pointer + ": " + fault.message);
  return result;
}

TEST(DirectiveEdits, ReadEveryDirective) {  // reference §6.4
  const Read all = read(R"({
      "max-age": {"operation": "set", "value": 60},
      "s-maxage": {"operation": "set", "value": 3600, "cloudflare_only": true},
      "stale-if-error": {"operation": "remove"},
      "stale-while-revalidate": {"operation": "set", "value": 2147483647},
      "private": {"operation": "set", "qualifiers": ["x-a", "x-b"]},
      "no-cache": {"operation": "set"}, "no-store": {"operation": "remove"},
      "no-transform": {"operation": "set"}, "must-revalidate": {"operation": "set"},
      "proxy-revalidate": {"operation": "set"}, "must-understand": {"operation": "set"},
      "public": {"operation": "set"}, "immutable": {"operation": "set"}})");
  EXPECT_EQ(all.faults, Texts{});
  ASSERT_EQ(all.edits.size(), 13U);
  const DirectiveEdit second{.directive = "s-maxage", .value = 3600s, .is_for_edge_only = true};
  EXPECT_EQ(all.edits[1], second);
  const DirectiveEdit third{.directive = "stale-if-error", .sets = false};
  EXPECT_EQ(all.edits[2], third);
  EXPECT_EQ(all.edits[4].qualifiers, (Texts{"x-a", "x-b"}));
}

TEST(DirectiveEdits, RefuseWhatTheyAreNot) {  // reference §6.4
  const struct {
    const char* text;
    const char* fault;
  } cases[] = {
      {"{}", ": action parameters are required for the set_cache_control action"},
      {R"({"max_age": {"operation": "set", "value": 1}})",
       "/max_age: is no directive that may be edited, did you mean \"max-age\"?"},
      {R"({"max-age": {"operation": "set"}})", "/max-age/value: value is missing"},
      {R"({"max-age": {"operation": "set", "value": -1}})",
       "/max-age/value: value must be a whole number from 0 to 2147483647"},
      {R"({"max-age": {"operation": "set", "value": 2147483648}})",
       "/max-age/value: value must be a whole number from 0 to 2147483647"},
      {R"({"max-age": {"value": 1}})", "/max-age/operation: operation is missing"},
      {R"({"public": {"operation": "set", "value": 1}})", "/public/value: value means nothing there"
      },
      {R"({"public": {"operation": "set", "qualifiers": ["a"]}})",
       "/public/qualifiers: qualifiers mean nothing there"},
      {R"({"private": {"operation": "remove", "qualifiers": ["a"]}})",
       "/private/qualifiers: qualifiers mean nothing there"},
      {R"({"private": {"operation": "set", "qualifiers": ["a b"]}})",
       "/private/qualifiers: qualifiers must be names of headers"},
      {R"({"private": true})", "/private: must be an object"},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.text).faults, Texts{c.fault}) << c.text;
}

TEST(DirectiveEdit, ChangesOneDirectiveInTheText) {
  const DirectiveEdit set{.directive = "max-age", .value = 60s};
  const DirectiveEdit remove{.directive = "max-age", .sets = false};
  const DirectiveEdit qualified{.directive = "private", .qualifiers = {"x-a", "x-b"}};
  const struct {
    DirectiveEdit edit;
    const char* before;
    const char* after;
  } cases[] = {
      {set, "", "max-age=60"},
      {set, "public, Max-Age=5", "public, max-age=60"},
      {set, "max-age=5, public, max-age=7", "public, max-age=60"},
      {remove, "public, max-age=5, x=\"a, b\"", "public, x=\"a, b\""},
      {remove, "max-age=5", ""},
      {remove, "", ""},
      {qualified, "private, max-age=5", "max-age=5, private=\"x-a, x-b\""},
  };
  for (const auto& c : cases) EXPECT_EQ(applied(c.edit, c.before), c.after) << c.before;
}

TEST(DirectiveEdit, ChangesWhatTheEdgeObeys) {
  http::CacheControl directives = http::parse_cache_control("private, max-age=5, no-cache=\"a\"");
  apply({.directive = "max-age", .value = 60s}, directives);
  apply({.directive = "private", .sets = false}, directives);
  apply({.directive = "no-cache", .sets = false}, directives);
  apply({.directive = "immutable"}, directives);
  EXPECT_EQ(directives, http::parse_cache_control("max-age=60, immutable"));
  apply({.directive = "private", .qualifiers = {"b"}}, directives);
  apply({.directive = "max-age", .sets = false}, directives);
  EXPECT_EQ(directives, http::parse_cache_control("immutable, private=\"b\""));
}

TEST(DirectiveEdit, SettlesTheLifetimeOrNot) {  // reference §3.1
  EXPECT_TRUE(settles_lifetime({.directive = "s-maxage", .value = 1s}));
  EXPECT_TRUE(settles_lifetime({.directive = "no-store"}));
  EXPECT_FALSE(settles_lifetime({.directive = "no-store", .sets = false}));
  EXPECT_FALSE(settles_lifetime({.directive = "public"}));
  EXPECT_FALSE(settles_lifetime({.directive = "private", .qualifiers = {"a"}}));
}

}  // namespace
}  // namespace festina::rules
