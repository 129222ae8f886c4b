#include "observe/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::observe {
namespace {

using policy::CacheStatus;
using policy::FillOutcome;
using policy::Reason;
using testing::HasSubstr;

Record request() {
  Record record;
  record.ray = 1;
  record.colo = "FRA";
  record.zone = "example.com";
  record.method = "GET";
  record.scheme = "http";
  record.host = "example.com";
  record.path = "/a.css";
  record.status = 200;
  record.upstream = "http://origin";
  record.key = "http://example.com/a.css";
  record.cache_status = CacheStatus::hit;
  record.reuse = {.action = policy::Action::serve, .reason = Reason::fresh, .found = true};
  return record;
}

Record operation(std::string_view method, std::uint16_t status) {
  Record record = request();
  record.source = RequestSource::edge_worker_cache_api;
  record.method = method;
  record.status = status;
  record.cache_status = CacheStatus::none;
  return record;
}

ExplainLine line_at(const Record& record, std::string_view stage) {
  for (const ExplainLine& line : lines_of(record)) {
    if (line.stage == stage) return line;
  }
  return {};
}

TEST(TraceOfARequest, TellsKeyVerdictAndStatus) {
  const policy::Step steps[] = {
      {.aspect = policy::Aspect::eligible,
       .value = 1,
       .setter = policy::Setter::product_default,
       .reason = Reason::default_extension,
       .name = "css"}
  };
  Record record = request();
  record.steps = steps;
  std::vector<std::string> stages;
  for (const ExplainLine& line : lines_of(record)) stages.push_back(line.stage);
  EXPECT_THAT(stages, testing::ElementsAre("decision", "key", "reuse", "status"));
  EXPECT_EQ(line_at(record, "decision").reason, "default_extension");
  EXPECT_EQ(line_at(record, "reuse").reason, "fresh");
  EXPECT_EQ(line_at(record, "status").field, "HIT");
  EXPECT_EQ(line_at(record, "status").value, "200");
}

TEST(TraceOfARequest, TellsNoVerdictWhereTheCacheWasNotAsked) {
  Record record = request();
  record.key = {};
  record.cache_status = CacheStatus::dynamic;
  EXPECT_EQ(line_at(record, "reuse").stage, "");
  EXPECT_THAT(line_at(record, "status").sentence, HasSubstr("was not asked"));
}

TEST(TraceOfARequest, TellsWhatTheUpstreamSaidAndWhyItWasNotStored) {
  Record record = request();
  record.cache_status = CacheStatus::bypass;
  record.outcome = FillOutcome::not_stored;
  record.not_stored = Reason::set_cookie;
  record.origin_status = 200;
  record.origin_took = std::chrono::milliseconds(12);
  EXPECT_EQ(line_at(record, "fill").field, "not stored");
  EXPECT_EQ(line_at(record, "fill").reason, "set_cookie");
  EXPECT_EQ(line_at(record, "upstream").value, "200 after 12 ms");
  EXPECT_THAT(line_at(record, "upstream").sentence, HasSubstr("http://origin"));
}

TEST(TraceOfARequest, TellsWhatTheFillHeardAndLost) {
  const policy::Step asides[] = {
      {policy::Aspect::cookies, 0, policy::Setter::origin, Reason::cookie_removed, {}}
  };
  Record record = request();
  record.asides = asides;
  EXPECT_EQ(line_at(record, "decision").field, "Set-Cookie");
  EXPECT_EQ(line_at(record, "decision").value, "removed");
  EXPECT_EQ(line_at(record, "decision").reason, "cookie_removed");
}

TEST(TraceOfARequest, TellsABypassByTheNameOfItsEra) {  // reference §0.2
  Record record = request();
  record.cache_status = CacheStatus::miss;
  record.outcome = FillOutcome::not_stored;
  record.compat = policy::compat_of(policy::Era::of_2025);
  EXPECT_EQ(line_at(record, "status").field, "MISS");
  EXPECT_EQ(line_at(record, "status").setter, "era 2025");
  EXPECT_THAT(line_at(record, "status").sentence, HasSubstr("may not be stored"));
  EXPECT_THAT(line_at(record, "status").sentence, HasSubstr("uncacheable_label"));
}

TEST(TraceOfARequest, SaysThatItWaitedForAnothersFill) {
  Record record = request();
  record.outcome = FillOutcome::stored;
  record.joined = true;
  EXPECT_EQ(line_at(record, "fill").value, "another request's");
}

TEST(TraceOfARequest, TellsHowTheWorkerDidAndWhatFailed) {
  Record record = request();
  record.script = "api";
  record.worker = WorkerOutcome::exception;
  record.subrequests = 1;
  record.cache_status = CacheStatus::none;
  record.failure = "api threw an exception";
  EXPECT_EQ(line_at(record, "worker").field, "api");
  EXPECT_EQ(line_at(record, "worker").value, "exception");
  EXPECT_THAT(line_at(record, "worker").sentence, HasSubstr("1 subrequest"));
  EXPECT_EQ(line_at(record, "status").sentence, "api threw an exception");
}

TEST(TraceOfARequest, PassesRemarksOn) {
  Record record = request();
  record.remarks = "one\ntwo";
  std::vector<std::string> notes;
  for (const ExplainLine& line : lines_of(record)) {
    if (line.stage == "note") notes.push_back(line.sentence);
  }
  EXPECT_THAT(notes, testing::ElementsAre("one", "two"));
}

TEST(TraceOfAnOperation, TellsWhatTheScriptGot) {
  struct Case {
    Record record;
    std::string_view operation;
    std::string_view value;
    std::string_view says;
  };
  Record hit = operation("GET", 200);
  hit.cache_status = CacheStatus::hit;
  Record refused = operation("PUT", 413);
  refused.not_stored = Reason::set_cookie;
  Record counted = operation("GET", 429);
  counted.not_stored = Reason::too_many_calls;
  Record rejected = operation("GET", 504);
  rejected.cache_status = CacheStatus::dynamic;
  rejected.not_stored = Reason::not_eligible;
  Record unstored = rejected;
  unstored.method = "PUT";
  unstored.status = 413;
  Record stale = operation("GET", 504);
  stale.not_stored = Reason::stale;
  const Case cases[] = {
      {hit, "match", "hit", "what was stored"},
      {rejected, "match", "rejected", "the script got undefined: the request was not eligible"},
      {unstored, "put", "rejected", "put() resolved all the same: the request was not eligible"},
      {stale, "match", "miss", "gives nothing stale"},
      {operation("GET", 504), "match", "miss", "a Cache API of its own"},
      {operation("GET", 504), "match", "miss", "undefined"},
      {operation("PUT", 204), "put", "stored", "resolved"},
      {refused, "put", "not stored", "cookie"},
      {operation("PURGE", 200), "delete", "deleted", "true"},
      {operation("PURGE", 404), "delete", "nothing", "false"},
      {counted, "match", "refused", "[workers] limits"},
  };
  for (const Case& each : cases) {
    const ExplainLine line = line_at(each.record, "operation");
    EXPECT_EQ(line.field, each.operation);
    EXPECT_EQ(line.value, each.value);
    EXPECT_THAT(line.sentence, HasSubstr(std::string(each.says)));
  }
}

TEST(Trace, NestsWhatARequestMadeInIt) {
  History history;
  Record fetch = request();
  fetch.ray = 2;
  fetch.parent_ray = 1;
  fetch.place = 2;
  fetch.source = RequestSource::edge_worker_fetch;
  Record match = operation("GET", 504);
  match.ray = 3;
  match.parent_ray = 1;
  match.place = 1;
  Record deeper = fetch;
  deeper.ray = 4;
  deeper.parent_ray = 2;
  for (const Record& record : {fetch, match, deeper, request()}) history.keep(record);
  history.keep(Thrown{
      .ray = 2,
      .script = "api",
      .colo = "FRA",
      .name = "TypeError",
      .message = "no",
      .stack = "",
      .at = {}
  });

  const auto found = history.find(1);
  const json::Value told = trace(found, history.thrown_in(found));
  EXPECT_EQ(told.at("kind"), "request");
  EXPECT_TRUE(told.at("parent").is_null());
  EXPECT_EQ(told.at("url"), "http://example.com/a.css");
  EXPECT_EQ(json::find(told, "exceptions"), nullptr);
  const json::Array& made = told.at("made").as_array();
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].at("kind"), "match");
  EXPECT_EQ(made[1].at("kind"), "fetch");
  EXPECT_EQ(made[1].at("parent"), "0000000000000001");
  EXPECT_EQ(made[1].at("exceptions").at(0).at("name"), "TypeError");
  EXPECT_EQ(made[1].at("made").at(0).at("ray"), "0000000000000004");
}

TEST(TraceOfARequest, TellsOfACoding) {
  Record record = request();
  record.coding = {
      .treatment = policy::Treatment::coded,
      .coding = http::Coding::brotli,
      .reason = Reason::coded_by_edge,
      .varies = true
  };
  EXPECT_EQ(line_at(record, "coding").field, "coded");
  EXPECT_EQ(line_at(record, "coding").value, "br");
  EXPECT_EQ(line_at(record, "coding").reason, "coded_by_edge");
  record.coding = {.reason = Reason::not_codable};
  EXPECT_EQ(line_at(record, "coding").stage, "") << "an image as ever";
}

TEST(TraceOfARequest, CallsASnippetByItsName) {
  Record record = request();
  record.script = "trim";
  record.is_snippet = true;
  record.worker = WorkerOutcome::ok;
  record.subrequests = 1;
  EXPECT_EQ(line_at(record, "snippet").field, "trim");
  EXPECT_EQ(line_at(record, "worker").field, "");
}

}  // namespace
}  // namespace festina::observe
