// What explain says, sentence by sentence: tests/golden/explain.txt holds requests (lines with "> ") and, below each, the
// lines it must give. FESTINA_WRITE_GOLDEN=1 writes the file anew, for review.
#include <cstdlib>
#include <fstream>

#include "base/json.h"
#include "base/text.h"
#include "harness/scenario.h"
#include "http/url.h"

namespace festina::harness {
namespace {

constexpr const char* kGolden = FESTINA_SOURCE_DIR "/tests/golden/explain.txt";

class ExplainGolden : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    const auto with = [&origin](const std::string& name, const std::string& setting) {
      return zone_toml(name, origin, "[zones.settings]\n" + setting + "\n");
    };
    return zone_toml("example.com", origin) +
           zone_toml("ent.example", origin, "plan = \"enterprise\"\n") +
           zone_toml("old.example", origin, "era = \"2025\"\nplan = \"enterprise\"\n") +
           with("online.example", "always_online = \"on\"") +
           with("respecting.example", "browser_cache_ttl = 0") +
           with("dev.example", "development_mode = \"on\"") +
           with("basic.example", "cache_level = \"basic\"") +
           with("simplified.example", "cache_level = \"simplified\"") +
           with("sorted.example", "sort_query_string_for_cache = \"on\"");
  }

  // What the requests of the file find: fresh, stale with and without a validator, stale under every right to be so.
  void SetUp() override {
    origin.answers("/stale.css", ok("x", "max-age=5"));
    origin.answers("/never-stale.css", ok("x", "max-age=5, must-revalidate"));
    origin.answers("/updating.css", ok("x", "max-age=5, stale-while-revalidate=600"));
    origin.answers("/fresh.css", ok("x", "max-age=600"));
    Reaction tagged = ok("x", "max-age=5");
    tagged.fields.emplace_back("ETag", "\"v1\"");
    origin.answers("/tagged.css", tagged);
    for (const char* path : {"stale", "never-stale", "updating", "fresh", "tagged"})
      edge.get("http://example.com/" + std::string(path) + ".css");
    edge.get("http://online.example/updating.css");
    edge.get("http://old.example/updating.css");
    edge.advance(std::chrono::seconds(60));
  }

  // "decision | eligible | yes | default | default_extension | the extension …", one per step. Several fields have a "+"
  // between them.
  std::string explained(std::string_view method, std::string_view url, std::string_view header) {
    std::string query =
        "/festina/v1/explain?method=" + std::string(method) + "&url=" + http::percent_encoded(url);
    for (const std::string_view field : split(header, '+')) {
      if (!field.empty()) query += "&header=" + http::percent_encoded(trimmed(field));
    }
    const json::Value answer = json::parse(edge.api("GET", query).body).value();
    std::string text;
    for (const json::Value& step : answer.at("steps").as_array()) {
      std::string line;
      for (const char* member : {"stage", "field", "value", "set_by", "reason", "sentence"}) {
        const auto part = json::string_member(step, member).value_or("");
        line += (line.empty() ? "" : " | ") + std::string(part);
      }
      text += settled(std::move(line)) + "\n";
    }
    return text;
  }

  // Without what differs from run to run: the origin's port, and ages, for a slow machine adds to them.
  std::string settled(std::string line) const {
    if (const auto at = line.find(origin.url()); at != std::string::npos)
      line.replace(at, origin.url().size(), "http://origin");
    if (const auto at = line.find(": age "); at != std::string::npos) {
      const auto digits = at + std::string_view(": age ").size();
      line.replace(digits, line.find(' ', digits) - digits, "N");
    }
    return line;
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(ExplainGolden, SaysWhatTheFileSays) {
  const std::string golden = read_file(kGolden);
  std::string rendered;
  for (const std::string_view line : split(golden, '\n')) {
    if (line.starts_with("#")) rendered += std::string(line) + "\n";
    if (!line.starts_with("> ")) continue;
    const auto words = split(line, ' ');  // "> GET URL" or "> GET URL Name: value"
    ASSERT_GE(words.size(), 3U) << line;
    const std::size_t known = words[0].size() + words[1].size() + words[2].size() + 3;
    const std::string_view header = line.substr(std::min(known, line.size()));
    rendered += "\n" + std::string(line) + "\n" + explained(words[1], words[2], header);
  }
  if (std::getenv("FESTINA_WRITE_GOLDEN") != nullptr) std::ofstream(kGolden) << rendered;
  EXPECT_EQ(rendered, golden);
}

}  // namespace
}  // namespace festina::harness
