// The whole language by its face: the vectors of the reference, the golden table, and what an evaluation costs.
#include "rules/expression.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "rules/asked.h"
#include "rules/value.h"

namespace festina::rules {
namespace {

using testing::Asked;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string fault_of(std::string_view text, Phase phase = Phase::request) {
  const auto expression = Expression::parse(text, phase);
  return expression ? "parses" : expression.error().detail;
}

Expression parsed(std::string_view text, Phase phase = Phase::request) {
  auto expression = Expression::parse(text, phase);
  EXPECT_TRUE(expression) << expression.error().detail;
  return expression ? *expression : Expression::parse("true", phase).value();
}

bool holds(std::string_view text, const Asked& asked) {
  return parsed(text, Phase::response).matches(asked.facts());
}

TEST(Expression, AgreesWithTheVectors) {  // reference §7.6
  const struct {
    const char* url;
    const char* expression;
    bool expected;
    const char* why;
  } cases[] = {
      {"https://example.com/a.PNG",
       R"(http.request.uri.path.extension eq "png")",
       true,
       "in lower case"},
      {"https://example.com/foo.",
       R"(http.request.uri.path.extension eq "")",
       true,
       "nothing behind the dot"},
      {"https://example.com/?filter=waf&filter=botm&filter=cdn",
       R"(all(len(http.request.uri.args["filter"][*])[*] in {3 4}))",
       true,
       "a call for each item"},
      {"https://example.com/", R"(http.cookie contains "sid")", false, "no cookie"},
      {"https://example.com/", R"(not http.cookie contains "sid")", true, "no cookie"},
      {"https://example.com/",
       R"(http.request.headers["x-a"][0] ne "1")",
       false,
       "missing passes no test"},
      {"https://example.com/", R"(all(http.request.headers["x-a"][*] eq "1"))", true, "of nothing"},
      {"https://example.com/", R"(any(http.request.headers["x-a"][*] eq "1"))", false, "of nothing"
      },
      {"http://example.com:83/", "cf.edge.server_port in {0123}", true, "octal"},
      {"https://EXAMPLE.com/", R"(http.host eq "example.com")", true, "in lower case"},
      {"https://example.com/",
       R"(ssl or http.host eq "no" and http.host eq "no2")",
       true,
       "or binds weakest"},
      {"https://example.com/a", R"(http.request.uri.path matches r"^/[a-c]$")", true, "unanchored"},
      {"https://example.com/", "true", true, "every request"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parsed(c.expression).matches(Asked(c.url).facts()), c.expected)
        << c.expression << ": " << c.why;
  }
  EXPECT_THAT(fault_of("ssl eq true"), HasSubstr("unrecognised input"));
  EXPECT_THAT(
      fault_of(R"(http.request.uri.path wildcard "/x/**")"),
      HasSubstr("wildcard contains a double star")
  );
  EXPECT_THAT(fault_of("ip.src eq 1.2.3.0/24"), HasSubstr("invalid IP address syntax"));
}

// The text with "ssl" or "not ssl" for its A, B and C; a bit says which.
std::string filled_in(std::string_view text, unsigned bits) {
  std::string filled;
  for (const char c : text) {
    if (c < 'A' || c > 'C') {
      filled += c;
    } else {
      filled += (bits >> (c - 'A') & 1U) != 0 ? "ssl" : "not ssl";
    }
  }
  return filled;
}

TEST(
    Expression, BindsXorBetweenOrAndAnd
) {  // reference §7.1, §7.6: a xor b and c is a xor (b and c)
  const Asked https("https://example.com/");
  for (unsigned bits = 0; bits < 8; ++bits) {
    EXPECT_EQ(
        holds(filled_in("A xor B and C", bits), https),
        holds(filled_in("A xor (B and C)", bits), https)
    ) << bits;
    EXPECT_EQ(
        holds(filled_in("A or B xor C", bits), https),
        holds(filled_in("A or (B xor C)", bits), https)
    ) << bits;
  }
  EXPECT_TRUE(holds("ssl xor ssl xor ssl", https)) << "an odd number";
  EXPECT_FALSE(holds("ssl ^^ ssl", https));
}

TEST(Expression, PointsAtTheFault) {
  EXPECT_EQ(
      fault_of(R"(starts_with(http.request.uri.path "/a"))"),
      "Filter parsing error (1:35):\n"
      "starts_with(http.request.uri.path \"/a\")\n"
      "                                  ^^^^^ expected literal \",\""
  );
  EXPECT_EQ(
      fault_of("ssl and\r\n  http.hostt eq \"a\"\r\nor ssl"),
      "Filter parsing error (2:3):\n"
      "  http.hostt eq \"a\"\r\n"
      "  ^^^^^^^^^^ unknown identifier (did you mean http.host?)"
  ) << "the line of the fault alone";
  EXPECT_EQ(
      fault_of("ssl and"),
      "Filter parsing error (1:8):\nssl and\n       ^ expected identifier character"
  ) << "one caret where nothing is left";
}

TEST(Expression, KnowsTheResponseOnlyOnceItCame) {  // reference §6.4
  EXPECT_THAT(fault_of("http.response.code eq 200"), HasSubstr("unknown identifier"));
  Asked asked("https://example.com/");
  asked.response.status = 404;
  asked.response.headers.add("X-A", "1");
  EXPECT_TRUE(holds("http.response.code in {400..499}", asked));
  EXPECT_TRUE(holds(R"(http.response.headers["x-a"][0] eq "1" and ssl)", asked));
}

// tests/golden/expressions.txt: blocks of a request ("> URL header: value + …") and below it "result | expression";
// result is yes, no, or the fault in one line. FESTINA_WRITE_GOLDEN=1 writes it anew.
std::string judged(std::string_view text, const Asked& asked) {
  const auto expression = Expression::parse(text, Phase::response);
  if (expression) return expression->matches(asked.facts()) ? "yes" : "no";
  const std::string& detail = expression.error().detail;
  const std::string place =
      detail.substr(detail.find('('), detail.find(')') - detail.find('(') + 1);
  return place + detail.substr(detail.rfind('^') + 1);
}

Asked request_of(std::string_view line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  std::string headers(line.substr(end));
  for (std::size_t at = headers.find(" + "); at != std::string::npos; at = headers.find(" + "))
    headers.replace(at, 3, "\n");
  Asked asked(line.substr(0, end), trimmed(headers));
  asked.from("203.0.113.7", "DE");
  asked.visit.protocol = "HTTP/2";
  asked.visit.now = TimePoint(std::chrono::milliseconds(1700000000123));
  asked.visit.place.continent = "EU";
  asked.visit.place.region = "Hesse";
  asked.visit.place.region_code = "HE";
  asked.visit.place.city = "Frankfurt am Main";
  asked.visit.place.postal_code = "60306";
  asked.visit.place.metro_code = "635";
  asked.visit.place.latitude = 50.1;
  asked.visit.place.longitude = -8.5;
  asked.visit.place.asn = 64496;
  asked.visit.place.is_in_european_union = true;
  asked.response.status = 404;
  asked.response.headers.add("X-Tags", "a,b");
  return asked;
}

TEST(Expression, AgreesWithTheGoldenTable) {
  const std::string path = std::string(FESTINA_SOURCE_DIR) + "/tests/golden/expressions.txt";
  std::stringstream golden;
  golden << std::ifstream(path, std::ios::binary).rdbuf();
  ASSERT_FALSE(golden.str().empty()) << path;
  std::string rendered;
  Asked asked("http://example.com/");
  int judgements = 0;
  for (std::string line; std::getline(golden, line);) {
    if (line.starts_with("> ")) asked = request_of(std::string_view(line).substr(2));
    const std::size_t bar = line.find(" | ");
    if (!line.starts_with('#') && bar != std::string::npos) {
      const std::string expression = line.substr(bar + 3);
      line = judged(expression, asked) + " | " + expression;
      ++judgements;
    }
    rendered += line + "\n";
  }
  if (std::getenv("FESTINA_WRITE_GOLDEN") != nullptr)
    std::ofstream(path, std::ios::binary) << rendered;
  EXPECT_EQ(rendered, golden.str());
  EXPECT_GT(judgements, 100);
}

TEST(Expression, FailsBeyondTheScratch) {
  const auto concat = parsed(R"(len(concat(lower(http.cookie), upper(http.cookie))) gt 1)");
  Asked small("https://example.com/");
  small.request.headers.add("Cookie", std::string(kMaxScratchBytes / 8, 'a'));
  EXPECT_TRUE(concat.evaluate(small.facts()).value());
  Asked large("https://example.com/");
  large.request.headers.add("Cookie", std::string(kMaxScratchBytes / 2, 'a'));
  const auto failed = concat.evaluate(large.facts());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::too_large);
  EXPECT_FALSE(concat.matches(large.facts())) << "a rule that fails does not apply";
  EXPECT_FALSE(parsed(R"(not len(concat(lower(http.cookie), upper(http.cookie))) gt 1)")
                   .matches(large.facts())
  ) << "nor does its opposite";
}

TEST(Expression, FindsNothingInWhatIsTooMuch) {
  const auto rule = parsed(R"(lower(http.cookie) contains "a")");
  Asked asked("https://example.com/");
  asked.request.headers.add("Cookie", std::string(kMaxScratchBytes + 1, 'a'));
  EXPECT_FALSE(rule.matches(asked.facts()));
}

TEST(Expression, KeepsItsText) {
  const std::string_view text = "  ssl ";
  Expression expression = parsed(text);
  const Expression copy = expression;
  expression = parsed("true");
  EXPECT_EQ(copy.text(), text);
}

TEST(ListExpression, GivesTexts) {  // reference §6.4
  Asked asked("https://example.com/?a=1&b=2&a=3");
  asked.response.headers.add("Cache-Tag-Ext", "x,y,z");
  const auto values = [&asked](std::string_view text) {
    const auto expression = ListExpression::parse(text, Phase::response);
    EXPECT_TRUE(expression) << expression.error().detail;
    return expression.value().values(asked.facts()).value();
  };
  EXPECT_THAT(
      values(R"(split(http.response.headers["cache-tag-ext"][0], ",", 2))"), ElementsAre("x", "y,z")
  );
  EXPECT_THAT(values(R"(split(http.response.headers["none"][0], ",", 2))"), ElementsAre());
  EXPECT_THAT(values(R"(http.request.uri.args["a"])"), ElementsAre("1", "3"));
  EXPECT_THAT(values(R"(http.request.uri.args["a"][*])"), ElementsAre("1", "3"));
  EXPECT_THAT(values(R"(upper(http.request.uri.args.names[*]))"), ElementsAre("A", "B", "A"));
  EXPECT_THAT(
      values(R"x(split(regex_replace(http.host, "^(.)([a-z]+)", "${2}$$${1}"), ".", 9))x"),
      ElementsAre("xample$e", "com")
  );
  EXPECT_THAT(
      values(R"x(split(wildcard_replace(http.host, "*A*.com", "${2}-${1}"), "-", 9))x"),
      ElementsAre("mple", "ex")
  );
  EXPECT_THAT(
      values(R"x(split(wildcard_replace(http.host, "*A*.com", "${2}", "s"), "-", 9))x"),
      ElementsAre("example.com")
  ) << "case matters: no match, no change";
}

TEST(ListExpression, RefusesWhatGivesNoTexts) {
  const auto fault = [](std::string_view text) {
    const auto expression = ListExpression::parse(text, Phase::request);
    return expression ? "parses" : expression.error().detail;
  };
  EXPECT_THAT(fault("http.host"), HasSubstr("expected value of type Array<Bytes>, but got Bytes"));
  EXPECT_THAT(fault("len(http.host)"), HasSubstr("but got Int"));
  EXPECT_THAT(fault("http.request.uri.args.names or"), HasSubstr("unrecognised input"));
  EXPECT_THAT(
      fault(R"x(split(regex_replace(regex_replace(http.host, "a", ""), "b", ""), ".", 1))x"),
      HasSubstr("once")
  );
  EXPECT_THAT(
      fault_of(R"x(regex_replace(http.host, "a", "") eq "b")x"),
      HasSubstr("only for expressions that")
  );
}

}  // namespace
}  // namespace festina::rules
