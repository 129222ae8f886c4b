#include "net/greeting.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/loopback.h"
#include "net/sealed.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Plain;
using loopback::Server;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
constexpr std::string_view kProxied = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";

// Tells every client who it is taken for.
class GreetingTest : public testing::Test {
 protected:
  static ListenOptions trusting(std::string_view range) {
    ListenOptions options;
    options.trusted_proxies.push_back(Cidr::parse(range).value());
    return options;
  }
  static std::string body(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  static std::string answer(Server& server, std::string_view bytes) {
    Plain client = Plain::to_port(server.port());
    client.send(bytes);
    return client.receive_all();
  }

  loopback::Answers who_{[](http::Incoming& incoming) {
    const http::Peer& peer = incoming.peer;
    return http::text_reply(
        200, "text/plain", peer.address + " " + std::to_string(peer.local_port)
    );
  }};
};

TEST_F(GreetingTest, BelievesATrustedProxy) {
  Server server(who_, trusting("127.0.0.0/8"));
  EXPECT_EQ(body(answer(server, std::string(kProxied) + std::string(kGet))), "192.0.2.1 443");
  const std::string own = "127.0.0.1 " + std::to_string(server.port());
  EXPECT_EQ(body(answer(server, "PROXY UNKNOWN\r\n" + std::string(kGet))), own);
  EXPECT_EQ(body(answer(server, kGet)), own) << "it need not send a header";
}

TEST_F(GreetingTest, ReadsAHeaderThatComesInPieces) {
  Server server(who_, trusting("127.0.0.1"));
  Plain client = Plain::to_port(server.port());
  for (const char c : std::string(kProxied) + std::string(kGet)) client.send({&c, 1});
  EXPECT_EQ(body(client.receive_all()), "192.0.2.1 443");
}

TEST_F(GreetingTest, RefusesTheHeaderOfSomebodyElse) {
  Server server(who_, trusting("192.0.2.0/24"));
  EXPECT_TRUE(answer(server, std::string(kProxied) + std::string(kGet))
                  .starts_with("HTTP/1.1 400 Bad Request\r\n"));
  const std::string binary("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16);
  EXPECT_TRUE(answer(server, binary + std::string(kGet)).starts_with("HTTP/1.1 400 Bad Request\r\n")
  );
}

TEST_F(GreetingTest, RefusesAHeaderThatIsNone) {
  Server server(who_, trusting("127.0.0.1"));
  const std::string answered = answer(server, "PROXY TCP4 nonsense\r\n" + std::string(kGet));
  EXPECT_TRUE(answered.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(answered.ends_with("\r\n\r\nPROXY header: unknown words\n"));
}

TEST_F(GreetingTest, DoesNotWaitForTheRestOfAHeaderForever) {
  ListenOptions options = trusting("127.0.0.1");
  options.limits.head = 20ms;
  Server server(who_, std::move(options));
  EXPECT_EQ(answer(server, "PROXY TCP4 192.0.2.1"), "");
  EXPECT_EQ(answer(server, ""), "");
}

TEST_F(GreetingTest, TrustsOthersFromNowOn) {
  Server server(who_, trusting("192.0.2.0/24"));
  server.listener().trust({Cidr::parse("127.0.0.1").value()});
  EXPECT_EQ(body(answer(server, std::string(kProxied) + std::string(kGet))), "192.0.2.1 443");
}

class SealedGreetingTest : public GreetingTest {
 protected:
  SealedGreetingTest() {
    const certificates::Pem pem = certificates::Authority().issue({});
    std::ofstream(files_.certificate) << pem.certificate;
    std::ofstream(files_.key) << pem.key;
  }
  ~SealedGreetingTest() override {
    std::filesystem::remove(files_.certificate);
    std::filesystem::remove(files_.key);
  }
  const std::string base_ = testing::TempDir() + "greeting_" + std::to_string(::getpid());
  const CertificateFiles files_{base_ + ".pem", base_ + ".key"};
};

TEST_F(SealedGreetingTest, ComesBeforeTls) {
  ListenOptions options = trusting("127.0.0.1");
  options.tls = TlsServer::load({&files_, 1}).value();
  Server server(who_, std::move(options));
  Plain socket = Plain::to_port(server.port());
  socket.send(kProxied);
  Sealed client = Sealed::connect(socket.release());
  ASSERT_TRUE(client.is_up());
  client.send(kGet);
  EXPECT_EQ(body(client.receive_all()), "192.0.2.1 443");
}

TEST_F(SealedGreetingTest, IsEndedByADrain) {
  ListenOptions options;
  options.tls = TlsServer::load({&files_, 1}).value();
  Server server(who_, std::move(options));
  Plain silent = Plain::to_port(server.port());
  while (server.listener().connections() == 0) std::this_thread::yield();
  server.listener().drain();
  EXPECT_EQ(silent.receive_all(), "");
}

}  // namespace
}  // namespace festina::net
