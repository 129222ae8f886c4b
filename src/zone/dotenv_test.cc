#include "zone/dotenv.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

std::vector<std::string> read(std::string_view text) {
  Problems problems;
  std::vector<std::string> lines;
  for (const DotenvLine& line : parse_dotenv(text, ".dev.vars", problems))
    lines.push_back(line.name + "|" + line.value);
  for (const Problem& problem : problems) lines.push_back(text_of(problem));
  return lines;
}
using Texts = std::vector<std::string>;

TEST(Dotenv, ReadsNamesAndValues) {
  const struct {
    std::string_view text;
    std::string_view line;
    std::string_view why;
  } cases[] = {
      {"A=1", "A|1", "plain"},
      {"  A = a b  \r\n", "A|a b", "space around is no part of it"},
      {"export A=1", "A|1", "as a shell writes it"},
      {"export=1", "export|1", "a name like another"},
      {"A: 1", "A|1", "a colon and a space"},
      {"A=", "A|", "empty"},
      {"A=#x", "A|", "a comment behind it"},
      {"A=1 # one", "A|1", "likewise"},
      {"A=b=c", "A|b=c", "only the first sign counts"},
      {"A='x # y' # z", "A|x # y", "single quotes keep it whole"},
      {"A=\"a\\nb\\rc\\td\"", "A|a\nb\rc\\td", "line breaks in double quotes"},
      {"A='a\\nb'", "A|a\\nb", "and only there"},
      {"A=`it's \"x\"`", "A|it's \"x\"", "back quotes"},
      {"A=\"a\nb\"", "A|a\nb", "over several lines"},
      {"A=\"a \\\"b\\\" c\"", "A|a \\\"b\\\" c", "a quote behind a backslash does not end it"},
      {"a.b-c_1=x", "a.b-c_1|x", "what a name may consist of"},
  };
  for (const auto& c : cases) EXPECT_EQ(read(c.text), Texts{std::string(c.line)}) << c.why;
}

TEST(Dotenv, SkipsEmptyLinesAndComments) {
  EXPECT_EQ(read("\n  \n# A=1\n\t# x\nB=2\n"), Texts{"B|2"});
  EXPECT_EQ(read(""), Texts{});
}

TEST(Dotenv, KeepsTheLastOfAName) { EXPECT_EQ(read("A=1\nB=2\nA=3\n"), (Texts{"B|2", "A|3"})); }

TEST(Dotenv, NamesFaultsWithoutTheirValues) {
  EXPECT_EQ(
      read("secret\nA=\"a\nb\" x\nB='y\n=1\nC=2"),
      (Texts{
          "C|2",
          ".dev.vars:1:1: this line sets nothing - write NAME=value",
          ".dev.vars:3:1: text behind the value of A - put it into the quotes",
          ".dev.vars:4:1: the value of B has no closing quote - add it",
          ".dev.vars:5:1: this line sets nothing - write NAME=value",
      })
  );
}

}  // namespace
}  // namespace festina::zone
