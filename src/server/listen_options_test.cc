#include "server/listen_options.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::server {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// For these tests alone; nobody trusts it.
constexpr const char* kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUappgwgaBwTxpaoRF7AfQiu9ZfLgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA1NTQwMFoYDzIxMjYxMDI5
MDU1NDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR9wO+61y/IUszPLTTaylTeUP1JT/j5aLbdgZkaJPcdkHoeW4bmgWHN
oZGSH0NrjTLNG5OA6Es7zrA0nuXa46d6o1MwUTAdBgNVHQ4EFgQU+ER5NXPevRFL
EGFr7tWzBG2DNZUwHwYDVR0jBBgwFoAU+ER5NXPevRFLEGFr7tWzBG2DNZUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBv3+cy/1IgBLMbEbO7Fere
Kt6+wy1vwqO3TujRi2N+vgIgKZRBItbMiefuk5K5HlKyvCpLsbskxsBk3yKtVLbo
TRA=
-----END CERTIFICATE-----
)";
constexpr const char* kKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdt7iNYFcmaEjKBvK
20g0LGkr7OmiDakoYLE7fIPpp8ShRANCAAR9wO+61y/IUszPLTTaylTeUP1JT/j5
aLbdgZkaJPcdkHoeW4bmgWHNoZGSH0NrjTLNG5OA6Es7zrA0nuXa46d6
-----END PRIVATE KEY-----
)";

class ListenOptionsTest : public testing::Test {
 protected:
  ListenOptionsTest() {
    fs::create_directories(directory_);
    std::ofstream(path("site.pem")) << kCertificate;
    std::ofstream(path("site.key")) << kKey;
  }
  ~ListenOptionsTest() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  zone::CertificateFiles pair(const std::string& certificate, const std::string& key) const {
    return {path(certificate), path(key), {}};
  }
  static zone::ListenUrl url(http::Scheme scheme) {
    return {scheme, "127.0.0.1", 0, std::string(http::name(scheme)) + "://127.0.0.1:0", {}};
  }

  std::string directory_ =
      (fs::temp_directory_path() / ("festina_listen_options_" + std::to_string(getpid()))).string();
};

TEST_F(ListenOptionsTest, OfAnHttpAddressHaveNoCertificate) {
  const std::vector<Cidr> proxies = {Cidr::parse("10.0.0.0/8").value()};
  // The certificates of the colo are those of its https addresses: not even read here.
  const auto options = listen_options(url(http::Scheme::http), {pair("none", "none")}, proxies);
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->tls, nullptr);
  ASSERT_EQ(options->trusted_proxies.size(), 1U);
  EXPECT_TRUE(options->trusted_proxies[0].contains("10.1.2.3"));
  EXPECT_EQ(options->limits.connections, net::kMaxConnections);
}

TEST_F(ListenOptionsTest, OfAnHttpsAddressHaveItsCertificates) {
  const auto options = listen_options(
      url(http::Scheme::https), {pair("site.pem", "site.key"), pair("site.pem", "site.key")}, {}
  );
  ASSERT_TRUE(options) << options.error();
  EXPECT_NE(options->tls, nullptr);
  EXPECT_TRUE(options->trusted_proxies.empty());
}

TEST_F(ListenOptionsTest, SayWhichCertificateIsBad) {
  std::ofstream(path("empty.pem")) << "";
  const struct {
    zone::CertificateFiles files;
    ErrorCode code;
    std::string named;
  } cases[] = {
      {pair("none.pem", "site.key"), ErrorCode::not_found, "none.pem"},
      {pair("site.pem", "none.key"), ErrorCode::not_found, "none.key"},
      {pair("empty.pem", "site.key"), ErrorCode::malformed, "empty.pem"},
      {pair("site.pem", "site.pem"), ErrorCode::malformed, "site.pem"},
  };
  for (const auto& c : cases) {
    const auto options =
        listen_options(url(http::Scheme::https), {pair("site.pem", "site.key"), c.files}, {});
    ASSERT_FALSE(options) << c.named;
    EXPECT_EQ(options.error().code, c.code) << options.error();
    EXPECT_THAT(options.error().detail, HasSubstr(path(c.named)));
  }
}

TEST_F(ListenOptionsTest, LoadNoCertificatesFromNoFiles) {
  const auto none = load_certificates({});
  ASSERT_TRUE(none) << none.error();
  EXPECT_EQ(*none, nullptr);
  const auto one = load_certificates({pair("site.pem", "site.key")});
  ASSERT_TRUE(one) << one.error();
  EXPECT_NE(*one, nullptr);
}

}  // namespace
}  // namespace festina::server
