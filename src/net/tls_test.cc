#include "net/tls.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/loopback.h"
#include "net/sealed.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using certificates::Authority;
using certificates::KeyKind;
using certificates::Pem;
using certificates::Wish;
using loopback::Plain;

class TlsTest : public testing::Test {
 protected:
  TlsTest() { std::filesystem::create_directories(directory_); }
  ~TlsTest() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name) const { return directory_ / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }
  CertificateFiles files(const std::string& name, const Pem& pem) const {
    return {write(name + ".pem", pem.certificate), write(name + ".key", pem.key)};
  }
  std::shared_ptr<const TlsServer> server(const std::vector<std::vector<std::string>>& names) {
    std::vector<CertificateFiles> all;
    for (const auto& of_one : names) {
      Wish wish;
      wish.names = of_one;
      all.push_back(files(std::to_string(all.size()), authority_.issue(wish)));
    }
    return TlsServer::load(all).value();
  }
  static std::string refusal(const CertificateFiles& files) {
    const auto loaded = TlsServer::load({&files, 1});
    return loaded ? "ok" : loopback::text_of(loaded.error()) + ": " + loaded.error().detail;
  }

  const std::filesystem::path directory_ = testing::TempDir() + "tls_" + std::to_string(::getpid());
  const Authority authority_;
};

TEST_F(TlsTest, SaysWhichFileOfACertificateIsOfNoUse) {
  const Pem good = authority_.issue({});
  const Pem other = authority_.issue({});
  const Pem rsa = authority_.issue({.key = KeyKind::rsa});
  const CertificateFiles right = files("right", good);
  const std::string nonsense = write("nonsense.pem", "nonsense");
  const CertificateFiles swapped{right.certificate, files("other", other).key};
  const CertificateFiles other_kind{right.certificate, files("rsa", rsa).key};

  EXPECT_EQ(refusal(right), "ok");
  EXPECT_EQ(
      refusal({file("none.pem"), right.key}),
      "not_found self: " + file("none.pem") + ": No such file or directory"
  );
  EXPECT_EQ(
      refusal({right.certificate, file("none.key")}),
      "not_found self: " + file("none.key") + ": No such file or directory"
  );
  EXPECT_EQ(
      refusal({nonsense, right.key}), "malformed self: " + nonsense + ": holds no PEM certificate"
  );
  EXPECT_EQ(
      refusal({right.certificate, nonsense}),
      "malformed self: " + nonsense + ": holds no PEM private key, or one with a passphrase"
  );
  for (const CertificateFiles& mismatch : {swapped, other_kind}) {
    EXPECT_EQ(
        refusal(mismatch),
        "conflict self: " + mismatch.key + ": is not the key of " + right.certificate
    );
  }
  EXPECT_EQ(TlsServer::load({}).error().code, ErrorCode::not_found);
}

TEST_F(TlsTest, TakesACertificateOutOfItsTime) {
  EXPECT_EQ(refusal(files("old", authority_.issue({.begins = -2h, .ends = -1h}))), "ok");
  EXPECT_EQ(refusal(files("young", authority_.issue({.begins = 1h, .ends = 2h}))), "ok");
}

TEST_F(TlsTest, SaysWhyAuthoritiesAreOfNoUse) {
  EXPECT_EQ(TlsClient::load(file("none.pem")).error().code, ErrorCode::not_found);
  EXPECT_EQ(TlsClient::load(write("a.pem", "nonsense")).error().code, ErrorCode::malformed);
  EXPECT_TRUE(TlsClient::load(write("b.pem", authority_.certificate())));
  EXPECT_TRUE(TlsClient::load(""));
}

TEST_F(TlsTest, ReadsAChangedFileOfAuthoritiesAgain) {
  TlsClients clients;
  const std::string ca = write("ca.pem", authority_.certificate());
  const auto first = clients.trusting(ca).value();
  EXPECT_EQ(clients.trusting(ca).value(), first);
  write("ca.pem", Authority("another").certificate());
  std::filesystem::last_write_time(ca, std::filesystem::last_write_time(ca) + 1s);
  EXPECT_NE(clients.trusting(ca).value(), first);
}

// A server that says hello over TLS.
class TlsServerTest : public TlsTest {
 protected:
  static int socket_to(const loopback::Server& server) {
    return Plain::to_port(server.port()).release();
  }
  static ListenOptions sealed(std::shared_ptr<const TlsServer> tls) {
    ListenOptions options;
    options.tls = std::move(tls);
    return options;
  }

  loopback::Answers hello_{[](http::Incoming& incoming) {
    const http::Peer& peer = incoming.peer;
    return http::text_reply(
        200,
        "text/plain",
        incoming.request.url.text() + " " + std::string(peer.tls_version) + " " +
            std::string(peer.tls_cipher)
    );
  }};
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

std::string body(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST_F(TlsServerTest, ServesAndTellsWhatWasAgreedOn) {
  loopback::Server server(hello_, sealed(this->server({{"a.example"}})));
  Sealed modern = Sealed::connect(socket_to(server));
  ASSERT_TRUE(modern.is_up());
  EXPECT_EQ(modern.protocol(), "http/1.1");
  modern.send(kGet);
  EXPECT_EQ(body(modern.receive_all()), "https://a.example/ TLSv1.3 TLS_AES_256_GCM_SHA384");

  Hello old;
  old.newest = TLS1_2_VERSION;
  old.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  Sealed older = Sealed::connect(socket_to(server), old);
  ASSERT_TRUE(older.is_up());
  older.send(kGet);
  EXPECT_EQ(body(older.receive_all()), "https://a.example/ TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_F(TlsServerTest, RefusesWhatIsNotSafeEnough) {
  loopback::Server server(hello_, sealed(this->server({{"a.example"}})));
  Hello too_old;
  too_old.newest = TLS1_1_VERSION;
  too_old.ciphers = "ALL:@SECLEVEL=0";
  EXPECT_FALSE(Sealed::connect(socket_to(server), too_old).is_up());
  Hello weak;
  weak.newest = TLS1_2_VERSION;
  weak.ciphers = "ECDHE-ECDSA-AES128-SHA";
  EXPECT_FALSE(Sealed::connect(socket_to(server), weak).is_up()) << "no authenticated encryption";
  Hello other_protocol;
  other_protocol.protocols = "\x02h2";
  EXPECT_FALSE(Sealed::connect(socket_to(server), other_protocol).is_up());
  Hello no_protocol;
  no_protocol.protocols = "";
  EXPECT_TRUE(Sealed::connect(socket_to(server), no_protocol).is_up()) << "ALPN is optional";
}

TEST_F(TlsServerTest, ShowsTheCertificateOfTheName) {
  loopback::Server server(
      hello_, sealed(this->server({{"a.example", "*.b.example"}, {"c.b.example"}, {"a.example"}}))
  );
  struct Case {
    std::string name;
    std::string first_name;
    std::string_view why;
  };
  const Case cases[] = {
      {"a.example", "a.example", "its own name"},
      {"A.Example", "a.example", "whatever its case"},
      {"x.b.example", "a.example", "a wildcard"},
      {"c.b.example", "c.b.example", "a name before a wildcard"},
      {"y.x.b.example", "a.example", "two labels are not one: the default"},
      {"unknown.example", "a.example", "unknown: the default"},
      {"", "a.example", "none: the default"},
  };
  for (const Case& c : cases) {
    Hello hello;
    hello.server_name = c.name;
    const Sealed client = Sealed::connect(socket_to(server), hello);
    ASSERT_TRUE(client.is_up()) << c.why;
    EXPECT_EQ(client.certificate_name(), c.first_name) << c.why;
  }
}

TEST_F(TlsServerTest, WildcardsCoverOneLabel) {
  loopback::Server server(hello_, sealed(this->server({{"default.example"}, {"*.b.example"}})));
  const std::pair<std::string, std::string> cases[] = {
      {"x.b.example", "*.b.example"},
      {"b.example", "default.example"},
      {"y.x.b.example", "default.example"},
  };
  for (const auto& [name, shown] : cases) {
    Hello hello;
    hello.server_name = name;
    EXPECT_EQ(Sealed::connect(socket_to(server), hello).certificate_name(), shown) << name;
  }
}

TEST_F(TlsServerTest, ResumesASessionByItsTicket) {
  loopback::Server server(hello_, sealed(this->server({{"a.example"}})));
  Sealed first = Sealed::connect(socket_to(server));
  first.send(kGet);
  first.receive_all();  // the tickets come with the answer
  Hello again;
  again.resumes = first.session();
  Sealed second = Sealed::connect(socket_to(server), again);
  ASSERT_TRUE(second.is_up());
  EXPECT_TRUE(second.was_resumed());
}

TEST_F(TlsServerTest, UsesNewCertificatesForNewConnections) {
  loopback::Server server(hello_, sealed(this->server({{"old.example"}})));
  Sealed before = Sealed::connect(socket_to(server));
  server.listener().use(this->server({{"new.example"}}));
  EXPECT_EQ(Sealed::connect(socket_to(server)).certificate_name(), "new.example");
  before.send(kGet);
  EXPECT_TRUE(before.receive_all().starts_with("HTTP/1.1 200 OK")) << "open ones go on";
}

TEST_F(TlsServerTest, EndsWithACloseNotify) {
  loopback::Server server(hello_, sealed(this->server({{"a.example"}})));
  Sealed client = Sealed::connect(socket_to(server));
  client.send(kGet);
  EXPECT_EQ(client.receive_all().find("(cut)"), std::string::npos);
}

TEST_F(TlsServerTest, ClosesWhenNoHandshakeComes) {
  ListenOptions options = sealed(this->server({{"a.example"}}));
  options.limits.head = 30ms;
  loopback::Server server(hello_, std::move(options));
  Plain silent = Plain::to_port(server.port());
  EXPECT_EQ(silent.receive_all(), "");
  Plain half = Plain::to_port(server.port());
  half.send("\x16\x03\x01");
  EXPECT_EQ(half.receive_all(), "");
}

TEST_F(TlsServerTest, TakesNoPlainRequest) {
  loopback::Server server(hello_, sealed(this->server({{"a.example"}})));
  Plain plain = Plain::to_port(server.port());
  plain.send(kGet);
  EXPECT_EQ(plain.receive_all().find("HTTP"), std::string::npos);
}

TEST_F(TlsServerTest, SendsLargeBodiesWhole) {
  const std::string large = loopback::large_text(5'000'000);
  loopback::Answers answers([&](http::Incoming&) {
    return http::text_reply(200, "text/plain", large);
  });
  loopback::Server server(answers, sealed(this->server({{"a.example"}})));
  Sealed client = Sealed::connect(socket_to(server));
  client.send(kGet);
  EXPECT_TRUE(body(client.receive_all()) == large);
}

TEST_F(TlsServerTest, SendsPartsOfAnySizeInOrder) {
  std::vector<std::string> parts;  // of less than a record, one, some and a little
  for (std::size_t i = 0; i < 100; ++i) {
    const std::size_t size = i % 2 == 0 ? 1 + i : kMaxRecord - 50 + i + (i % 3) * kMaxRecord;
    parts.emplace_back(size, static_cast<char>('!' + i % 90));
  }
  std::string expected;
  for (const std::string& part : parts) expected += part;
  loopback::Answers answers([&](http::Incoming&) {
    http::Reply reply;
    auto source = std::make_unique<loopback::PartsAtHand>(parts);
    reply.body = Body::streamed(std::move(source), expected.size());
    return reply;
  });
  loopback::Server server(answers, sealed(this->server({{"a.example"}})));
  Sealed client = Sealed::connect(socket_to(server));
  client.send(kGet);
  EXPECT_TRUE(body(client.receive_all()) == expected);
}

}  // namespace
}  // namespace festina::net
