#include "rules/foregone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <string_view>

#include "rules/asked.h"
#include "rules/evaluate.h"
#include "rules/parser.h"

namespace festina::rules {
namespace {

using Outcome = Foregone::Outcome;
using ::testing::ElementsAre;

std::shared_ptr<const Program> parsed(std::string_view text) {
  const auto program = parse_condition(text, Phase::response, Plan::enterprise);
  EXPECT_TRUE(program) << text << ": " << (program ? "" : program.error().detail);
  return program.value();
}
const Condition& condition_of(const std::shared_ptr<const Program>& program) {
  return std::get<Condition>(program->root);
}

bool implied(const std::shared_ptr<const Program>& a, const std::shared_ptr<const Program>& b) {
  std::size_t steps = kMaxImplicationSteps;
  return implies(condition_of(a), condition_of(b), steps);
}

TEST(Foregone, KnowsWhatNoRequestChanges) {
  const struct {
    std::string_view text;
    Outcome outcome;
    std::string_view why;  // of never
  } cases[] = {
      {"true", Outcome::always, ""},
      {"ssl", Outcome::open, ""},
      {"ssl or not http.host eq \"A.example\"", Outcome::always, ""},
      {"not (ssl or not http.host eq \"A.example\")",
       Outcome::never,
       "it is the contrary of what always holds"},
      {"ssl and not http.host eq \"A.example\"", Outcome::open, ""},
      {"ssl xor http.host eq \"A.example\"", Outcome::open, "not seen"},
      {"http.host eq \"a.example\"", Outcome::open, ""},
      {"http.host eq \"A.example\"",
       Outcome::never,
       "no http.host is like that: it has neither capital letters nor a path"},
      {"not http.host eq \"A.example\"", Outcome::always, ""},
      {"http.host ne \"A.example\"", Outcome::open, "not seen"},
      {"ssl and http.host eq \"A.example\"",
       Outcome::never,
       "no http.host is like that: it has neither capital letters nor a path"},
      {"ssl or http.host eq \"A.example\"", Outcome::open, ""},
      {"http.host eq \"a.example\" and http.host eq \"b.example\"",
       Outcome::never,
       "what it asks of http.host excludes each other"},
      {"http.host eq \"a.example\" and not http.host eq \"b.example\"", Outcome::open, ""},
      {"http.host eq \"a.example\" and not http.host contains \"a\"",
       Outcome::never,
       "what it asks of http.host excludes each other"},
      {"http.host in {\"a\" \"b\"} and http.host in {\"b\" \"c\"}", Outcome::open, ""},
      {"http.host in {\"a\" \"b\"} and http.host in {\"c\" \"d\"}",
       Outcome::never,
       "what it asks of http.host excludes each other"},
      {"http.host eq \"a.example\" or http.host eq \"b.example\"", Outcome::open, ""},
      {"http.request.method eq \"GET\" and http.request.method eq \"HEAD\"",
       Outcome::never,
       "what it asks of http.request.method excludes each other"},
      {"http.request.method eq \"get\"", Outcome::open, "a client may write it so"},
      {"any(http.request.headers.names[*] eq \"X-Debug\")",
       Outcome::never,
       "no http.request.headers.names is like that: they are in lower case"},
      {"all(http.request.headers.names[*] eq \"X-Debug\")",
       Outcome::open,
       "holds of a request without headers"},
      {"any(http.request.headers.names[*] eq \"x-debug\")", Outcome::open, ""},
  };
  for (const auto& c : cases) {
    const auto program = parsed(c.text);
    const Foregone found = foregone(condition_of(program));
    EXPECT_EQ(found.outcome, c.outcome) << c.text;
    if (c.outcome == Outcome::never) EXPECT_EQ(found.why, c.why) << c.text;
  }
}

TEST(Implies, SeesTheNarrowerOne) {
  const struct {
    std::string_view a;
    std::string_view b;
    bool holds;
  } cases[] = {
      {"ssl", "true", true},
      {"true", "ssl", false},
      {"ssl", "ssl", true},
      {"ssl and http.host eq \"a\"", "ssl", true},
      {"ssl", "ssl and http.host eq \"a\"", false},
      {"ssl and http.host eq \"a\"", "http.host eq \"a\" and ssl", true},
      {"ssl", "ssl or http.host eq \"a\"", true},
      {"ssl or http.host eq \"a\"", "ssl", false},
      {"ssl or http.host eq \"a\"", "http.host eq \"a\" or ssl", true},
      {"ssl xor http.host eq \"a\"", "ssl or http.host eq \"a\"", false},
      {"http.host eq \"a.example\"", "http.host in {\"a.example\" \"b.example\"}", true},
      {"http.host in {\"a.example\" \"b.example\"}", "http.host eq \"a.example\"", false},
      {"http.host in {\"a.example\" \"b.example\"}", "ends_with(http.host, \".example\")", true},
      {"http.host in {\"a.example\" \"b.test\"}", "ends_with(http.host, \".example\")", false},
      {"http.request.uri.path eq \"/static/a.css\"",
       "starts_with(http.request.uri.path, \"/static/\")",
       true},
      {"http.request.uri.path eq \"/static/a.css\"",
       "http.request.uri.path wildcard \"/static/*\"",
       true},
      {"http.request.uri.path eq \"/a\"", "http.request.uri.path matches \"^/a$\"", true},
      {"http.request.uri.path eq \"/a\"", "not http.request.uri.path eq \"/b\"", true},
      {"http.request.uri.path eq \"/a\"", "http.request.uri.path ne \"/b\"", true},
      {"http.request.uri.path eq \"/a\"", "not http.request.uri.path eq \"/a\"", false},
      {"http.host eq \"/a\"", "http.request.uri.path eq \"/a\"", false},
      {"starts_with(http.request.uri.path, \"/static/\")",
       "starts_with(http.request.uri.path, \"/static/css/\")",
       false},
      {"not (ssl or http.host eq \"a\")", "not ssl", true},
      {"not ssl", "not (ssl or http.host eq \"a\")", false},
      {"http.response.code eq 404", "http.response.code in {400..499}", true},
      {"http.response.code eq 404", "http.response.code lt 400", false},
  };
  for (const auto& c : cases) {
    const auto a = parsed(c.a);
    const auto b = parsed(c.b);
    EXPECT_EQ(implied(a, b), c.holds) << c.a << " => " << c.b;
  }
}

TEST(Implies, TakesNoMoreStepsThanThereAre) {
  const auto a = parsed("ssl or http.host eq \"a\"");
  const auto b = parsed("http.host eq \"b\" or http.host eq \"a\" or ssl");
  std::size_t steps = kMaxImplicationSteps;
  ASSERT_TRUE(implies(condition_of(a), condition_of(b), steps));
  const std::size_t needed = kMaxImplicationSteps - steps;
  ASSERT_GT(needed, 3U);
  steps = needed;
  EXPECT_TRUE(implies(condition_of(a), condition_of(b), steps));
  EXPECT_EQ(steps, 0U);
  steps = needed - 1;
  EXPECT_FALSE(implies(condition_of(a), condition_of(b), steps)) << "it has stopped looking";
}

TEST(HostsNeeded, AreThoseWithoutWhichNothingMatches) {
  const auto hosts = [](std::string_view text) {
    const auto program = parsed(text);
    return hosts_needed(condition_of(program));
  };
  EXPECT_THAT(hosts("http.host eq \"a\""), ElementsAre("a"));
  EXPECT_THAT(hosts("ssl and http.host in {\"a\" \"b\"}"), ElementsAre("a", "b"));
  EXPECT_THAT(hosts("http.host eq \"a\" or http.host eq \"b\""), ElementsAre("a", "b"));
  EXPECT_THAT(hosts("http.host eq \"a\" or ssl"), ElementsAre());
  EXPECT_THAT(hosts("not http.host eq \"a\""), ElementsAre());
  EXPECT_THAT(hosts("http.host ne \"a\""), ElementsAre());
  EXPECT_THAT(hosts("http.referer eq \"a\""), ElementsAre());
  EXPECT_THAT(hosts("true"), ElementsAre());
}

TEST(FieldsRead, AreNamedOnceWhereverTheyStand) {
  const auto names = [](std::string_view text) {
    const auto program = parsed(text);
    std::vector<std::string_view> found;
    for (const Field* field : fields_read(condition_of(program))) found.push_back(field->name);
    return found;
  };
  EXPECT_THAT(names("true"), ElementsAre());
  EXPECT_THAT(names("ssl and not ssl"), ElementsAre("ssl"));
  EXPECT_THAT(
      names("any(lower(http.request.headers[\"a\"][*])[*] eq \"b\") xor concat(http.host, "
            "http.referer) eq \"c\""),
      ElementsAre("http.request.headers", "http.host", "http.referer")
  );
}

// What is said of expressions must agree with what they say of requests.
class AgainstRequests : public ::testing::Test {
 protected:
  AgainstRequests() {
    for (const std::string_view a : kAtoms) {
      add({a});
      add({"not ", a});
      for (const std::string_view b : kAtoms) {
        add({a, " and ", b});
        add({"not ", a, " or ", b});
        add({"not (", a, " or ", b, ")"});
        add({a, " xor ", b});
      }
    }
  }

  struct Judged {
    std::string text;
    std::shared_ptr<const Program> program;
    std::vector<bool> truths;  // of each request
  };
  void add(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    Judged judged{.text = text, .program = parsed(text), .truths = {}};
    for (const std::string_view url : kUrls) {
      const testing::Asked asked(url, "X-A: 1");
      Scratch scratch;
      judged.truths.push_back(judge(*judged.program, asked.facts(), scratch));
    }
    all_.push_back(std::move(judged));
  }

  static constexpr std::string_view kAtoms[] = {
      "ssl",
      R"(http.host eq "a.example")",
      R"(http.host in {"a.example" "b.example"})",
      R"(ends_with(http.host, ".example"))",
      R"(http.host eq "A.example")",
      R"(http.request.uri.path wildcard "/a*")",
      R"(http.request.uri.path eq "/a/b")",
      R"(http.request.headers["x-a"][0] eq "1")",
  };
  static constexpr std::string_view kUrls[] = {
      "http://a.example/a",
      "https://a.example/a/b",
      "http://b.example/a/b",
      "https://b.example/",
      "http://c.test/a/b",
      "https://c.test/A",
  };
  std::vector<Judged> all_;
};

TEST_F(AgainstRequests, WhatIsForegoneHolds) {
  std::size_t certain = 0;
  for (const Judged& each : all_) {
    const Outcome outcome = foregone(condition_of(each.program)).outcome;
    if (outcome == Outcome::open) continue;
    ++certain;
    for (const bool truth : each.truths) EXPECT_EQ(truth, outcome == Outcome::always) << each.text;
  }
  EXPECT_GT(certain, 20U) << "something was said";
}

TEST_F(AgainstRequests, WhatIsImpliedFollows) {
  std::size_t found = 0;
  for (const Judged& a : all_) {
    for (const Judged& b : all_) {
      if (!implied(a.program, b.program)) continue;
      ++found;
      for (std::size_t i = 0; i < a.truths.size(); ++i)
        ASSERT_TRUE(!a.truths[i] || b.truths[i]) << a.text << " => " << b.text;
    }
  }
  EXPECT_GT(found, 2 * all_.size()) << "more than of itself";
}

}  // namespace
}  // namespace festina::rules
