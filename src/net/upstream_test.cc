#include "net/upstream.h"

#include <gtest/gtest.h>
#include <set>

namespace festina::net {
namespace {

TEST(UpstreamAddress, HasAText) {
  const UpstreamAddress tcp{.host = "apple.example", .port = 80, .unix_path = ""};
  const UpstreamAddress local{.host = "", .port = 0, .unix_path = "/run/a.sock"};
  EXPECT_EQ(tcp.text(), "apple.example:80");
  EXPECT_EQ(local.text(), "unix:/run/a.sock");
}

TEST(ConnectionKey, DiffersWithWhateverMakesConnectionsDiffer) {
  const UpstreamAddress address{.host = "192.0.2.1", .port = 443, .unix_path = ""};
  const UpstreamAddress other_port{.host = "192.0.2.1", .port = 444, .unix_path = ""};
  const std::set<std::string> keys{
      connection_key(address, {}),
      connection_key(other_port, {}),
      connection_key(address, UpstreamTls{"a.example", ""}),
      connection_key(address, UpstreamTls{"b.example", ""}),
      connection_key(address, UpstreamTls{"a.example", "/ca.pem"}),
  };
  EXPECT_EQ(keys.size(), 5u);
}

}  // namespace
}  // namespace festina::net
