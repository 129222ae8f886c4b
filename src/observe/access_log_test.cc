#include "observe/access_log.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "base/crypto.h"
#include "base/json.h"

namespace festina::observe {
namespace {

Record example() {
  return {
      .ray = 0x89abcdef01234567,
      .parent_ray = 0,
      .source = RequestSource::eyeball,
      .colo = "FRA",
      .zone = "example.com",
      .client_address = "203.0.113.7",
      .method = "GET",
      .scheme = "https",
      .host = "example.com",
      .path = "/a.css",
      .query = "v=1",
      .script = "",
      .status = 200,
      .origin_status = 0,
      .cache_status = policy::CacheStatus::hit,
      .body_bytes = 6,
      .start = TimePoint(std::chrono::milliseconds(1'795'297'523'107)),
      .end = TimePoint(std::chrono::milliseconds(1'795'297'523'109))
  };
}

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(AccessLogRecord, HasTheNamesOfTheHttpRequestsDataSet) {
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

TEST(AccessLogRecord, LeavesOutALengthNobodyKnows) {
  Record record = example();
  record.body_bytes.reset();
  EXPECT_EQ(json::find(json::parse(json_line(record)).value(), "EdgeResponseBodyBytes"), nullptr);
}

TEST(AccessLogRecord, IsOneLineWhateverAClientSends) {
  Record record = example();
  record.path = "/\"\n\x01";
  const std::string line = json_line(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_TRUE(json::parse(line));
}

TEST(AccessLog, AppendsToWhatIsThere) {
  const std::string path = testing::TempDir() + "access-" + random_hex(8);
  std::ofstream(path) << "first\n";
  {
    auto log = AccessLog::open(path);
    ASSERT_TRUE(log);
    (*log)->write(example());
    (*log)->flush();
    EXPECT_EQ(text_of(path), "first\n" + json_line(example()));
    (*log)->write(example());
  }
  EXPECT_EQ(text_of(path), "first\n" + json_line(example()) + json_line(example()));
  std::filesystem::remove(path);
}

TEST(AccessLog, WithoutAFileWritesNothing) {
  AccessLog log;
  EXPECT_FALSE(log.enabled());
  log.write(example());
  log.flush();
}

TEST(AccessLog, SaysWhichFileCannotBeOpened) {
  const auto log = AccessLog::open("/no/such/folder/access.log");
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().detail.find("/no/such/folder/access.log"), std::string::npos);
}

}  // namespace
}  // namespace festina::observe
