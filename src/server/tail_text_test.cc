#include "server/tail_text.h"

#include <gtest/gtest.h>

namespace festina::server {
namespace {

std::string shown(std::string_view event, Colour colour = Colour::off) {
  return tail_text(json::parse(event).value(), colour);
}

constexpr std::string_view kRequest = R"({
  "event": "request", "RayID": "0000000000000001", "ClientRequestSource": "eyeball", "ClientRequestMethod": "GET",
  "ClientRequestScheme": "http", "ClientRequestHost": "example.com", "ClientRequestURI": "/a?b", "EdgeColoCode": "FRA",
  "EdgeResponseStatus": 200, "CacheCacheStatus": "hit", "EdgeTimeToFirstByteMs": 3, "WorkerScriptName": "",
  "WorkerStatus": "", "EdgeEndTimestamp": "2026-11-21T21:45:23.107Z"})";

TEST(TailText, OfARequestIsALine) {
  EXPECT_EQ(
      shown(kRequest),
      "21:45:23.107 FRA GET http://example.com/a?b 200 hit 3 ms  0000000000000001\n"
  );
}

TEST(TailText, SaysInAWordWhyNoCacheAnswers) {
  json::Value event = json::parse(kRequest).value();
  event.as_object()["CacheCacheStatus"] = "bypass";
  event.as_object()["CacheReason"] = "set_cookie";
  EXPECT_EQ(
      tail_text(event, Colour::off),
      "21:45:23.107 FRA GET http://example.com/a?b 200 bypass (set_cookie) 3 ms  0000000000000001\n"
  );
}

TEST(TailText, NamesTheWorkerAndHowItFailed) {
  json::Value event = json::parse(kRequest).value();
  event.as_object()["WorkerScriptName"] = "api";
  event.as_object()["WorkerStatus"] = "exception";
  event.as_object()["CacheCacheStatus"] = "unknown";
  event.as_object()["EdgeResponseStatus"] = 500;
  EXPECT_EQ(
      tail_text(event, Colour::off),
      "21:45:23.107 FRA GET http://example.com/a?b 500 3 ms  api exception  0000000000000001\n"
  );
}

TEST(TailText, SetsOffWhatAWorkerMade) {
  json::Value event = json::parse(kRequest).value();
  event.as_object()["ClientRequestSource"] = "edgeWorkerFetch";
  EXPECT_NE(tail_text(event, Colour::off).find("FRA   fetch GET http://"), std::string::npos);
  event.as_object()["ClientRequestSource"] = "edgeWorkerCacheAPI";
  EXPECT_NE(tail_text(event, Colour::off).find("FRA   match http://"), std::string::npos);
  event.as_object()["ClientRequestMethod"] = "PUT";
  EXPECT_NE(tail_text(event, Colour::off).find("FRA   put http://"), std::string::npos);
  event.as_object()["ClientRequestMethod"] = "PURGE";
  EXPECT_NE(tail_text(event, Colour::off).find("FRA   delete http://"), std::string::npos);
}

TEST(TailText, OfWhatIsPrintedAndThrown) {
  EXPECT_EQ(
      shown(
          R"({"event": "console", "RayID": "01", "WorkerScriptName": "api", "EdgeColoCode": "FRA", "level": "warn",
               "message": "one\ntwo", "timestamp": "2026-11-21T21:45:23.107Z"})"
      ),
      "21:45:23.107 FRA   warn api: one\n       two  01\n"
  );
  EXPECT_EQ(
      shown(
          R"({"event": "exception", "RayID": "01", "WorkerScriptName": "api", "EdgeColoCode": "FRA", "name": "E",
               "message": "m", "stack": "E: m\n    at a.js:1:2", "timestamp": "2026-11-21T21:45:23.107Z"})"
      ),
      "21:45:23.107 FRA   exception api: E: m\n       at a.js:1:2  01\n"
  );
  EXPECT_EQ(shown(R"({"event": "lost", "lost": 3})").substr(0, 18), "3 events were lost");
}

TEST(TailText, HasColourOnlyWhereItIsWanted) {
  EXPECT_EQ(shown(kRequest).find('\x1b'), std::string::npos);
  EXPECT_NE(shown(kRequest, Colour::on).find("\x1b[32m200\x1b[0m"), std::string::npos);
}

TEST(TailText, LetsNoControlByteReachTheTerminal) {
  const std::string line = shown(
      R"({"event": "console", "level": "log", "message": "a\u001b[2Jb\u0007", "timestamp": ""})"
  );
  EXPECT_NE(line.find("a?[2Jb?"), std::string::npos);
}

TEST(TailText, TellsASnippetFromAWorker) {
  json::Value event = json::parse(kRequest).value();
  event.as_object()["WorkerScriptName"] = "trim";
  event.as_object()["WorkerIsSnippet"] = true;
  EXPECT_NE(tail_text(event, Colour::off).find("  trim (Snippet)  0000"), std::string::npos);
}

}  // namespace
}  // namespace festina::server
