// What most scenarios begin with: an origin, a zone in front of it, an edge.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/edge.h"
#include "harness/origin.h"

namespace festina::harness {

// "[[zones]]" for a zone whose origin this is.
std::string zone_toml(
    const std::string& name, const std::string& origin, const std::string& more = {}
);

// Compares field by field what a client got; the message names the URL's part that differs.
inline void expect_answer(
    const Answer& answer, int status, const std::string& cache_status, const std::string& body
) {
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.cache_status(), cache_status);
  EXPECT_EQ(answer.body, body);
  EXPECT_TRUE(answer.complete);
}

// A value of GET /metrics, of the first colo; 0 when there is none.
std::uint64_t metric(const Edge& edge, const std::string& name);
// Returns when the value is at least so great, or no more than that. Throws when patience ends.
void await_metric(const Edge& edge, const std::string& name, std::uint64_t at_least);
void await_metric_down(const Edge& edge, const std::string& name, std::uint64_t at_most);

// The site example.com: one origin, and an edge in front of it.
struct Site {
  using Written = std::vector<std::pair<std::string_view, std::string_view>>;
  // `zone`: TOML of the zone, beside its name and origin. `written`: files the configuration names, by path below the
  // configuration's directory.
  explicit Site(
      const std::string& zone = {}, EdgeOptions options = {}, const Written& written = {}
  );

  Origin origin;
  TempDir files;
  Edge edge;
};

class SiteScenario : public testing::Test, protected Site {
 protected:
  explicit SiteScenario(EdgeOptions options = {}, const Written& written = {})
      : Site({}, std::move(options), written) {}
};

// NOLINTNEXTLINE(cert-err58-cpp): without memory for this no test can run
inline const std::string kSite = "http://example.com";

}  // namespace festina::harness
