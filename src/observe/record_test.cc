#include "observe/record.h"

#include <gtest/gtest.h>

#include "observe/example_record.h"

namespace festina::observe {
namespace {

TEST(RecordLine, HasTheNamesOfTheHttpRequestsDataSet) {
  const json::Value line = json::parse(json_line(example())).value();

  EXPECT_EQ(line.at("RayID"), "89abcdef01234567");
  EXPECT_EQ(line.at("ParentRayID"), "00");
  EXPECT_EQ(line.at("ClientRequestSource"), "eyeball");
  EXPECT_EQ(line.at("ClientRequestURI"), "/a.css?v=1");
  EXPECT_EQ(line.at("CacheCacheStatus"), "hit");
  EXPECT_EQ(line.at("EdgeResponseStatus"), 200);
  EXPECT_EQ(line.at("EdgeResponseBodyBytes"), 6);
  EXPECT_EQ(line.at("EdgeStartTimestamp"), "2026-11-21T21:45:23.107Z");
}

TEST(RecordLine, NamesWhyNoCacheAnswers) {
  const auto reason_in = [](const Record& record) {
    const json::Value line = json::parse(json_line(record)).value();
    return std::string(json::string_member(line, "CacheReason").value_or(""));
  };
  const policy::Step steps[] = {
      {policy::Aspect::eligible,
       0,
       policy::Setter::zone_setting,
       policy::Reason::development_mode,
       {}}
  };
  Record record = example();
  record.steps = steps;
  EXPECT_EQ(reason_in(record), "") << "a hit";
  record.cache_status = policy::CacheStatus::dynamic;
  EXPECT_EQ(reason_in(record), "development_mode");
  record.cache_status = policy::CacheStatus::bypass;
  record.not_stored = policy::Reason::set_cookie;
  EXPECT_EQ(reason_in(record), "set_cookie");
}

TEST(RecordLine, LeavesOutALengthNobodyKnows) {
  Record record = example();
  record.body_bytes.reset();
  EXPECT_EQ(json::find(json::parse(json_line(record)).value(), "EdgeResponseBodyBytes"), nullptr);
}

TEST(RecordLine, IsOneLineWhateverAClientSends) {
  Record record = example();
  record.path = "/\"\n\x01";
  const std::string line = json_line(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_TRUE(json::parse(line));
}

TEST(RecordLine, TellsWhatAWorkerDid) {
  Record record = example();
  record.script = "site-api";
  record.worker = WorkerOutcome::exception;
  record.subrequests = 3;
  const json::Value line = json::parse(json_line(record)).value();

  EXPECT_EQ(line.at("WorkerScriptName"), "site-api");
  EXPECT_EQ(line.at("WorkerStatus"), "exception");
  EXPECT_EQ(line.at("WorkerSubrequestCount"), 3);
  EXPECT_EQ(line.at("WorkerSubrequest"), false);
}

TEST(RecordLine, CountsMillisecondsToTheHeadAndThoseOfTheOrigin) {
  Record record = example();
  EXPECT_EQ(json::parse(json_line(record)).value().at("EdgeTimeToFirstByteMs"), 2);
  EXPECT_EQ(json::parse(json_line(record)).value().at("OriginResponseDurationMs"), 0);
  record.origin_took = std::chrono::milliseconds(41);
  EXPECT_EQ(json::parse(json_line(record)).value().at("OriginResponseDurationMs"), 41);
}

TEST(RecordLine, NamesTheParentOfASubrequest) {
  Record record = example();
  record.parent_ray = 0xfedcba9876543210;
  record.source = RequestSource::edge_worker_fetch;
  const json::Value line = json::parse(json_line(record)).value();

  EXPECT_EQ(line.at("ParentRayID"), "fedcba9876543210");
  EXPECT_EQ(line.at("WorkerSubrequest"), true);
}

TEST(RecordUrl, IsTheWholeUrl) {
  Record record = example();
  EXPECT_EQ(url_text(record), "https://example.com/a.css?v=1");
  record.query = {};
  EXPECT_EQ(url_text(record), "https://example.com/a.css");
}

TEST(RecordLine, TellsHowMuchSmallerTheBodyBecame) {
  Record record = example();
  record.body_bytes = 250;
  EXPECT_FALSE(log_object(record).contains("EdgeResponseCompressionRatio"));
  record.plain_bytes = 1000;
  EXPECT_EQ(log_object(record).at("EdgeResponseCompressionRatio"), 4.0);
  record.body_bytes.reset();
  EXPECT_FALSE(log_object(record).contains("EdgeResponseCompressionRatio"));
}

TEST(RecordLine, TellsASnippetFromAWorker) {
  Record record = example();
  record.script = "trim";
  EXPECT_EQ(json::parse(json_line(record)).value().at("WorkerIsSnippet"), false);
  record.is_snippet = true;
  EXPECT_EQ(json::parse(json_line(record)).value().at("WorkerIsSnippet"), true);
}

}  // namespace
}  // namespace festina::observe
