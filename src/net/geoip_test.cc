#include "net/geoip.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/mmdb.h"

namespace festina::net {
namespace {

using json::Object;

class GeoIpFile : public ::testing::Test {
 protected:
  ~GeoIpFile() override { std::filesystem::remove(path_); }
  Result<std::shared_ptr<const GeoIp>> open(std::string_view bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return GeoIp::open(path_);
  }

  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("festina_geoip_test_" + std::to_string(getpid()) + ".mmdb"))
                          .string();
};

json::Value country(std::string_view code) {
  return Object{{"country", Object{{"iso_code", code}}}};
}

TEST_F(GeoIpFile, KnowsTheCountryOfRanges) {
  const auto geoip = open(testing::mmdb(
      {{"192.0.2.0/24", country("DE")},
       {"198.51.100.128/25", country("FR")},
       {"203.0.113.7/32", country("GB")},
       {"2001:db8::/32", country("JP")}},
      "GeoLite2-Country"
  ));
  ASSERT_TRUE(geoip) << geoip.error();
  const struct {
    std::string_view address;
    std::string_view country;
    std::string_view why;
  } cases[] = {
      {"192.0.2.0", "DE", "first"},
      {"192.0.2.255", "DE", "last"},
      {"192.0.3.0", "", "one beyond"},
      {"198.51.100.127", "", "the other half"},
      {"198.51.100.128", "FR", "half of a range"},
      {"203.0.113.7", "GB", "one address"},
      {"203.0.113.6", "", "its neighbour"},
      {"::ffff:192.0.2.1", "DE", "IPv4 on an IPv6 socket"},
      {"2001:db8:1::1", "JP", "IPv6"},
      {"2001:db9::1", "", "none of ours"},
      {"127.0.0.1", "", "private"},
      {"", "", "a Unix socket"},
      {"example.com", "", "no address"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ((*geoip)->find(c.address).country, c.country) << c.address << ": " << c.why;
    EXPECT_EQ((*geoip)->find(c.address).country, c.country) << c.address << ": " << c.why;
  }
}

TEST_F(GeoIpFile, TellsWhatACityFileKnows) {
  const auto named = [](std::string_view name) { return Object{{"en", name}, {"de", "anders"}}; };
  const auto geoip = open(testing::mmdb(
      {{"192.0.2.0/24",
        Object{
            {"continent", Object{{"code", "EU"}}},
            {"country", Object{{"iso_code", "DE"}, {"is_in_european_union", true}}},
            {"subdivisions", json::Array{Object{{"iso_code", "HE"}, {"names", named("Hesse")}}}},
            {"city", Object{{"names", named("Frankfurt am Main")}}},
            {"postal", Object{{"code", "60306"}}},
            {"location",
             Object{
                 {"latitude", 50.1},
                 {"longitude", -8.5},
                 {"metro_code", std::uint64_t{635}},
                 {"time_zone", "Europe/Berlin"}
             }}
        }}},
      "GeoLite2-City"
  ));
  ASSERT_TRUE(geoip) << geoip.error();
  const Place expected{
      .country = "DE",
      .continent = "EU",
      .is_in_european_union = true,
      .region = "Hesse",
      .region_code = "HE",
      .city = "Frankfurt am Main",
      .postal_code = "60306",
      .metro_code = "635",
      .timezone = "Europe/Berlin",
      .latitude = 50.1,
      .longitude = -8.5,
      .asn = {},
      .as_organization = {}
  };
  EXPECT_EQ((*geoip)->find("192.0.2.1"), expected);
  EXPECT_EQ((*geoip)->find("192.0.3.1"), Place{});
}

TEST_F(GeoIpFile, TellsWhatAnAsnFileKnows) {
  const std::string organization(200, 'o');
  const auto geoip = open(testing::mmdb(
      {{"192.0.2.0/24",
        Object{
            {"autonomous_system_number", 64500}, {"autonomous_system_organization", organization}
        }}},
      "GeoLite2-ASN"
  ));
  ASSERT_TRUE(geoip) << geoip.error();
  EXPECT_EQ((*geoip)->find("192.0.2.1").asn, 64500U);
  EXPECT_EQ((*geoip)->find("192.0.2.1").as_organization, organization);
  EXPECT_EQ((*geoip)->find("192.0.2.1").country, "");
}

TEST_F(GeoIpFile, TakesValuesOfOtherTypesForUnknown) {
  const auto geoip = open(testing::mmdb(
      {{"192.0.2.0/24",
        Object{
            {"country", "DE"},
            {"subdivisions", Object{}},
            {"autonomous_system_number", "64500"},
            {"location", Object{{"latitude", 50}, {"metro_code", 635}}}
        }}},
      "Other"
  ));
  ASSERT_TRUE(geoip) << geoip.error();
  EXPECT_EQ((*geoip)->find("192.0.2.1"), Place{});
}

TEST_F(GeoIpFile, SaysWhatIsWrongWithAFile) {
  const auto missing = GeoIp::open(path_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_EQ(missing.error().detail, "MMDB file \"" + path_ + "\": No such file or directory");

  const std::string good = testing::mmdb({{"192.0.2.0/24", country("DE")}}, "GeoLite2-Country");
  for (const std::string& bad :
       {std::string(), std::string("no such format"), good.substr(0, 300)}) {
    const auto opened = open(bad);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::malformed);
    EXPECT_NE(opened.error().detail.find(path_), std::string::npos);
  }
}

}  // namespace
}  // namespace festina::net
