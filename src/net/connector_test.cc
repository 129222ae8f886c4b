#include "net/connector.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

#include "net/loopback.h"
#include "net/sealed.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using certificates::Authority;
using certificates::Pem;
using certificates::Wish;
using loopback::PlainListener;

class ConnectorTest : public testing::Test {
 protected:
  ConnectorTest() { std::ofstream(ca_file_) << authority_.certificate(); }
  ~ConnectorTest() override { std::filesystem::remove(ca_file_); }

  Upstream upstream(std::uint16_t port, const std::string& server_name) const {
    return upstream(port, server_name, ca_file_);
  }
  static Upstream upstream(
      std::uint16_t port, const std::string& server_name, const std::string& ca_file
  ) {
    Upstream upstream;
    upstream.address = {.host = "127.0.0.1", .port = port, .unix_path = ""};
    upstream.tls = UpstreamTls{.server_name = server_name, .ca_file = ca_file};
    return upstream;
  }
  std::string outcome(const Upstream& upstream) {
    const auto stream = loopback::run(io_, connector_.connect(upstream));
    return stream ? "ok" : loopback::text_of(stream.error());
  }
  // What comes of asking a server that shows this certificate for a name; and the name it was asked for.
  struct Met {
    std::string outcome;
    std::string server_name;
  };
  Met meet(const Pem& pem, const std::string& server_name) {
    return meet(pem, server_name, ca_file_);
  }
  Met meet(const Pem& pem, const std::string& server_name, const std::string& ca_file) {
    PlainListener listener;
    Met met;
    std::thread server([&] {
      Sealed far = Sealed::accept(listener.accept().release(), pem);
      met.server_name = far.server_name();
      far.receive_all();
    });
    met.outcome = outcome(upstream(listener.port(), server_name, ca_file));
    server.join();
    return met;
  }

  const std::string ca_file_ = testing::TempDir() + "connector_" + std::to_string(::getpid());
  const Authority authority_;
  asio::io_context io_;
  Resolver resolver_;
  Connector connector_{resolver_};
};

TEST_F(ConnectorTest, BelievesOnlyACertificateOfTheName) {
  struct Case {
    std::string server_name;
    std::string_view expected;
    std::string_view why;
  };
  const Case cases[] = {
      {"a.example", "ok", "its name"},
      {"A.EXAMPLE", "ok", "whatever its case"},
      {"x.b.example", "ok", "a wildcard"},
      {"y.x.b.example", "untrusted origin", "a wildcard is one label"},
      {"b.example", "untrusted origin", "and not none"},
      {"other.example", "untrusted origin", "another name"},
      {"127.0.0.1", "ok", "an address"},
      {"127.0.0.2", "untrusted origin", "another address"},
      {"::1", "ok", "an address of IPv6"},
      {"a server of a test", "untrusted origin", "the subject is no name"},
  };
  Wish wish;
  wish.names = {"a.example", "*.b.example", "127.0.0.1", "::1"};
  const Pem pem = authority_.issue(wish);
  for (const Case& c : cases) EXPECT_EQ(meet(pem, c.server_name).outcome, c.expected) << c.why;
}

TEST_F(ConnectorTest, AsksForTheName) {
  EXPECT_EQ(meet(authority_.issue({}), "localhost").server_name, "localhost");
  EXPECT_EQ(meet(authority_.issue({}), "127.0.0.1").server_name, "") << "an address is no name";
}

TEST_F(ConnectorTest, BelievesOnlyItsAuthoritiesAndItsTime) {
  const Authority stranger("a stranger");
  EXPECT_EQ(meet(stranger.issue({}), "localhost").outcome, "untrusted origin");
  EXPECT_EQ(meet(authority_.issue({}), "localhost", "").outcome, "untrusted origin")
      << "the system knows no authority of ours";
  EXPECT_EQ(
      meet(authority_.issue({.begins = -2h, .ends = -1h}), "localhost").outcome, "untrusted origin"
  );
}

TEST_F(ConnectorTest, MayTrustOneCertificateAlone) {
  const Pem pem = Authority("a stranger").issue({});
  const std::string own = ca_file_ + ".own";
  std::ofstream(own) << pem.certificate;
  EXPECT_EQ(meet(pem, "localhost", own).outcome, "ok");
  std::filesystem::remove(own);
}

TEST_F(ConnectorTest, SaysThatTheHandshakeFailed) {
  for (const std::string answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", ""}) {
    PlainListener listener;
    std::thread server([&] {
      loopback::Plain far = listener.accept();
      far.receive(1);
      far.send(answer);
      far.end_sending();
      far.receive_all();
    });
    EXPECT_EQ(outcome(upstream(listener.port(), "localhost")), "tls_failed origin") << answer;
    server.join();
  }
}

TEST_F(ConnectorTest, CountsTheHandshakeInTheConnectTimeout) {
  PlainListener silent;
  Upstream target = upstream(silent.port(), "localhost");
  target.timeouts.connect = 50ms;
  EXPECT_EQ(outcome(target), "connect_timed_out origin");
}

TEST_F(ConnectorTest, BlamesItselfForAFileOfAuthoritiesThatIsGone) {
  PlainListener listener;
  EXPECT_EQ(
      outcome(upstream(listener.port(), "localhost", "/nonexistent/ca.pem")), "not_found self"
  );
}

}  // namespace
}  // namespace festina::net
