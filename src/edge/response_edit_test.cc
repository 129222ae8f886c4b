#include "edge/response_edit.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

using http::Name;

// An exchange of a zone with one rule: Cache-Control becomes "max-age=60", and Set-Cookie goes.
Exchange asked(policy::UpstreamKind upstream) {
  const auto list = json::parse(R"([
      {"expression": "http.response.code eq 200", "action": "set_cache_control",
       "action_parameters": {"max-age": {"operation": "set", "value": 60}}},
      {"expression": "true", "action": "set_cache_settings",
       "action_parameters": {"strip_set_cookie": true}}])");
  auto read = rules::read_response_rules(list.value(), rules::Plan::pro);
  EXPECT_TRUE(read.faults.empty());
  zone::Zone zone;
  zone.rules.response_rules = std::move(read.rules);
  Exchange x;
  x.zone = std::make_shared<const zone::Zone>(std::move(zone));
  x.upstream.kind = upstream;
  x.decision.announces_status = upstream == policy::UpstreamKind::origin;
  return x;
}

http::Response answer(http::Status status) {
  http::Response response{.status = status, .headers = {}};
  response.headers.add(Name::cache_control, "max-age=5");
  response.headers.add(Name::set_cookie, "a=1");
  return response;
}

TEST(EditResponse, AsksTheRulesAndMakesTheirChanges) {
  Exchange x = asked(policy::UpstreamKind::origin);
  http::Response response = answer(200);
  edit_response(x, response);
  EXPECT_EQ(response.headers.get(Name::cache_control), "max-age=60");
  EXPECT_FALSE(response.headers.has(Name::set_cookie));
  const auto directives = x.decision.cache_control.value_or(http::CacheControl());
  EXPECT_EQ(directives.max_age, std::chrono::seconds(60));
}

TEST(EditResponse, LooksAtTheResponse) {
  Exchange x = asked(policy::UpstreamKind::origin);
  http::Response response = answer(404);
  edit_response(x, response);
  EXPECT_EQ(response.headers.get(Name::cache_control), "max-age=5");
  EXPECT_FALSE(response.headers.has(Name::set_cookie));
}

TEST(EditResponse, LeavesAWorkersAnswerAlone) {
  Exchange x = asked(policy::UpstreamKind::worker);
  http::Response response = answer(200);
  edit_response(x, response);
  EXPECT_EQ(response.headers.get(Name::cache_control), "max-age=5");
  EXPECT_TRUE(response.headers.has(Name::set_cookie));
}

TEST(NoteLosses, NamesTheCookieAndTheVarianceOfWhatIsStoredForEverybody) {  // reference §1.4, §11.4
  http::Headers response;
  response.add("Set-Cookie", "id=1");
  response.add("Vary", "Accept-Language");
  Exchange x;
  note_losses(x, response);
  ASSERT_EQ(x.decision.asides.size(), 2U);
  EXPECT_EQ(x.decision.asides[0].reason, policy::Reason::cookie_removed);
  EXPECT_EQ(x.decision.asides[1].reason, policy::Reason::vary_ignored);
  EXPECT_EQ(x.decision.asides[1].name, "accept-language");

  Exchange standard;
  standard.decision.profile = policy::Profile::standard;
  note_losses(standard, response);
  EXPECT_TRUE(standard.decision.asides.empty()) << "it keeps both";
}

TEST(EditResponse, ChangesAWorkersAnswerThatIsCachedAsAnOrigins) {
  Exchange x = asked(policy::UpstreamKind::worker);
  x.decision.announces_status = true;
  http::Response response = answer(200);
  edit_response(x, response);
  EXPECT_EQ(response.headers.get(Name::cache_control), "max-age=60");
  EXPECT_FALSE(response.headers.has(Name::set_cookie));
}

}  // namespace
}  // namespace festina::edge
