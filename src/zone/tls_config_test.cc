#include "zone/tls_config.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::zone {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class TlsConfig : public testing::Test {
 protected:
  TlsConfig() {
    fs::create_directories(directory_);
    std::ofstream(directory_ + "/site.pem") << "-----BEGIN CERTIFICATE-----\n";
    std::ofstream(directory_ + "/site.key") << "-----BEGIN PRIVATE KEY-----\n";
  }
  ~TlsConfig() override { fs::remove_all(directory_); }

  std::vector<CertificateFiles> read(const std::string& line, http::Scheme scheme) {
    problems_.clear();
    const auto table = Table::parse(line, "a.toml", problems_);
    if (!table) return {};
    const std::string text = std::string(http::name(scheme)) + "://127.0.0.1:1";
    return read_certificates(
        *table, directory_, {{scheme, "127.0.0.1", 1, text, {"a.toml", 9, 9}}}
    );
  }
  // The problems of an https address with this line, the directory left out.
  Texts problems_of(const std::string& line, http::Scheme scheme = http::Scheme::https) {
    read(line, scheme);
    Texts texts;
    for (const Problem& problem : problems_) {
      texts.push_back(text_of(problem));
      if (const auto at = texts.back().find(directory_ + "/"); at != std::string::npos)
        texts.back().erase(at, directory_.size() + 1);
    }
    return texts;
  }

  std::string directory_ =
      (fs::temp_directory_path() / ("festina_tls_config_" + std::to_string(getpid()))).string();
  Problems problems_;
};

TEST_F(TlsConfig, IsOneTableOrSeveral) {
  const std::string one = "{ certificate = \"site.pem\", key = \"site.key\" }";
  const auto single = read("tls = " + one, http::Scheme::https);
  EXPECT_TRUE(problems_.empty());
  ASSERT_EQ(single.size(), 1U);
  EXPECT_EQ(single[0].certificate, directory_ + "/site.pem");
  EXPECT_EQ(single[0].key, directory_ + "/site.key");
  EXPECT_EQ(read("tls = [" + one + ", " + one + "]", http::Scheme::https).size(), 2U);
  EXPECT_TRUE(problems_.empty());
  EXPECT_TRUE(read("", http::Scheme::http).empty());
  EXPECT_TRUE(problems_.empty());
}

TEST_F(TlsConfig, NamesEveryFault) {
  const std::string add = " - add tls = { certificate = \"site.pem\", key = \"site.key\" }";
  const struct {
    std::string line;
    std::string problem;
  } cases[] = {
      {"", "a.toml:9:9: \"https://127.0.0.1:1\" has no certificate" + add},
      {"tls = []", "a.toml:1:7: tls names no certificate" + add},
      {"tls = { certificate = \"site.pem\" }", "a.toml:1:7: tls has no key" + add},
      {"tls = { key = \"site.key\" }", "a.toml:1:7: tls has no certificate" + add},
      {"tls = { certificate = \"none.pem\", key = \"site.key\" }",
       "a.toml:1:23: PEM file \"none.pem\": No such file or directory - name a PEM file with "
       "certificates, relative to this file"},
      {"tls = { certificate = \"site.pem\", key = \"site.pem\" }",
       "a.toml:1:41: PEM file \"site.pem\": it holds no private key - name a PEM file with an "
       "unencrypted key, relative to this file"},
      {"tls = { certificate = \"site.pem\", key = \"site.key\", kye = \"\" }",
       "a.toml:1:53: unknown key \"kye\" - did you mean \"key\"?"},
      {"tls = \"site.pem\"", "a.toml:1:7: expected an array of tables, found a string"},
  };
  for (const auto& c : cases) EXPECT_EQ(problems_of(c.line), Texts{c.problem}) << c.line;
}

TEST_F(TlsConfig, IsForHttpsAddresses) {
  EXPECT_EQ(
      problems_of("tls = { certificate = \"site.pem\", key = \"site.key\" }", http::Scheme::http),
      Texts{"a.toml:1:7: tls without an https:// address - write listen with https://"}
  );
}

}  // namespace
}  // namespace festina::zone
