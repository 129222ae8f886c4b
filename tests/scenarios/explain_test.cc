// Explain: why a request would get what it gets, without asking or changing anything.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

class Explain : public SiteScenario {
 protected:
  std::string explain(const std::string& query) const {
    return edge.api("GET", "/festina/v1/explain?" + query).body;
  }
};

TEST_F(Explain, NamesTheExtensionAndTheMiss) {
  const std::string text = explain("url=http://example.com/a.css");

  EXPECT_NE(text.find("default_extension"), std::string::npos) << text;
  EXPECT_NE(text.find("absent"), std::string::npos) << text;
  EXPECT_EQ(origin.requests(), 0U);
}

TEST_F(Explain, SeesWhatIsStoredAndChangesNothing) {
  origin.answers("/a.css", ok("x", "max-age=600"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(120));

  const std::string text = explain("url=http://example.com/a.css");

  EXPECT_NE(text.find("HIT"), std::string::npos) << text;
  EXPECT_NE(text.find("120"), std::string::npos) << text;
  EXPECT_NE(text.find("600"), std::string::npos) << text;
  EXPECT_EQ(origin.requests(), 1U);
}

TEST_F(Explain, SaysWhyHtmlIsDynamic) {
  const std::string text = explain("url=http://example.com/page.html");
  EXPECT_NE(text.find("DYNAMIC"), std::string::npos) << text;
  EXPECT_NE(text.find("not_default_extension"), std::string::npos) << text;
}

TEST_F(Explain, CommandPrintsTheChain) {
  const Outcome outcome = run_festina(
      {"explain",
       "http://example.com/a.css",
       "--control",
       edge.control(),
       "--token",
       edge.token(),
       "--colo",
       "FRA"}
  );

  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("eligible"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("MISS"), std::string::npos) << outcome.output;
}

TEST_F(Explain, UnknownHostNamesTheZones) {
  const Answer answer = edge.api("GET", "/festina/v1/explain?url=http://nobody.example/");
  EXPECT_NE(answer.body.find("example.com"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace festina::harness
