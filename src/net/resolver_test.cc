#include "net/resolver.h"

#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

std::string resolved(Resolver& resolver, const std::string& host) {
  asio::io_context io;
  const auto addresses = loopback::run(io, resolver.resolve(host));
  if (!addresses)
    return std::string(name(addresses.error().code)) + " " +
           std::string(name(addresses.error().side));
  std::string text;
  for (const auto& address : *addresses) text += (text.empty() ? "" : " ") + address.to_string();
  return text;
}

TEST(Resolver, KnowsAddressesAndSpecialNames) {
  struct Case {
    std::string host;
    std::string expected;
    std::string why;
  };
  const Case cases[] = {
      {"192.0.2.7", "192.0.2.7", "a textual address"},
      {"2001:db8::7", "2001:db8::7", "IPv6"},
      {"[2001:db8::7]", "2001:db8::7", "IPv6 as it stands in a URL"},
      {"localhost", "127.0.0.1 ::1", "RFC 6761 §6.3"},
      {"LOCALHOST.", "127.0.0.1 ::1", "names have no case; the root's dot"},
      {"site.localhost", "127.0.0.1 ::1", "every name under it"},
      {"no.such.invalid", "unresolved origin", "RFC 6761 §6.4"},
      {"invalid", "unresolved origin", "RFC 6761 §6.4"},
      {"", "unresolved origin", "no name"},
      {"a name with spaces", "unresolved origin", "no name either, says the system"},
  };
  Resolver resolver;
  for (const Case& c : cases)
    EXPECT_EQ(resolved(resolver, c.host), c.expected) << c.host << ": " << c.why;
}

TEST(Resolver, DoesNotTakePartsOfNamesForSpecialOnes) {
  Resolver resolver;
  EXPECT_NE(resolved(resolver, "notlocalhost"), "127.0.0.1 ::1");
}

TEST(IsPublic, LeavesOutWhatTheInternetDoesNotRoute) {
  const struct {
    const char* address;
    bool expected;
    const char* why;
  } cases[] = {
      {"8.8.8.8", true, "plain"},
      {"127.0.0.1", false, "loopback"},
      {"10.1.2.3", false, "private"},
      {"172.15.255.255", true, "just below the private range"},
      {"172.16.0.0", false, "private"},
      {"172.31.255.255", false, "private"},
      {"172.32.0.0", true, "just above the private range"},
      {"192.168.1.1", false, "private"},
      {"100.64.0.1", false, "shared address space"},
      {"169.254.169.254", false, "link-local: where clouds keep credentials"},
      {"0.0.0.0", false, "unspecified"},
      {"224.0.0.1", false, "multicast"},
      {"255.255.255.255", false, "broadcast"},
      {"2606:4700::1", true, "plain"},
      {"::1", false, "loopback"},
      {"::", false, "unspecified"},
      {"fd00::1", false, "unique local"},
      {"fe80::1", false, "link-local"},
      {"ff02::1", false, "multicast"},
      {"2001:db8::1", false, "documentation"},
      {"::ffff:10.0.0.1", false, "an IPv4 address in another coat"},
      {"::ffff:8.8.8.8", true, "an IPv4 address in another coat"},
      {"2002:0a00:0001::", false, "6to4"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(is_public(asio::ip::make_address(c.address)), c.expected)
        << c.address << ": " << c.why;
  }
}

}  // namespace
}  // namespace festina::net
