#include "rules/cache_parameters.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

struct Read {
  Wishes wishes;
  Texts faults;
};
Read read(std::string_view text, Plan plan = Plan::enterprise) {
  const json::Value value = json::parse(text).value();
  Findings findings;
  Reading reading(value, findings);
  Read result{.wishes = read_cache_parameters(reading, plan), .faults = {}};
  for (const Fault& fault : findings.faults)
    result.faults.push_back(fault.pointer + ": " + fault.message);
  return result;
}

TEST(CacheParameters, ReadTheWholeOfWhatTheApiAccepts) {  // reference §6.2
  const Read all = read(R"({
      "cache": true,
      "edge_ttl": {"mode": "override_origin", "default": 60, "status_code_ttl": [
          {"status_code_range": {"from": 500}, "value": -1},
          {"status_code_range": {"to": 199}, "value": 0},
          {"status_code_range": {"from": 200, "to": 399}, "value": 1},
          {"status_code": 400, "value": 2},
          {"status_code": 401, "value": "no-store"},
          {"status_code": 402, "value": "no-cache"}]},
      "browser_ttl": {"mode": "override_origin", "default": 60},
      "cache_reserve": {"eligible": true, "minimum_file_size": 1024},
      "origin_cache_control": true, "respect_strong_etags": true,
      "origin_error_page_passthru": false, "read_timeout": 900,
      "additional_cacheable_ports": [8443, 1, 65535],
      "serve_stale": {"disable_stale_while_updating": true},
      "origin_range_requests": {"mode": "on"}, "shared_dictionary": {"match_pattern": "/a/*"},
      "cache_key": {"cache_by_device_type": true, "cache_deception_armor": false,
          "ignore_query_strings_order": true,
          "custom_key": {"cookie": {"include": ["c"]}, "user": {"geo": true}}},
      "vary": {"default": {"action": "bypass"}, "headers": {
          "accept-language": {"action": "normalize", "languages": ["en", "de"]}}}})");
  EXPECT_EQ(all.faults, Texts{});
  const Wishes& wishes = all.wishes;
  EXPECT_EQ(wishes.cache, true);
  const EdgeTtl edge{
      .mode = EdgeTtl::Mode::override_origin,
      .ttl = 60s,
      .by_status =
          {{{400, 400}, 2s},
           {{401, 401}, -1s},
           {{402, 402}, 0s},
           {{500, 999}, -1s},
           {{100, 199}, 0s},
           {{200, 399}, 1s}}
  };
  EXPECT_EQ(wishes.edge_ttl, edge);
  const BrowserTtl browser{.mode = BrowserTtl::Mode::override_origin, .ttl = 60s};
  EXPECT_EQ(wishes.browser_ttl, browser);
  EXPECT_EQ(wishes.origin_cache_control, true);
  EXPECT_EQ(wishes.respects_strong_etags, true);
  EXPECT_EQ(wishes.passes_error_pages, false);
  EXPECT_EQ(wishes.read_timeout, 900s);
  EXPECT_EQ(wishes.ports, (std::vector<std::uint16_t>{8443, 1, 65535}));
  EXPECT_EQ(wishes.may_be_updating, false);
  EXPECT_EQ(wishes.by_device_type, true);
  EXPECT_EQ(wishes.deception_armor, false);
  EXPECT_EQ(wishes.sorted_query, true);
  if (!wishes.key || !wishes.key->custom) FAIL();
  EXPECT_EQ(wishes.key->custom->cookies, Texts{"c"});
  EXPECT_TRUE(wishes.key->by_country);
  if (!wishes.vary) FAIL();
  EXPECT_EQ(wishes.vary->rules.size(), 1U);
  EXPECT_EQ(wishes.idle, (Texts{"cache_reserve", "origin_range_requests", "shared_dictionary"}));
}

TEST(CacheParameters, MeanNothingWhereTheyAreEmpty) {  // reference §6.2
  const Read empty = read(R"({"cache_key": {"custom_key": {}}, "edge_ttl": {}, "browser_ttl": {},
      "serve_stale": {}, "cache": null, "origin_range_requests": {"mode": "default"},
      "cache_reserve": {"eligible": false}})");
  EXPECT_EQ(empty.faults, Texts{});
  EXPECT_FALSE(empty.wishes.edge_ttl || empty.wishes.browser_ttl || empty.wishes.key);
  EXPECT_FALSE(empty.wishes.may_be_updating || empty.wishes.cache);
  EXPECT_EQ(empty.wishes.idle, Texts{});
}

TEST(CacheParameters, RefuseWhatIsOutOfBounds) {  // reference §6.2
  const struct {
    const char* text;
    const char* fault;
  } cases[] = {
      {R"({"cache": "on"})", "/cache: cache must be true or false"},
      {R"({"edge_ttl": {"default": 60}})", "/edge_ttl/mode: mode is missing"},
      {R"({"edge_ttl": {"mode": "override"}})",
       "/edge_ttl/mode: mode must be \"respect_origin\", \"bypass_by_default\" or "
       "\"override_origin\""},
      {R"({"edge_ttl": {"mode": "override_origin"}})", "/edge_ttl/default: default is missing"},
      {R"({"edge_ttl": {"mode": "respect_origin", "default": 60}})",
       "/edge_ttl/default: default is useless in a mode other than \"override_origin\""},
      {R"({"edge_ttl": {"mode": "override_origin", "default": -1}})",
       "/edge_ttl/default: default must be a whole number from 0 to 31536000"},
      {R"({"edge_ttl": {"mode": "override_origin", "default": 31536001}})",
       "/edge_ttl/default: default must be a whole number from 0 to 31536000"},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl": [{"value": 1}]}})",
       "/edge_ttl/status_code_ttl/0: must have either \"status_code\" or \"status_code_range\""},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code": 200, "status_code_range": {"from": 1}, "value": 1}]}})",
       "/edge_ttl/status_code_ttl/0: must have either \"status_code\" or \"status_code_range\""},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code": 99, "value": 1}]}})",
       "/edge_ttl/status_code_ttl/0/status_code: status_code must be a whole number from 100 to "
       "999"},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code": 1000, "value": 1}]}})",
       "/edge_ttl/status_code_ttl/0/status_code: status_code must be a whole number from 100 to "
       "999"},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code_range": {}, "value": 1}]}})",
       "/edge_ttl/status_code_ttl/0/status_code_range: must have \"from\" or \"to\""},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code_range": {"from": 300, "to": 200}, "value": 1}]}})",
       "/edge_ttl/status_code_ttl/0/status_code_range/from: from must not be greater than \"to\""},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code": 200, "value": -2}]}})",
       "/edge_ttl/status_code_ttl/0/value: value must be a whole number from -1 to 31536000"},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl": [{"status_code": 200}]}})",
       "/edge_ttl/status_code_ttl/0/value: value is missing"},
      {R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl":
          [{"status_code": 200, "value": "none"}]}})",
       "/edge_ttl/status_code_ttl/0/value: value must be \"no-store\" or \"no-cache\""},
      {R"({"browser_ttl": {"mode": "bypass", "default": 1}})",
       "/browser_ttl/default: default is useless in a mode other than \"override_origin\""},
      {R"({"cache_reserve": {}})", "/cache_reserve/eligible: eligible is missing"},
      {R"({"additional_cacheable_ports": [0]})",
       "/additional_cacheable_ports/0: must be a whole number from 1 to 65535"},
      {R"({"additional_cacheable_ports": ["8443"]})",
       "/additional_cacheable_ports/0: must be a whole number from 1 to 65535"},
      {R"({"additional_cacheable_ports": [65536]})",
       "/additional_cacheable_ports/0: must be a whole number from 1 to 65535"},
      {R"({"read_timeout": 99})",
       "/read_timeout: read_timeout must be a whole number from 100 to 6000"},
      {R"({"read_timeout": 6001})",
       "/read_timeout: read_timeout must be a whole number from 100 to 6000"},
      {R"({"vary": {}})", "/vary: default is missing"},
      {R"({"origin_range_requests": {"mode": "of"}})",
       "/origin_range_requests/mode: mode must be \"on\", \"off\" or \"default\""},
      {R"({"cach": true})", "/cach: cach is not known here, did you mean \"cache\"?"},
      {R"({"cache_key": {"cutom_key": {}}})",
       "/cache_key/cutom_key: cutom_key is not known here, did you mean \"custom_key\"?"},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.text).faults, Texts{c.fault}) << c.text;
}

TEST(CacheParameters, KeepToTheLeastTtlOfThePlan) {  // reference §6.2
  const struct {
    Plan plan;
    int least;
  } cases[] = {{Plan::free, 7200}, {Plan::pro, 3600}, {Plan::business, 1}, {Plan::enterprise, 1}};
  for (const auto& c : cases) {
    const auto rule = [](int ttl) {
      return R"({"edge_ttl": {"mode": "override_origin", "default": )" + std::to_string(ttl) + "}}";
    };
    EXPECT_EQ(read(rule(c.least), c.plan).faults, Texts{});
    EXPECT_EQ(
        read(rule(c.least - 1), c.plan).faults,
        Texts{
            "/edge_ttl/default: default must be at least " + std::to_string(c.least) +
            " on this plan"
        }
    );
  }
}

TEST(CacheParameters, HaveLimits) {
  const auto statuses = [](std::size_t count) {
    std::string text = R"({"edge_ttl": {"mode": "respect_origin", "status_code_ttl": [)";
    for (std::size_t i = 0; i < count; ++i)
      text += std::string(i > 0 ? "," : "") + R"({"status_code": 200, "value": 1})";
    return text + "]}}";
  };
  EXPECT_EQ(read(statuses(kMaxRuleStatusTtls)).faults, Texts{});
  EXPECT_EQ(read(statuses(kMaxRuleStatusTtls + 1)).faults.size(), 1U);
  const auto ports = [](std::size_t count) {
    std::string text = R"({"additional_cacheable_ports": [1)";
    for (std::size_t i = 1; i < count; ++i) text += ",1";
    return text + "]}";
  };
  EXPECT_EQ(read(ports(kMaxCacheablePorts)).faults, Texts{});
  EXPECT_EQ(read(ports(kMaxCacheablePorts + 1)).faults.size(), 1U);
}

}  // namespace
}  // namespace festina::rules
