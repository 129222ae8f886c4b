#include "zone/colo_config.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/errors.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class ColosConfig : public testing::Test {
 protected:
  ColosConfig() {
    fs::create_directories(directory_);
    std::ofstream(directory_ + "/site.pem") << "-----BEGIN CERTIFICATE-----\n";
    std::ofstream(directory_ + "/site.key") << "-----BEGIN PRIVATE KEY-----\n";
  }
  ~ColosConfig() override { fs::remove_all(directory_); }

  std::vector<ColoConfig> read(const std::string& text) {
    problems_.clear();
    const auto table = Table::parse(text, "a.toml", problems_);
    if (!table) unreachable("the tests give TOML");
    return read_colos(*table, directory_);
  }
  Texts problems_of(const std::string& text) {
    read(text);
    return problems();
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }
  // So many of them, three lines each, with names from AAA on.
  static std::string colos(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      const char letter = static_cast<char>('A' + i);
      text +=
          std::string("[[colos]]\nname = \"AA") + letter + "\"\nlisten = [\"http://[::1]:0\"]\n";
    }
    return text;
  }

  std::string directory_ =
      (fs::temp_directory_path() / ("festina_colo_config_" + std::to_string(getpid()))).string();
  Problems problems_;
};

TEST_F(ColosConfig, AreOneWhenNoneIsNamed) {
  const auto colos = read("");
  EXPECT_EQ(problems(), Texts{});
  ASSERT_EQ(colos.size(), 1U);
  EXPECT_EQ(colos[0].name, "FRA");
  EXPECT_EQ(colos[0].country, "DE");
  ASSERT_EQ(colos[0].listen.size(), 1U);
  EXPECT_EQ(colos[0].listen[0].text, "http://127.0.0.1:8787");
  EXPECT_TRUE(colos[0].certificates.empty());
}

TEST_F(ColosConfig, ListenAtTheDefaultAndNameNoCountryWhenTheyDoNotSay) {
  const auto colos = read("[[colos]]\nname = \"NRT\"\n");
  EXPECT_EQ(problems(), Texts{});
  ASSERT_EQ(colos.size(), 1U);
  EXPECT_EQ(colos[0].country, "");
  ASSERT_EQ(colos[0].listen.size(), 1U);
  EXPECT_EQ(colos[0].listen[0].port, 8787);
}

TEST_F(ColosConfig, StandInTheirOrder) {
  const auto colos = read(R"([[colos]]
name = "LHR"
country = "GB"
listen = ["http://127.0.0.1:0", "https://[::1]:8443"]
tls = { certificate = "site.pem", key = "site.key" }
upper_tier = ""
[[colos]]
name = "FRA"
country = ""
listen = ["http://127.0.0.1:0"]
)");
  EXPECT_EQ(problems(), Texts{});
  ASSERT_EQ(colos.size(), 2U);
  EXPECT_EQ(colos[0].name, "LHR");
  EXPECT_EQ(colos[0].country, "GB");
  ASSERT_EQ(colos[0].listen.size(), 2U);
  EXPECT_EQ(colos[0].listen[1].host, "::1");
  EXPECT_EQ(text_of(colos[0].listen[1].place), "a.toml:4:33");
  ASSERT_EQ(colos[0].certificates.size(), 1U);
  EXPECT_EQ(colos[0].certificates[0].key, directory_ + "/site.key");
  EXPECT_EQ(colos[1].name, "FRA");
  EXPECT_EQ(colos[1].country, "");
}

TEST_F(ColosConfig, AreAtMostTen) {
  EXPECT_EQ(read(colos(kMaxColos)).size(), kMaxColos);
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(problems_of(colos(kMaxColos + 1)), Texts{"a.toml:31:1: more than 10 colos"});
}

TEST_F(ColosConfig, AreNamedOnce) {
  EXPECT_EQ(
      problems_of("[[colos]]\nname = \"FRA\"\n[[colos]]\nname = \"FRA\"\n"),
      Texts{"a.toml:4:8: two colos are named \"FRA\" - the first is at a.toml:2:8"}
  );
  EXPECT_EQ(problems_of("[[colos]]\nname = \"x\"\n[[colos]]\nname = \"y\"\n").size(), 2U)
      << "names that are none do not clash";
}

TEST_F(ColosConfig, NameEveryFault) {
  const std::string no_name =
      " is no name of a colo - write three capital letters, such as \"FRA\"";
  const std::string no_country = " is no country - write two capital letters, such as \"DE\"";
  const std::string fra = "[[colos]]\nname = \"FRA\"\n";
  const struct {
    std::string text;
    std::string problem;
  } cases[] = {
      {"[colos]\nname = \"FRA\"",
       "a.toml:1:1: expected an array of tables, found a table - write [[colos]]"},
      {"[[colos]]\ncountry = \"DE\"", "a.toml:1:1: the colo has no name - add name = \"FRA\""},
      {"[[colos]]\nname = 1", "a.toml:2:8: expected a string, found an integer"},
      {"[[colos]]\nname = \"fra\"", "a.toml:2:8: \"fra\"" + no_name},
      {"[[colos]]\nname = \"FR\"", "a.toml:2:8: \"FR\"" + no_name},
      {"[[colos]]\nname = \"FRAA\"", "a.toml:2:8: \"FRAA\"" + no_name},
      {fra + "country = \"D\"", "a.toml:3:11: \"D\"" + no_country},
      {fra + "country = \"DEU\"", "a.toml:3:11: \"DEU\"" + no_country},
      {fra + "country = \"de\"", "a.toml:3:11: \"de\"" + no_country},
      {fra + "listen = []",
       "a.toml:3:10: the colo listens nowhere - write listen = [\"http://127.0.0.1:0\"] for any "
       "free port"},
      {fra + "listen = \"http://127.0.0.1:1\"",
       "a.toml:3:10: expected an array of strings, found a string"},
      {fra + "listen = [\"127.0.0.1:1\"]",
       "a.toml:3:11: \"127.0.0.1:1\" is no address to listen on: \"127.0.0.1:1\" is no URL - write "
       "it like \"http://127.0.0.1:8787\""},
      {fra + "listen = [\"https://127.0.0.1:1\"]",
       "a.toml:3:11: \"https://127.0.0.1:1\" has no certificate - add tls = { certificate = "
       "\"site.pem\", key = \"site.key\" }"},
      {fra + "upper_tier = \"LHR\"",
       "a.toml:3:14: upper_tier \"LHR\" is not supported yet - remove it"},
      {fra + "contry = \"DE\"", "a.toml:3:1: unknown key \"contry\" - did you mean \"country\"?"},
  };
  for (const auto& c : cases) EXPECT_EQ(problems_of(c.text), Texts{c.problem}) << c.text;
}

}  // namespace
}  // namespace festina::zone
