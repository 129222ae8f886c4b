#include "base/cidr.h"

#include <gtest/gtest.h>

namespace festina {
namespace {

TEST(Cidr, ContainsTheAddressesBehindItsPrefix) {
  struct Case {
    const char* range;
    const char* address;
    bool contained;
    const char* why;
  };
  const Case cases[] = {
      {"192.0.2.0/24", "192.0.2.255", true, "the last of the range"},
      {"192.0.2.0/24", "192.0.3.0", false, "one past it"},
      {"192.0.2.128/25", "192.0.2.127", false, "a prefix inside a byte"},
      {"192.0.2.128/25", "192.0.2.200", true, "a prefix inside a byte"},
      {"192.0.2.7", "192.0.2.7", true, "an address alone"},
      {"192.0.2.7", "192.0.2.6", false, "an address alone"},
      {"0.0.0.0/0", "203.0.113.9", true, "all of IPv4"},
      {"0.0.0.0/0", "2001:db8::1", false, "IPv6 is not IPv4"},
      {"::/0", "203.0.113.9", true, "all there is"},
      {"2001:db8::/32", "2001:db8:ffff::1", true, "IPv6"},
      {"2001:db8::/32", "2001:db9::", false, "IPv6"},
      {"192.0.2.0/24", "::ffff:192.0.2.9", true, "IPv4 written in IPv6"},
      {"192.0.2.0/24", "", false, "no address"},
      {"192.0.2.0/24", "example.com", false, "no address"},
  };
  for (const Case& c : cases) {
    const auto range = Cidr::parse(c.range);
    ASSERT_TRUE(range) << c.range;
    EXPECT_EQ(range->contains(std::string_view(c.address)), c.contained)
        << c.range << " " << c.address << ": " << c.why;
  }
}

TEST(Cidr, RefusesWhatIsNoRange) {
  for (const char* text :
       {"",
        "/8",
        "example.com",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/-1",
        "192.0.2.0/8x",
        "192.0.2.1/24",
        "2001:db8::/129",
        "2001:db8::1/32",
        "[::1]",
        "192.0.2"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
}

}  // namespace
}  // namespace festina
