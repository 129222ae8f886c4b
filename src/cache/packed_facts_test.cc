#include "cache/packed_facts.h"

#include <gtest/gtest.h>
#include <string>

namespace festina::cache {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kArrival{1'700'000'000'123ms};

policy::StoredResponse there_and_back(const policy::StoredResponse& stored) {
  const PackedFacts packed = pack(stored);
  return unpack(packed.bits, packed.numbers.data(), stored.status, stored.response_time);
}

policy::StoredResponse stored_with(
    http::Headers headers, policy::Profile profile = policy::Profile::cloudflare
) {
  const http::Response response{.status = 200, .headers = std::move(headers)};
  return {
      .status = 200,
      .facts = policy::facts_of(response, kArrival, profile),
      .request_time = kArrival,
      .response_time = kArrival,
      .explicit_ttl = {},
  };
}

void expect_equal(const policy::StoredResponse& one, const policy::StoredResponse& other) {
  EXPECT_EQ(one.status, other.status);
  EXPECT_EQ(one.facts, other.facts);
  EXPECT_EQ(one.request_time, other.request_time);
  EXPECT_EQ(one.response_time, other.response_time);
  EXPECT_EQ(one.explicit_ttl, other.explicit_ttl);
}

TEST(PackedFacts, KeepEverythingAResponseSays) {
  http::Headers headers;
  headers.add(
      "Cache-Control",
      "no-store, no-cache, private, public, must-revalidate, proxy-revalidate, must-understand, "
      "no-transform, immutable, max-age=1, s-maxage=2147483647, stale-while-revalidate=3, "
      "stale-if-error=0"
  );
  headers.add("Date", "Tue, 14 Nov 2023 22:13:18 GMT");
  headers.add("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT");
  headers.add("Expires", "Tue, 14 Nov 2023 23:13:18 GMT");
  headers.add("Age", "7");
  headers.add("ETag", "\"x\"");
  policy::StoredResponse stored = stored_with(headers, policy::Profile::standard);
  stored.status = 404;
  stored.request_time = kArrival - 1'234ms;
  stored.explicit_ttl = 0s;
  expect_equal(there_and_back(stored), stored);
  EXPECT_EQ(number_count(pack(stored).bits), 11u);
}

TEST(PackedFacts, KeepEveryFlagApartFromTheOthers) {
  for (const char* directive :
       {"no-store",
        "no-cache",
        "private",
        "public",
        "must-revalidate",
        "proxy-revalidate",
        "must-understand",
        "no-transform",
        "immutable",
        "max-age=5",
        "s-maxage=5",
        "stale-while-revalidate=5",
        "stale-if-error=5"}) {
    http::Headers headers;
    headers.add("Cache-Control", directive);
    SCOPED_TRACE(directive);
    expect_equal(there_and_back(stored_with(headers)), stored_with(headers));
  }
}

TEST(PackedFacts, KeepEverySourceOfDirectives) {
  for (const char* name :
       {"Cache-Control", "Surrogate-Control", "CDN-Cache-Control", "Cloudflare-CDN-Cache-Control"
       }) {
    http::Headers headers;
    headers.add(std::string_view(name), "max-age=5");
    SCOPED_TRACE(name);
    expect_equal(there_and_back(stored_with(headers)), stored_with(headers));
  }
}

TEST(PackedFacts, NeedNoNumberForAResponseThatSaysNothing) {
  const policy::StoredResponse stored = stored_with({});
  EXPECT_EQ(number_count(pack(stored).bits), 0u);
  expect_equal(there_and_back(stored), stored);
}

TEST(PackedFacts, BringDatesBeyondTheirReachAsNearAsTheyCan) {
  http::Headers headers;
  headers.add("Date", "Tue, 14 Nov 2023 22:13:18 GMT");
  headers.add("Expires", "Fri, 31 Dec 9999 23:59:59 GMT");
  headers.add("Last-Modified", "Wed, 01 Jan 1900 00:00:00 GMT");
  const policy::ResponseFacts facts = there_and_back(stored_with(headers)).facts;
  EXPECT_EQ(facts.expires, std::chrono::floor<std::chrono::seconds>(kArrival) + 2'147'483'647s);
  EXPECT_EQ(
      facts.last_modified, std::chrono::floor<std::chrono::seconds>(kArrival) - 2'147'483'648s
  );
  EXPECT_EQ(facts.date, kArrival - 2s - 123ms);
}

TEST(PackedFacts, KeepWhatCodingMayDo) {
  const std::pair<std::string_view, std::string_view> fields[] = {
      {"Content-Type", "text/css"}, {"Content-Encoding", "br"}, {"Content-Type", "image/png"}
  };
  for (const auto& [name, value] : fields) {
    http::Headers headers;
    headers.add(name, value);
    SCOPED_TRACE(value);
    expect_equal(there_and_back(stored_with(headers)), stored_with(headers));
  }
}

}  // namespace
}  // namespace festina::cache
