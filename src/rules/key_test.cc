#include "rules/key.h"

#include <gtest/gtest.h>

#include "policy/cache_key.h"
#include "rules/asked.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using policy::Device;
using policy::QueryInKey;
using policy::Setter;
using testing::Asked;
using testing::cache_rules;
using testing::page_rules;

ZoneRules with(std::vector<CacheRule> rules) {
  return {.plan = Plan::enterprise, .cache_rules = std::move(rules)};
}
policy::KeySpec spec_of(const ZoneRules& rules, const Asked& asked) {
  return key_spec(rules, hear(rules, asked.facts()), asked.facts());
}

TEST(KeySpec, TakesTheQueryByLevelOrRule) {  // reference §1.7, §6.2, §8.2
  const auto dropping = R"("cache_key": {"custom_key": {"query_string": {"exclude": "*"}}})";
  const auto keeping = R"("cache_key": {"custom_key": {"host": {"resolved": false}}})";
  const auto sorting = R"("cache_key": {"ignore_query_strings_order": true})";
  const auto not_sorting = R"("cache_key": {"ignore_query_strings_order": false})";
  const Settings simplified{.cache_level = CacheLevel::simplified};
  const Settings sorted{.sort_query_string_for_cache = true};
  const struct {
    Settings settings;
    std::vector<CacheRule> rules;
    std::vector<PageRule> page;
    const char* path;
    QueryInKey query;
    std::optional<Setter> setter;
    const char* why;
  } cases[] = {
      {{}, {}, {}, "/a.css?x", QueryInKey::whole, {}, "the whole URL"},
      {simplified, {}, {}, "/a.css?x", QueryInKey::dropped, Setter::zone_setting, "static"},
      {simplified, {}, {}, "/p?x", QueryInKey::whole, {}, "not static"},
      {simplified,
       {},
       page_rules({{"*", R"({"id": "cache_level", "value": "aggressive"})"}}),
       "/a.css?x",
       QueryInKey::whole,
       {},
       "the Page Rule's level stands in place of the zone's"},
      {{},
       {},
       page_rules({{"*", R"({"id": "cache_level", "value": "simplified"})"}}),
       "/a.css?x",
       QueryInKey::dropped,
       Setter::page_rule,
       ""},
      {simplified,
       cache_rules({{"c", keeping}}),
       {},
       "/a.css?x",
       QueryInKey::whole,
       {},
       "a rule with a key says it all"},
      {{},
       cache_rules({{"c", dropping}}),
       {},
       "/p?x",
       QueryInKey::dropped,
       Setter::cache_rule,
       "whatever the extension"},
      {sorted, {}, {}, "/p?x", QueryInKey::sorted, Setter::zone_setting, ""},
      {{}, cache_rules({{"c", sorting}}), {}, "/p?x", QueryInKey::sorted, Setter::cache_rule, ""},
      {sorted, cache_rules({{"c", not_sorting}}), {}, "/p?x", QueryInKey::whole, {}, ""},
      {{},
       {},
       page_rules({{"*", R"({"id": "sort_query_string_for_cache", "value": "on"})"}}),
       "/p?x",
       QueryInKey::sorted,
       Setter::page_rule,
       ""},
  };
  for (const auto& c : cases) {
    ZoneRules rules = with(c.rules);
    rules.settings = c.settings;
    rules.page_rules = c.page;
    const Asked asked("http://example.com" + std::string(c.path));
    const Heard heard = hear(rules, asked.facts());
    const policy::KeySpec spec = key_spec(rules, heard, asked.facts());
    EXPECT_EQ(spec.query, c.query) << c.path << " " << c.why;
    const auto step = key_step(spec, heard);
    EXPECT_EQ(step.has_value(), c.setter.has_value()) << c.path << " " << c.why;
    if (step && c.setter) EXPECT_EQ(step->setter, *c.setter) << c.path << " " << c.why;
  }
}

TEST(KeySpec, KnowsWhoAsks) {  // reference §11.3
  const ZoneRules rules = with(cache_rules(
      {{"c",
        R"("cache_key": {"custom_key": {"user": {"device_type": true, "geo": true, "lang": true}}})"
      }}
  ));
  Asked asked("http://example.com/a", "User-Agent: iPhone\nAccept-Language: en-US,de;q=0.5");
  asked.from("192.0.2.1", "DE");
  const policy::KeySpec spec = spec_of(rules, asked);
  EXPECT_EQ(spec.device, Device::mobile);
  EXPECT_EQ(spec.country, "DE");
  EXPECT_EQ(spec.language, "en");
  EXPECT_EQ(spec_of(rules, Asked("http://example.com/a")).language, "") << "who tells none";

  const ZoneRules by_device =
      with(cache_rules({{"c", R"("cache_key": {"cache_by_device_type": true})"}}));
  EXPECT_EQ(spec_of(by_device, asked).device, Device::mobile);
  EXPECT_EQ(spec_of(by_device, asked).country, std::nullopt);
  EXPECT_EQ(spec_of({}, asked).device, std::nullopt);
}

TEST(KeySpec, IsThatOfARuleWhereAPurgeNamesTheSame) {  // reference §10.4
  const ZoneRules rules = with(cache_rules(
      {{"c",
        R"("cache_key": {"custom_key": {"query_string": {"exclude": ["utm"]},
           "user": {"device_type": true, "geo": true, "lang": true}}})"}}
  ));
  Asked visitor(
      "http://example.com/a?utm=1&b=2", "User-Agent: iPhone\nAccept-Language: en-US\nCookie: c=1"
  );
  visitor.from("192.0.2.1", "DE");
  const Asked purge(
      "http://example.com/a?b=2&utm=9",
      "CF-Device-Type: mobile\nCF-IPCountry: DE\nAccept-Language: en"
  );
  const auto text = [](const Asked& asked, const policy::KeySpec& spec) {
    return policy::cache_key("z", http::Scheme::http, asked.request, spec).text;
  };
  EXPECT_EQ(
      text(purge, key_spec_of_purge(rules, purge.request, purge.visit)),
      text(visitor, spec_of(rules, visitor))
  );
  const Asked bare("http://example.com/a?b=2");
  EXPECT_EQ(
      text(bare, key_spec_of_purge(rules, bare.request, bare.visit)),
      "http://example.com/a?b=2 device=desktop country= language="
  );
}

TEST(KeySpec, IsAnotherToAPurgeWhereARuleAsksForTheMethod) {  // reference §6.3
  const ZoneRules rules = with(cache_rules(
      {{"c",
        R"("cache_key": {"custom_key": {"query_string": {"exclude": "*"}}})",
        R"(http.request.method eq "GET")"}}
  ));
  Asked purge("http://example.com/a?b");
  EXPECT_EQ(spec_of(rules, purge).query, QueryInKey::dropped);
  purge.request.method = http::Method::purge;
  purge.request.method_text = "PURGE";
  EXPECT_EQ(key_spec_of_purge(rules, purge.request, purge.visit).query, QueryInKey::whole);
}

}  // namespace
}  // namespace festina::rules
