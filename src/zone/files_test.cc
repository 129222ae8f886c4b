#include "zone/files.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::zone {
namespace {

class FilesTest : public testing::Test {
 protected:
  ~FilesTest() override { std::filesystem::remove(path_); }
  void write(std::string_view text) const { std::ofstream(path_, std::ios::binary) << text; }

  std::string path_ =
      (std::filesystem::temp_directory_path() / ("festina_files_test_" + std::to_string(getpid())))
          .string();
};

TEST_F(FilesTest, AreReadWhole) {
  const std::string text("a\0\n\r\nb", 6);
  write(text);
  EXPECT_EQ(read_file(path_).value(), text);
  EXPECT_EQ(fault_of_file(path_), std::nullopt);
}

TEST_F(FilesTest, SayWhyTheyCannotBeRead) {
  EXPECT_EQ(fault_of_file(path_), "No such file or directory");
  EXPECT_EQ(read_file(path_).error().code, ErrorCode::io);
  EXPECT_EQ(fault_of_file("/"), "it is a directory");
  EXPECT_EQ(fault_of_pem("/", PemKind::key), "it is a directory");
}

TEST_F(FilesTest, HoldTheBlocksThatTheirKindNeeds) {
  using Fault = std::optional<std::string>;
  const struct {
    std::string_view text;
    Fault as_certificate;
    Fault as_key;
    std::string_view why;
  } cases[] = {
      {"", "it is no PEM file", "it is no PEM file", "empty"},
      {"\x30\x82\x01", "it is no PEM file", "it is no PEM file", "DER"},
      {"-----BEGIN CERT", "it is no PEM file", "it is no PEM file", "cut"},
      {"-----BEGIN CERTIFICATE-----\n", {}, "it holds no private key", "certificate"},
      {"-----BEGIN TRUSTED CERTIFICATE-----\n", {}, "it holds no private key", "OpenSSL's own"},
      {"-----BEGIN PRIVATE KEY-----\n", "it holds no certificate", {}, "PKCS #8"},
      {"-----BEGIN RSA PRIVATE KEY-----\n", "it holds no certificate", {}, "PKCS #1"},
      {"-----BEGIN EC PRIVATE KEY-----\n", "it holds no certificate", {}, "SEC 1"},
      {"-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
       "it holds no certificate",
       "its key is encrypted",
       "nobody is there to give a passphrase"},
      {"-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n", {}, {}, "both in one file"},
  };
  for (const auto& c : cases) {
    write(c.text);
    EXPECT_EQ(fault_of_pem(path_, PemKind::certificate), c.as_certificate) << c.why;
    EXPECT_EQ(fault_of_pem(path_, PemKind::key), c.as_key) << c.why;
  }
}

}  // namespace
}  // namespace festina::zone
