#include "server/explain_text.h"

#include <gtest/gtest.h>

namespace festina::server {
namespace {

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

TEST(ExplainText, SetsStepsInColumns) {
  const json::Value explanation = parsed(R"({
    "method": "GET", "url": "http://example.com/a.css", "zone": "example.com", "colo": "FRA",
    "steps": [
      {"stage": "decision", "field": "eligible", "value": "yes", "set_by": "default", "sentence": "it is"},
      {"stage": "status", "field": "HIT", "sentence": "from memory"}
    ]})");
  EXPECT_EQ(
      explain_text(explanation),
      "GET http://example.com/a.css  (zone example.com, colo FRA)\n"
      "decision  eligible            yes                 default       it is\n"
      "status    HIT                                                   from memory\n"
  );
}

TEST(ExplainText, KeepsALongFieldFromItsNeighbour) {
  const json::Value explanation = parsed(
      R"({"steps": [{"stage": "key", "field": "http://example.com/long/path", "sentence": "key"}]})"
  );
  EXPECT_NE(explain_text(explanation).find("/long/path  "), std::string::npos);
}

TEST(TraceText, SetsOffWhatARequestMade) {
  const json::Value trace = parsed(R"({
    "ray": "0000000000000001", "kind": "request", "method": "GET", "url": "http://example.com/", "zone": "example.com",
    "colo": "FRA", "status": 500, "cache_status": "",
    "steps": [{"stage": "status", "field": "none", "value": "500", "sentence": "it threw"}],
    "exceptions": [{"name": "TypeError", "message": "no", "stack": "TypeError: no\n    at index.js:3:9"}],
    "made": [{"ray": "0000000000000002", "kind": "match", "method": "GET", "url": "http://example.com/k",
              "zone": "example.com", "colo": "FRA", "status": 504, "cache_status": "MISS", "steps": [], "made": []}]})"
  );
  EXPECT_EQ(
      trace_text(trace),
      "request GET http://example.com/ -> 500  (zone example.com, colo FRA, ray 0000000000000001)\n"
      "  status    none                500                               it threw\n"
      "  exception  TypeError: no\n"
      "              at index.js:3:9\n"
      "    match GET http://example.com/k -> 504 MISS  (zone example.com, colo FRA, ray "
      "0000000000000002)\n"
  );
}

}  // namespace
}  // namespace festina::server
