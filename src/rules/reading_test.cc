#include "rules/reading.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using Texts = std::vector<std::string>;

class ReadingTest : public testing::Test {
 protected:
  Reading read(std::string_view text) {
    value = json::parse(text).value();
    return {value, findings, "/rules/0"};
  }
  // "pointer: message" of each fault.
  Texts faults() const {
    Texts texts;
    for (const Fault& fault : findings.faults)
      texts.push_back(fault.pointer + ": " + fault.message);
    return texts;
  }

  json::Value value;
  Findings findings;
};

TEST_F(ReadingTest, ReadsEachMember) {
  Reading reading =
      read(R"({"b": true, "i": 7, "t": "x", "w": "off", "o": {"i": 1}, "l": ["a", "b"], "n": null})"
      );
  const std::string_view words[] = {"on", "off"};
  EXPECT_EQ(reading.boolean("b"), true);
  EXPECT_EQ(reading.integer("i", {.least = 7, .most = 7}), 7);
  EXPECT_EQ(reading.text("t"), "x");
  EXPECT_EQ(reading.word("w", words), 1U);
  auto object = reading.object("o");
  if (!object) FAIL();
  EXPECT_EQ(object->integer("i", {}), 1);
  EXPECT_EQ(reading.texts("l", {.least = 2, .most = 2}), (Texts{"a", "b"}));
  EXPECT_EQ(reading.boolean("n"), std::nullopt) << "null is as good as none";
  EXPECT_EQ(reading.boolean("absent"), std::nullopt);
  reading.refuse_the_rest();
  EXPECT_EQ(faults(), Texts{});
}

TEST_F(ReadingTest, NamesThePlaceOfEveryFault) {
  Reading reading = read(
      R"({"b": 1, "i": 8, "j": -1, "t": 1, "w": "of", "o": [], "l": ["a", 1], "m": [], "k": [1, 2]})"
  );
  const std::string_view words[] = {"on", "off"};
  reading.boolean("b");
  reading.integer("i", {.least = 1, .most = 7});
  reading.integer("j", {.least = 0});
  reading.text("t");
  reading.word("w", words);
  reading.object("o");
  reading.texts("l", {});
  reading.items("m", {.least = 1});
  reading.items("k", {.most = 1});
  EXPECT_EQ(
      faults(),
      (Texts{
          "/rules/0/b: b must be true or false",
          "/rules/0/i: i must be a whole number from 1 to 7",
          "/rules/0/j: j must be a whole number, at least 0",
          "/rules/0/t: t must be a string",
          "/rules/0/w: w must be \"on\" or \"off\"",
          "/rules/0/o: o must be an object",
          "/rules/0/l/1: must be a string",
          "/rules/0/m: must not be empty",
          "/rules/0/k: must not have more than 1 items",
      })
  );
}

TEST_F(ReadingTest, RefusesWhatNobodyAskedFor) {
  Reading reading = read(R"({"enabled": true, "enabeld": true, "a/b~": 1})");
  reading.boolean("enabled");
  reading.refuse_the_rest();
  EXPECT_EQ(
      faults(),
      (Texts{
          "/rules/0/enabeld: enabeld is not known here, did you mean \"enabled\"?",
          "/rules/0/a~1b~0: a/b~ is not known here",
      })
  );
}

TEST_F(ReadingTest, KnowsMembersWhateverTheirNames) {
  Reading reading = read(R"({"a": 1, "b": "x"})");
  auto members = reading.members();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1].first, "b");
  EXPECT_EQ(members[1].second.pointer(), "/rules/0/b");
  reading.refuse_the_rest();
  EXPECT_EQ(faults(), Texts{});
  Reading none = read("[]");
  EXPECT_TRUE(none.members().empty());
  EXPECT_EQ(faults(), Texts{"/rules/0: must be an object"});
}

TEST_F(ReadingTest, FilesItsFaultsUnderItsCode) {
  findings.code = FaultCode::page_rule;
  Reading reading = read("{}");
  reading.fault("is wrong");
  reading.fault(FaultCode::no_action_parameters, "are missing");
  ASSERT_EQ(findings.faults.size(), 2U);
  EXPECT_EQ(findings.faults[0].code, FaultCode::page_rule);
  EXPECT_EQ(findings.faults[1].code, FaultCode::no_action_parameters);
}

}  // namespace
}  // namespace festina::rules
