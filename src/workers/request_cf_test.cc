#include "workers/request_cf.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

policy::Visit visit() {
  policy::Visit visit;
  visit.colo = "FRA";
  visit.country = "DE";
  return visit;
}

Visitor in_the_clear() {
  Visitor who;
  who.connection = ClientConnection{
      .protocol = "HTTP/1.1", .tls_version = {}, .tls_cipher = {}, .round_trip = {}
  };
  return who;
}

TEST(RequestCf, TellsAllThatIsKnown) {
  Visitor who = in_the_clear();
  policy::Visit asked = visit();
  asked.country = "US";
  asked.place = {
      .country = "US",
      .continent = "NA",
      .is_in_european_union = false,
      .region = "Texas",
      .region_code = "TX",
      .city = "Austin",
      .postal_code = "78701",
      .metro_code = "635",
      .timezone = "America/Chicago",
      .latitude = 30.2713,
      .longitude = -97.7426,
      .asn = 64500,
      .as_organization = "Example \"Net\""
  };
  who.connection = ClientConnection{
      .protocol = "HTTP/1.1",
      .tls_version = "TLSv1.3",
      .tls_cipher = "TLS_AES_128_GCM_SHA256",
      .round_trip = std::chrono::microseconds(21'600)
  };
  who.accept_encoding = "gzip, deflate, br";
  EXPECT_EQ(
      request_cf(asked, who, {}),
      R"({"colo":"FRA","country":"US","continent":"NA","region":"Texas","regionCode":"TX",)"
      R"("city":"Austin","postalCode":"78701","metroCode":"635","latitude":"30.27130",)"
      R"("longitude":"-97.74260","timezone":"America/Chicago","asn":64500,)"
      R"("asOrganization":"Example \"Net\"","httpProtocol":"HTTP/1.1","tlsVersion":"TLSv1.3",)"
      R"("tlsCipher":"AEAD-AES128-GCM-SHA256","clientTcpRtt":22,)"
      R"("clientAcceptEncoding":"gzip, deflate, br"})"
  );
}

TEST(RequestCf, LeavesOutWhatNobodyKnows) {
  EXPECT_EQ(request_cf(visit(), {}, {}), R"({"colo":"FRA","country":"DE"})");
  policy::Visit nowhere = visit();
  nowhere.country.clear();
  EXPECT_EQ(request_cf(nowhere, {}, {}), R"({"colo":"FRA"})");
}

TEST(RequestCf, SaysOfAPlainConnectionThatItHasNoTls) {
  EXPECT_EQ(
      request_cf(visit(), in_the_clear(), {}),
      R"({"colo":"FRA","country":"DE","httpProtocol":"HTTP/1.1","tlsVersion":"","tlsCipher":""})"
  );
}

TEST(RequestCf, CountsTheEuropeanUnionAsOne) {
  policy::Visit asked = visit();
  asked.place.is_in_european_union = true;
  EXPECT_EQ(request_cf(asked, {}, {}), R"({"colo":"FRA","country":"DE","isEUCountry":"1"})");
}

TEST(RequestCf, NamesCiphersAsTheServiceDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"TLS_AES_256_GCM_SHA384", "AEAD-AES256-GCM-SHA384"},
      {"TLS_CHACHA20_POLY1305_SHA256", "AEAD-CHACHA20-POLY1305-SHA256"},
      {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
  };
  for (const auto& [openssl, service] : cases) {
    Visitor who;
    who.connection = ClientConnection{
        .protocol = "HTTP/1.1", .tls_version = {}, .tls_cipher = openssl, .round_trip = {}
    };
    const std::string expected = R"("tlsCipher":")" + std::string(service) + "\"";
    EXPECT_NE(request_cf(visit(), who, {}).find(expected), std::string::npos) << openssl;
  }
}

TEST(RequestCf, ShowsAcceptEncodingWithinItsLimit) {
  const struct {
    std::string value;
    bool is_shown;
    const char* why;
  } cases[] = {
      {"gzip;q=0.5, *", true, "a list"},
      {std::string(kMaxShownAcceptEncoding, 'a'), true, "at the limit"},
      {std::string(kMaxShownAcceptEncoding + 1, 'a'), false, "one past it"},
      {"", false, "none was sent"},
      {"gzip\xff", false, "no text"},
  };
  for (const auto& c : cases) {
    Visitor who;
    who.accept_encoding = c.value;
    const bool is_shown = request_cf(visit(), who, {}).find("clientAccept") != std::string::npos;
    EXPECT_EQ(is_shown, c.is_shown) << c.why;
  }
}

TEST(RequestCf, TellsTheRuntimeModuleOnlyWhatItHasToKnow) {
  using std::chrono_literals::operator""s;
  const std::pair<ServingTag, const char*> cases[] = {
      {{.clock = 90s}, R"({"colo":"FRA","country":"DE","$f":{"clock":90000}})"},
      {{.clock = 0s}, R"({"colo":"FRA","country":"DE","$f":{"clock":0}})"},
      {{.clock = {}, .console = true}, R"({"colo":"FRA","country":"DE","$f":{"console":true}})"},
      {{}, R"({"colo":"FRA","country":"DE"})"},
  };
  for (const auto& [tag, expected] : cases) EXPECT_EQ(request_cf(visit(), {}, tag), expected);
}

}  // namespace
}  // namespace festina::workers
