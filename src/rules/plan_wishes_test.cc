#include "rules/plan_wishes.h"

#include "rules/written.h"

namespace festina::rules {
namespace {

TEST(AsksFor, LooksAtEachFeatureByItself) {
  const struct {
    std::string_view settings;
    Feature feature;
    bool asks;
    const char* why;
  } cases[] = {
      {R"("cache": true)", Feature::custom_key, false, ""},
      {R"("cache_key": {"custom_key": {"user": {"lang": true}}})", Feature::custom_key, true, ""},
      {R"("cache_key": {"custom_key": {"query_string": {"exclude": "*"}}})",
       Feature::custom_key,
       false,
       "without the query on every plan"},
      {R"("cache_key": {"cache_by_device_type": true})", Feature::key_by_device_type, true, ""},
      {R"("cache_key": {"cache_by_device_type": false})", Feature::key_by_device_type, false, ""},
      {R"("additional_cacheable_ports": [])", Feature::cacheable_ports, true, ""},
      {R"("origin_cache_control": true)", Feature::origin_cache_control, true, "not so by itself"},
      {R"("origin_cache_control": false)", Feature::origin_cache_control, false, "so by itself"},
      {R"("origin_error_page_passthru": true)", Feature::error_pages, true, ""},
      {R"("cache": true)", Feature::cookie_rules, false, "of Page Rules"},
  };
  for (const auto& c : cases) {
    const auto rules = testing::cache_rules({{"a", c.settings}});
    EXPECT_EQ(asks_for(c.feature, rules.front().wishes, Plan::enterprise), c.asks)
        << c.settings << c.why;
  }
}

TEST(AsksFor, KnowsWhatIsOfPageRules) {
  const auto rules = testing::page_rules({
      {"example.com/a", R"({"id": "cache_on_cookie", "value": "a=.*"})"},
      {"example.com/b", R"({"id": "cache_ttl_by_status", "value": {"404": 1}})"},
      {"example.com/c", R"({"id": "edge_cache_ttl", "value": 7200})"},
  });
  const struct {
    std::size_t rule;
    bool cookies;
    bool statuses;
  } cases[] = {{0, true, false}, {1, false, true}, {2, false, false}};
  for (const auto& c : cases) {
    EXPECT_EQ(asks_for(Feature::cookie_rules, rules[c.rule]), c.cookies) << c.rule;
    EXPECT_EQ(asks_for(Feature::ttl_by_status, rules[c.rule]), c.statuses) << c.rule;
  }
}

}  // namespace
}  // namespace festina::rules
