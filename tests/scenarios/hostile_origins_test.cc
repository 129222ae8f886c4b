// Origins that answer what is no answer: an error page, never stored, the connection never used again. Corpus:
// tests/corpora/responses.
#include "harness/careless_origin.h"
#include "harness/corpus.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using Afterwards = CarelessOrigin::Afterwards;

constexpr std::string_view kGood =
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\ngood";

class HostileOrigin : public testing::Test {
 protected:
  HostileOrigin() : edge_(files_, options()) {}

  // One thread, and so one pool of connections.
  EdgeOptions options() const {
    EdgeOptions options = edge_for(zone_toml("example.com", origin_.url()));
    options.threads = 1;
    return options;
  }

  // One path that is stored when the answer allows, one that is passed through.
  std::vector<std::string> paths_for(const CorpusCase& each) const {
    const std::string name = "/" + each.place.substr(each.place.find(':') + 1);
    const bool bodies = each.place.starts_with("chunks");
    return {name + (bodies ? "b.css" : "h.css"), name + (bodies ? "b" : "h")};
  }

  void expect(const CorpusCase& each, const std::string& path, const Answer& answer) const {
    if (each.verdict == "taken") {
      EXPECT_EQ(answer.status, each.number);
      EXPECT_EQ(answer.body, "body");
      EXPECT_FALSE(answer.has("Set-Cookie"));
      EXPECT_TRUE(answer.complete);
    } else if (each.verdict == "refused") {
      EXPECT_EQ(answer.status, each.number);
      EXPECT_NE(answer.body.find("origin"), std::string::npos) << "says whose fault it is";
    } else {
      ASSERT_EQ(each.verdict, "broken");
      EXPECT_FALSE(answer.status == each.number && answer.complete) << "never a clean end";
    }
    if (each.verdict == "taken") return;
    const Answer next = fetch_good(path);
    EXPECT_EQ(next.status, 200);
    EXPECT_EQ(next.body, "good") << "nothing was stored, and nothing was left on the connection";
  }

  Answer fetch_good(const std::string& path) const {
    origin_.answers(std::string(kGood));
    return edge_.get(kSite + path);
  }

  mutable CarelessOrigin origin_{CarelessOrigin::Believes::the_length};
  TempDir files_;
  Edge edge_;
};

TEST_F(HostileOrigin, AnswersThatAreNoneAreErrorsAndNeverStored) {
  for (const CorpusCase& each : corpus("responses")) {
    for (const std::string& path : paths_for(each)) {
      SCOPED_TRACE(each.place + ": " + each.why + ", for " + path);
      origin_.answers(each.bytes, Afterwards::closes);
      expect(each, path, edge_.get(kSite + path));
    }
  }
}

TEST_F(HostileOrigin, AnswersBehindTheAnswerAreNobodys) {
  // The second answer lies in wait on the connection for the next request.
  origin_.answers(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
  );
  EXPECT_EQ(edge_.get(kSite + "/a").body, "first");
  EXPECT_EQ(fetch_good("/b").body, "good");
  EXPECT_EQ(origin_.connections(), 2U) << "the first is not used again";
}

TEST_F(HostileOrigin, ABodyThatMayStillFollowEndsTheConnection) {
  EXPECT_EQ(fetch_good("/a").body, "good");
  origin_.answers("HTTP/1.1 204 No Content\r\nContent-Length: 40\r\n\r\n");
  EXPECT_EQ(edge_.get(kSite + "/b").status, 204);
  EXPECT_EQ(origin_.connections(), 1U) << "reused until then";
  EXPECT_EQ(fetch_good("/c").body, "good");
  EXPECT_EQ(origin_.connections(), 2U) << "and not behind it";
}

TEST_F(HostileOrigin, HeadsWithoutEndAreAnErrorPage) {
  const struct {
    std::string bytes;
    std::string_view why;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nX: " + std::string(1'048'576, 'x'), "one line without end"},
      {"HTTP/1.1 200 OK\r\n" +
           [] {
             std::string lines;
             for (int i = 0; i < 1000; ++i) lines += "X: y\r\n";
             return lines;
           }() +
           "\r\n",
       "too many lines"},
      {[] {
         std::string interim;
         for (int i = 0; i < 1000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
         return interim;
       }() +
           std::string(kGood),
       "too many interim responses"},
  };
  for (const auto& c : cases) {
    origin_.answers(c.bytes);
    EXPECT_EQ(edge_.get(kSite + "/head.css").status, 520) << c.why;
    EXPECT_EQ(fetch_good("/head.css?" + std::to_string(c.bytes.size())).body, "good") << c.why;
  }
}

}  // namespace
}  // namespace festina::harness
