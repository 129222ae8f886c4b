#include "rules/response_rules.h"

#include <gtest/gtest.h>

#include "policy/freshness.h"
#include "policy/storability.h"
#include "rules/asked.h"
#include "rules/written.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using testing::AllWritten;
using testing::Asked;
using testing::response_rules;
using Texts = std::vector<std::string>;
using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view kTags = "set_cache_tags";
constexpr std::string_view kControl = "set_cache_control";

Asked answered(const Fields& fields, http::Status status = 200) {
  Asked asked("http://example.com/a.css");
  asked.response.status = status;
  for (const auto& [name, value] : fields) asked.response.headers.add(name, value);
  return asked;
}
CacheDecision eligible() {
  CacheDecision decision;
  decision.eligible = decision.may_use_cache = true;
  return decision;
}
CacheDecision after(AllWritten rules, const Asked& asked, CacheDecision decision = eligible()) {
  return after_response(response_rules(rules), asked.facts(), std::move(decision));
}
// What the edge makes of the response: stored for how long, or why not.
std::string fate(const Asked& asked, const CacheDecision& decision) {
  http::Response response = asked.response;
  policy::edit_response(response.headers, decision);
  const auto facts = policy::facts_of(response, {}, decision);
  const auto verdict = policy::may_store(asked.request, response, facts, decision, std::nullopt);
  if (!verdict.may_store) return "not stored";
  const auto ttl = policy::owners_ttl(decision, facts, response.status);
  const auto lifetime = policy::origin_lifetime(facts, response.status, decision.profile);
  return std::to_string((ttl ? *ttl : lifetime.value_or(0s)).count());
}
std::string told(const Asked& asked, const CacheDecision& decision) {
  http::Headers headers = asked.response.headers;
  policy::edit_response(headers, decision);
  return headers.joined(http::Name::cache_control).value_or("");
}

TEST(ResponseRules, ChangeWhatTheEdgeObeysAndOthersAreTold) {  // reference §3.1, §6.4
  CacheDecision ruled = eligible();
  ruled.edge_ttl = 7200s;
  const struct {
    AllWritten rules;
    Fields fields;
    CacheDecision decision;
    const char* fate;
    const char* told;
    const char* why;
  } cases[] = {
      {{}, {{"Cache-Control", "s-maxage=600"}}, ruled, "7200", "s-maxage=600", "no rule"},
      {{{"r",
         R"("s-maxage": {"operation": "set", "value": 3600, "cloudflare_only": true})",
         "true",
         true,
         kControl}},
       {{"Cache-Control", "s-maxage=600"}},
       ruled,
       "3600",
       "s-maxage=600",
       "before a Cache Rule's TTL; others are not told"},
      {{{"r", R"("max-age": {"operation": "set", "value": 60})", "true", true, kControl}},
       {{"Cache-Control", "public, max-age=5"}},
       eligible(),
       "60",
       "public, max-age=60",
       ""},
      {{{"r", R"("no-store": {"operation": "set"})", "true", true, kControl}},
       {{"Cache-Control", "max-age=5"}},
       ruled,
       "not stored",
       "max-age=5, no-store",
       "may forbid to store"},
      {{{"r", R"("no-store": {"operation": "remove"})", "true", true, kControl}},
       {{"Cache-Control", "max-age=5, no-store"}},
       eligible(),
       "5",
       "max-age=5",
       ""},
      {{{"1", R"("max-age": {"operation": "set", "value": 1})", "true", true, kControl},
        {"2", R"("max-age": {"operation": "set", "value": 2})", "true", true, kControl},
        {"3",
         R"("max-age": {"operation": "set", "value": 3})",
         "http.response.code eq 404",
         true,
         kControl},
        {"4", R"("max-age": {"operation": "set", "value": 4})", "true", false, kControl}},
       {},
       eligible(),
       "2",
       "max-age=2",
       "the last that matches and is enabled"},
      {{{"r", R"("public": {"operation": "set"})", "true", true, kControl}},
       {{"Expires", "Thu, 01 Jan 1970 00:01:00 GMT"}},
       eligible(),
       "60",
       "public",
       "Expires still counts where no directive speaks"},
      {{{"r", R"("public": {"operation": "set"})", "true", true, kControl}},
       {},
       ruled,
       "7200",
       "public",
       "says nothing of how long"},
      {{{"r", R"("max-age": {"operation": "set", "value": 60})", "true", true, kControl}},
       {{"Cache-Control", "max-age=5"}, {"CDN-Cache-Control", "max-age=7"}},
       eligible(),
       "60",
       "max-age=60",
       "before the CDN's own field"},
  };
  for (const auto& c : cases) {
    const Asked asked = answered(c.fields);
    const CacheDecision decision = after(c.rules, asked, c.decision);
    EXPECT_EQ(fate(asked, decision), c.fate) << c.why;
    EXPECT_EQ(told(asked, decision), c.told) << c.why;
  }
}

TEST(ResponseRules, EditTags) {  // reference §6.4
  const Asked asked = answered({{"Cache-Tag", "A, b"}, {"X-Tags", "c,d"}});
  const struct {
    AllWritten rules;
    Texts tags;
  } cases[] = {
      {{{"r", R"("operation": "add", "values": ["C", "a"])", "true", true, kTags}}, {"b", "c", "a"}
      },
      {{{"r", R"("operation": "remove", "values": ["A"])", "true", true, kTags}}, {"b"}},
      {{{"r", R"("operation": "set", "values": ["x"])", "true", true, kTags}}, {"x"}},
      {{{"1", R"("operation": "set", "values": ["x"])", "true", true, kTags},
        {"2", R"("operation": "add", "values": ["y"])", "true", true, kTags}},
       {"x", "y"}},
      {{{"r",
         R"x("operation": "set", "expression": "split(http.response.headers[\"x-tags\"][0], \",\", 10)")x",
         "true",
         true,
         kTags}},
       {"c", "d"}},
  };
  for (const auto& c : cases) EXPECT_EQ(after(c.rules, asked).cache_tags, c.tags);
}

TEST(ResponseRules, YieldToAWorker) {  // reference §0.2, §9.1
  CacheDecision by_worker = eligible();
  by_worker.cache_tags = {{"w"}};
  by_worker.edge_ttl = 9s;
  by_worker.add({policy::Aspect::edge_ttl, 9, Setter::worker, Reason::worker_sets_ttl, "w"});
  const Asked asked = answered({{"Cache-Control", "max-age=5"}});
  const AllWritten rules = {
      {"tags", R"("operation": "set", "values": ["x"])", "true", true, kTags},
      {"control", R"("max-age": {"operation": "set", "value": 60})", "true", true, kControl}
  };
  const CacheDecision decision = after(rules, asked, by_worker);
  EXPECT_EQ(decision.cache_tags, Texts{"w"});
  EXPECT_EQ(fate(asked, decision), "9");
  EXPECT_EQ(told(asked, decision), "max-age=60") << "browsers are no matter of cacheTtl";

  CacheDecision by_directives = eligible();
  by_directives.cache_control = http::parse_cache_control("max-age=9");
  EXPECT_EQ(fate(asked, after(rules, asked, by_directives)), "9");
}

TEST(ResponseRules, StripFieldsAndForceOriginCacheControl) {  // reference §1.3, §6.4
  CacheDecision off = eligible();
  off.origin_cache_control = false;
  const Asked asked = answered({{"ETag", "\"x\""}, {"Set-Cookie", "a=1"}});
  const CacheDecision decision = after(
      {{"1", R"("strip_etags": true, "strip_set_cookie": true)"}, {"2", R"("strip_etags": false)"}},
      asked,
      off
  );
  EXPECT_FALSE(decision.strip_etags) << "the last counts";
  EXPECT_TRUE(decision.strip_set_cookie);
  EXPECT_TRUE(decision.origin_cache_control);
  EXPECT_EQ(decision.asides.size(), 2U);
  EXPECT_EQ(decision.asides[0].reason, Reason::response_rule_strips);
  const CacheDecision untouched =
      after({{"1", R"("strip_etags": true)", "http.response.code eq 404"}}, asked, off);
  EXPECT_FALSE(untouched.origin_cache_control) << "no rule matches";
}

TEST(ResponseRules, MakeNothingEligible) {  // reference §6.4
  const Asked asked = answered({});
  CacheDecision dynamic;
  const CacheDecision decision = after(
      {{"r", R"("max-age": {"operation": "set", "value": 60})", "true", true, kControl}},
      asked,
      dynamic
  );
  EXPECT_EQ(fate(asked, decision), "not stored");
}

TEST(ResponseRules, NameWhatIsWrong) {
  const auto read = [](std::string_view rule) {
    Texts texts;
    const auto list = json::parse("[" + std::string(rule) + "]").value();
    for (const Fault& fault : read_response_rules(list, Plan::pro).faults)
      texts.push_back(fault.pointer + ": " + fault.message);
    return texts;
  };
  const auto rule = [](std::string_view action, std::string_view parameters) {
    return R"({"expression": "true", "action": ")" + std::string(action) +
           R"(", "action_parameters": )" + std::string(parameters) + "}";
  };
  EXPECT_EQ(
      read(rule("set_cache_settings", R"({"cache": true})")),
      Texts{"/rules/0/action_parameters/cache: cache is not known here"}
  );
  EXPECT_EQ(
      read(rule("set_cache_settings", "{}")),
      Texts{"/rules/0: action parameters are required for the set_cache_settings action"}
  );
  EXPECT_EQ(
      read(rule(kTags, R"({"operation": "add"})")),
      Texts{"/rules/0/action_parameters: must have either \"values\" or \"expression\""}
  );
  EXPECT_EQ(
      read(rule(kTags, R"({"operation": "add", "values": ["a b"]})")),
      Texts{"/rules/0/action_parameters/values: values must be printable ASCII without spaces and "
            "commas"}
  );
  EXPECT_EQ(
      read(rule("set_cache", R"({"a": 1})")),
      Texts{"/rules/0/action: action must be \"set_cache_settings\", \"set_cache_tags\" or "
            "\"set_cache_control\""}
  );
  EXPECT_EQ(read(rule(kTags, R"({"operation": "add", "expression": "1 eq"})")).size(), 1U);
}

}  // namespace
}  // namespace festina::rules
