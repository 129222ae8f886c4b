#include "zone/control_config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/errors.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class ControlConfig : public testing::Test {
 protected:
  ControlConfig() {
    fs::create_directories(directory_);
    std::ofstream(directory_ + "/site.pem") << "-----BEGIN CERTIFICATE-----\n";
    std::ofstream(directory_ + "/site.key") << "-----BEGIN PRIVATE KEY-----\n";
    unsetenv("FESTINA_API_TOKEN");
    unsetenv("FESTINA_TEST_TOKEN");
  }
  ~ControlConfig() override {
    fs::remove_all(directory_);
    unsetenv("FESTINA_API_TOKEN");
    unsetenv("FESTINA_TEST_TOKEN");
  }

  // A file with this text.
  Control read(const std::string& text) {
    problems_.clear();
    const auto table = Table::parse(text, "a.toml", problems_);
    if (!table) unreachable("the tests give TOML");
    return read_control(*table, directory_);
  }
  // [control] with these lines; the first of them is line 2.
  Control control(const std::string& lines) { return read("[control]\n" + lines); }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }
  Texts problems_of(const std::string& lines) {
    control(lines);
    return problems();
  }

  std::string directory_ =
      (fs::temp_directory_path() / ("festina_control_config_" + std::to_string(getpid()))).string();
  Problems problems_;
};

TEST_F(ControlConfig, IsOnThisMachineAloneUnlessToldOtherwise) {
  for (const char* text : {"", "[control]\n", "[control]\ninsecure = true\n"}) {
    const Control control = read(text);
    EXPECT_EQ(problems(), Texts{}) << text;
    EXPECT_EQ(control.listen.text, "http://127.0.0.1:8788") << text;
    EXPECT_EQ(control.listen.host, "127.0.0.1") << text;
    EXPECT_EQ(control.listen.port, 8788) << text;
    EXPECT_TRUE(control.certificates.empty()) << text;
    EXPECT_EQ(control.token, "") << text;
    EXPECT_EQ(control.account_id, "") << text;
  }
}

TEST_F(ControlConfig, SaysWhereAndWhoMayCall) {
  const Control control = this->control(
      "listen = \"http://[::1]:0\"\ntoken = \"secret\"\n"
      "account_id = \"0123456789abcdef0123456789abcdef\"\n"
  );
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(control.listen.host, "::1");
  EXPECT_EQ(control.listen.port, 0);
  EXPECT_EQ(text_of(control.listen.place), "a.toml:2:10");
  EXPECT_EQ(control.token, "secret");
  EXPECT_EQ(control.account_id, "0123456789abcdef0123456789abcdef");
}

TEST_F(ControlConfig, LetsOtherMachinesInOnlyWhenToldSo) {
  const std::string open = "listen = \"http://0.0.0.0:8788\"\n";
  const Texts refused{
      "a.toml:2:10: other machines can reach the control address \"http://0.0.0.0:8788\" without "
      "https - listen on 127.0.0.1, use https://, or set insecure = true"
  };
  EXPECT_EQ(problems_of(open), refused);
  EXPECT_EQ(problems_of(open + "insecure = false"), refused);
  EXPECT_EQ(problems_of(open + "insecure = true"), Texts{});
  for (const char* host : {"localhost", "127.0.0.2", "[::1]"})
    EXPECT_EQ(problems_of("listen = \"http://" + std::string(host) + ":1\""), Texts{}) << host;
}

TEST_F(ControlConfig, LetsThemInWithACertificate) {
  const Control control = this->control(
      "listen = \"https://0.0.0.0:8788\"\ntls = { certificate = \"site.pem\", key = \"site.key\" }"
  );
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(control.listen.scheme, http::Scheme::https);
  ASSERT_EQ(control.certificates.size(), 1U);
  EXPECT_EQ(control.certificates[0].certificate, directory_ + "/site.pem");
  EXPECT_EQ(control.certificates[0].key, directory_ + "/site.key");
  EXPECT_EQ(control.certificates[0].place.line, 3U);
}

TEST_F(ControlConfig, TakesTheTokenFromTheEnvironment) {
  setenv("FESTINA_API_TOKEN", "from-environment", 1);
  setenv("FESTINA_TEST_TOKEN", "named", 1);
  EXPECT_EQ(read("").token, "from-environment");
  EXPECT_EQ(control("token = \"${FESTINA_API_TOKEN}\"").token, "from-environment");
  EXPECT_EQ(control("token = \"a-${FESTINA_TEST_TOKEN}\"").token, "a-named");
  EXPECT_EQ(control("token = \"plain\"").token, "plain");
  EXPECT_EQ(problems(), Texts{});
  unsetenv("FESTINA_API_TOKEN");
  EXPECT_EQ(control("token = \"${FESTINA_API_TOKEN}\"").token, "") << "the default: one is made";
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(ControlConfig, RefusesATokenOfTheEnvironmentThatCanNotBeSent) {
  setenv("FESTINA_API_TOKEN", "two words", 1);
  EXPECT_EQ(read("").token, "");
  EXPECT_EQ(
      problems(), Texts{"a.toml:1:1: the token has a space or a character that is not ASCII"}
  );
}

TEST_F(ControlConfig, NamesEveryFault) {
  const std::string hex(32, 'a');
  const std::string no_account =
      " is no account id - write 32 lower-case hexadecimal digits, or remove it";
  const struct {
    std::string line;
    std::string problem;
  } cases[] = {
      {"lisen = \"\"", "a.toml:2:1: unknown key \"lisen\" - did you mean \"listen\"?"},
      {"listen = 8788", "a.toml:2:10: expected a string, found an integer"},
      {"listen = \"http://example.com:80\"",
       "a.toml:2:10: \"http://example.com:80\" is no address to listen on: its host is no IP "
       "address - write it like \"http://127.0.0.1:8787\""},
      {"listen = \"https://0.0.0.0:1\"",
       "a.toml:2:10: \"https://0.0.0.0:1\" has no certificate - add tls = { certificate = "
       "\"site.pem\", key = \"site.key\" }"},
      {"insecure = \"yes\"", "a.toml:2:12: expected a boolean, found a string"},
      {"token = \"${FESTINA_TEST_TOKEN}\"",
       "a.toml:2:9: environment variable FESTINA_TEST_TOKEN is not set - set it, or remove token: "
       "then one is made and kept"},
      {"token = \"two words\"", "a.toml:2:9: the token has a space or a character that is not ASCII"
      },
      {"token = \"schl\u00fcssel\"",
       "a.toml:2:9: the token has a space or a character that is not ASCII"},
      {"account_id = \"" + hex + "a\"", "a.toml:2:14: \"" + hex + "a\"" + no_account},
      {"account_id = \"" + hex.substr(1) + "\"",
       "a.toml:2:14: \"" + hex.substr(1) + "\"" + no_account},
      {"account_id = \"" + hex.substr(1) + "A\"",
       "a.toml:2:14: \"" + hex.substr(1) + "A\"" + no_account},
  };
  for (const auto& c : cases) EXPECT_EQ(problems_of(c.line), Texts{c.problem}) << c.line;
  EXPECT_EQ(problems_of("account_id = \"" + hex + "\""), Texts{});
}

}  // namespace
}  // namespace festina::zone
