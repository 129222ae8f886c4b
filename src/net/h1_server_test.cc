#include "net/h1_server.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "base/guarded.h"
#include "http/forwarding.h"
#include "http/h1_request.h"
#include "net/loopback.h"
#include "net/request_reader.h"
#include "net/upstream_client.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using http::Reply;
using loopback::Plain;
using loopback::Server;

Reply text(std::string body) { return http::text_reply(200, "text/plain", std::move(body)); }

Reply lost() {
  Reply reply;
  reply.body = loopback::streamed({"ab", "cde", Error{ErrorCode::truncated, Side::origin, "lost"}});
  return reply;
}

class Site final : public http::Handler {
 public:
  Awaitable<Reply> handle(http::Incoming incoming) override {
    if (incoming.request.url.path != "/echo") co_return answer(incoming);
    const auto body = co_await collect(std::move(incoming.body), 67'108'864, Side::client);
    if (body) co_return text(*body);
    const std::string error = loopback::text_of(body.error());
    seen.with([&](std::string& text) { text = error; });
    co_return text("failed: " + error);
  }

  Guarded<std::string> seen;         // what /echo failed with
  std::unique_ptr<ByteSource> kept;  // the body given to /keep, on the server's thread
  std::promise<void> left;           // the client that asked for /leave has left

 private:
  Reply answer(http::Incoming& incoming) {
    const http::Request& request = incoming.request;
    const std::string_view path = request.url.path;
    if (path == "/keep") kept = std::move(incoming.body.source);
    if (path == "/lost") return lost();
    if (path == "/leave") {
      while (!incoming.asker->has_left()) std::this_thread::yield();
      left.set_value();
    }
    if (path == "/url") return text(request.method_text + " " + request.url.text());
    if (path == "/host")
      return text(std::string(request.headers.get(http::Name::host).value_or("")));
    return text("hello");
  }
};

class H1ServerTest : public testing::Test {
 protected:
  // What the server sends to a client that sends this and no more.
  std::string answer(std::string_view bytes) {
    Plain client = Plain::to_port(server_.port());
    client.send(bytes);
    client.end_sending();
    return client.receive_all();
  }

  Site site_;
  Server server_{site_};
};

std::string ok(std::string_view body, std::string_view lines = "") {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";
  text.append(std::to_string(body.size())).append("\r\n").append(lines).append("\r\n").append(body);
  return text;
}
std::string get(std::string_view path, std::string_view lines = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a.example\r\n" + std::string(lines) +
         "\r\n";
}
std::string post(std::string_view path, std::string_view lines_and_body) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a.example\r\n" +
         std::string(lines_and_body);
}

struct Case {
  std::string request;
  std::string answer;
  std::string why;
};

TEST_F(H1ServerTest, TellsAHandlerThatItsClientHasLeft) {
  {
    Plain client = Plain::to_port(server_.port());
    client.send(get("/leave"));
  }
  site_.left.get_future().get();
}

TEST_F(H1ServerTest, KeepsOrClosesTheConnection) {
  const Case cases[] = {
      {get("/") + get("/url"), ok("hello") + ok("GET http://a.example/url"), "pipelined"},
      {"\r\n" + get("/"), ok("hello"), "an empty line in front (RFC 9112 §2.2)"},
      {get("/", "Connection: close\r\n") + get("/"),
       ok("hello", "Connection: close\r\n"),
       "asked to close"},
      {"GET / HTTP/1.0\r\nHost: a.example\r\n\r\n" + get("/"),
       ok("hello", "Connection: close\r\n"),
       "1.0 closes"},
      {"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n" + get("/"),
       ok("hello", "Connection: keep-alive\r\n") + ok("hello"),
       "1.0 that wants to go on"},
  };
  for (const Case& c : cases) EXPECT_EQ(answer(c.request), c.answer) << c.why;
}

TEST_F(H1ServerTest, EndsWithAnAnswerThatBreaksOff) {
  EXPECT_EQ(
      answer(get("/lost") + get("/")),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n"
  );
}

TEST_F(H1ServerTest, ReadsRequestBodies) {
  const Case cases[] = {
      {post("/echo", "Content-Length: 5\r\n\r\nabcde"), ok("abcde"), "with a length"},
      {post("/echo", "Content-Length: 0\r\n\r\n"), ok(""), "empty"},
      {post("/echo", "\r\n"), ok(""), "none"},
      {post("/echo", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
       ok("abcde"),
       "chunked"},
      {post("/echo", "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\nTrailer: z\r\n\r\n") +
           get("/"),
       ok("a") + ok("hello"),
       "extension and trailer"},
      {post("/echo", "Content-Length: 2\r\n\r\nab") + get("/"),
       ok("ab") + ok("hello"),
       "pipelined behind"},
      {post("/unread", "Content-Length: 2\r\n\r\nab") + get("/"),
       ok("hello") + ok("hello"),
       "not read by its handler"},
  };
  for (const Case& c : cases) EXPECT_EQ(answer(c.request), c.answer) << c.why;
}

TEST_F(H1ServerTest, StreamsLargeBodiesBothWays) {
  const std::string large(5'000'000, 'x');
  Plain client = Plain::to_port(server_.port());
  client.send(post("/echo", "Content-Length: 5000000\r\n\r\n"));
  client.send(large);
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5000000\r\n\r\n";
  EXPECT_TRUE(client.receive(head.size() + large.size()) == head + large);
}

TEST_F(H1ServerTest, TellsTheHandlerOfABodyThatBreaksOff) {
  answer(post("/echo", "Content-Length: 5\r\n\r\nab"));
  EXPECT_EQ(site_.seen.with([](const std::string& text) { return text; }), "truncated client");
}

TEST_F(H1ServerTest, AsksForABodyOnlyWhenItIsRead) {
  Plain client = Plain::to_port(server_.port());
  const std::string_view lines = "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  client.send(post("/echo", lines));
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_EQ(client.receive(ok("ab").size()), ok("ab"));

  client.send(post("/unread", lines));
  EXPECT_EQ(client.receive_all(), ok("hello", "Connection: close\r\n"))
      << "the body may come or not: no way to go on";
}

TEST_F(H1ServerTest, DiscardsAnUnreadBodyUpToItsLimit) {
  Plain client = Plain::to_port(server_.port());
  client.send(post("/unread", "Content-Length: " + std::to_string(kMaxDiscarded) + "\r\n\r\n"));
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"));
  client.send(std::string(kMaxDiscarded, 'x') + get("/"));
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"));

  client.send(post("/unread", "Content-Length: " + std::to_string(kMaxDiscarded + 1) + "\r\n\r\n"));
  EXPECT_EQ(client.receive_all(), ok("hello", "Connection: close\r\n"));
}

TEST_F(H1ServerTest, ClosesAfterTooLongAChunkedBodyThatNobodyReads) {
  Plain client = Plain::to_port(server_.port());
  client.send(post("/unread", "Transfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"));
  client.send("80000\r\n" + std::string(0x80000, 'x') + "\r\n0\r\n\r\n" + get("/"));
  EXPECT_EQ(client.receive_all().find("hello"), std::string::npos);
}

Awaitable<> read_kept(ByteSource& body, std::string& outcome) {
  const auto part = co_await body.read();
  outcome = part ? "bytes" : loopback::text_of(part.error());
}

TEST_F(H1ServerTest, VoidsABodyThatOutlivesItsRequest) {
  Plain client = Plain::to_port(server_.port());
  client.send(post("/keep", "Content-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"));
  client.send("bodyGET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"))
      << "what came behind the body is the next request";

  std::string outcome;
  std::promise<void> done;
  asio::co_spawn(server_.io(), read_kept(*site_.kept, outcome), [&](const std::exception_ptr&) {
    done.set_value();
  });
  done.get_future().wait();
  site_.kept.reset();
  EXPECT_EQ(outcome, "truncated client");
}

TEST_F(H1ServerTest, BuildsTheUrl) {
  const Case cases[] = {
      {"GET /url?x=1 HTTP/1.1\r\nHost: A.example:8080\r\n\r\n",
       ok("GET http://a.example:8080/url?x=1"),
       "origin form"},
      {"GET https://b.example/url HTTP/1.1\r\nHost: a.example\r\n\r\n",
       ok("GET https://b.example/url"),
       "absolute form names scheme and host"},
      {"GET http://b.example/host HTTP/1.1\r\nHost: a.example\r\n\r\n",
       ok("b.example"),
       "and replaces Host (RFC 9112 §3.2.2)"},
      {"GET http://b.example/host HTTP/1.1\r\n\r\n",
       ok("b.example"),
       "workerd's requests have no Host"},
      {"PURGE http://b.example/url HTTP/1.1\r\n\r\n",
       ok("PURGE http://b.example/url"),
       "workerd's cache.delete()"},
  };
  for (const Case& c : cases) EXPECT_EQ(answer(c.request), c.answer) << c.why;
}

TEST_F(H1ServerTest, RefusesWhatItCanNotServe) {
  const std::string long_target(http::kMaxTargetBytes + 1, 'a');
  const Case cases[] = {
      {"nonsense\r\n\r\n", "400 Bad Request", "not HTTP"},
      {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "no Host (RFC 9112 §3.2)"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request", "two hosts"},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Bad Request", "a host that is none"},
      {"GET / HTTP/1.1\r\nHost : a.example\r\n\r\n", "400 Bad Request", "space before the colon"},
      {"GET ftp://a.example/ HTTP/1.1\r\n\r\n", "400 Bad Request", "another scheme"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400 Bad Request",
       "ambiguous framing"},
      {post("/echo", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
       "400 Bad Request",
       "a chunk that is none"},
      {"GET / HTTP/1.2\r\nHost: a.example\r\n\r\n",
       "505 HTTP Version Not Supported",
       "another version"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
       "505 HTTP Version Not Supported",
       "the preface of HTTP/2 without TLS"},
      {"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
       "501 Not Implemented",
       "no tunnels"},
      {"GET /" + long_target + " HTTP/1.1\r\nHost: a\r\n\r\n",
       "414 URI Too Long",
       "a target past its limit"},
      {get("/", "X: " + std::string(http::kMaxHeadBytes, 'x') + "\r\n"),
       "431 Request Header Fields Too Large",
       "a head past its limit"},
  };
  for (const Case& c : cases) {
    const std::string answered = answer(c.request + get("/"));
    EXPECT_TRUE(answered.starts_with("HTTP/1.1 " + c.answer + "\r\n"))
        << c.why << ": " << answered.substr(0, 100);
    EXPECT_NE(answered.find("Connection: close\r\n"), std::string::npos) << c.why;
    EXPECT_EQ(answered.find("hello"), std::string::npos)
        << c.why << ": nothing behind it is served";
  }
}

TEST_F(H1ServerTest, TakesATargetAtItsLimit) {
  const std::string target = "/" + std::string(http::kMaxTargetBytes - 1, 'a');
  EXPECT_EQ(answer(get(target)), ok("hello"));
}

TEST_F(H1ServerTest, ReadsARequestThatComesInPieces) {
  Plain client = Plain::to_port(server_.port());
  const std::string request =
      post("/echo", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(client.receive(ok("ab").size()), ok("ab"));
}

TEST(H1ServerLimits, IdleConnectionsAreClosedSilently) {
  Site site;
  Server server(site, {.limits = {.idle = 20ms}});
  Plain client = Plain::to_port(server.port());
  EXPECT_EQ(client.receive_all(), "");
}

TEST(H1ServerLimits, AHeadThatComesTooSlowlyIsRefused) {
  Site site;
  Server server(site, {.limits = {.head = 20ms}});
  Plain client = Plain::to_port(server.port());
  client.send("GET / HT");
  EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

// Two listeners that share what heads may hold.
class HalfOpenHeads : public testing::Test {
 protected:
  ListenOptions sharing() const {
    ListenOptions options;
    options.heads = heads_;
    return options;
  }
  // A client whose head stops after so many bytes, once they have come.
  Plain half_open(const Server& server, std::size_t size) const {
    Plain client = Plain::to_port(server.port());
    const std::size_t before = heads_->bytes();
    client.send(std::string(kBegin) + std::string(size - kBegin.size(), 'x'));
    while (heads_->bytes() == before) std::this_thread::yield();
    return client;
  }

  static constexpr std::size_t kLimit = 200;
  static constexpr std::string_view kBegin = "GET / HTTP/1.1\r\nHost: a.example\r\nX: ";
  std::shared_ptr<HeadMemory> heads_ = std::make_shared<HeadMemory>(kLimit);
  Site site_;
  Server first_{site_, sharing()};
  Server second_{site_, sharing()};
};

TEST_F(HalfOpenHeads, HoldAsMuchAsTheLimitTogether) {
  Plain older = half_open(first_, 120);
  Plain younger = half_open(second_, kLimit - 120);
  EXPECT_EQ(heads_->bytes(), kLimit);
  for (Plain* client : {&older, &younger}) {
    client->send("\r\n\r\n");
    EXPECT_EQ(client->receive(ok("hello").size()), ok("hello"));
  }
  EXPECT_EQ(heads_->bytes(), 0U) << "whole heads are not counted";
}

TEST_F(HalfOpenHeads, AreClosedBeyondItTheOldestFirst) {
  Plain older = half_open(first_, 120);
  Plain younger = half_open(second_, kLimit - 119);
  EXPECT_EQ(older.receive_all(), "");
  EXPECT_EQ(heads_->bytes(), kLimit - 119);
  younger.send("\r\n\r\n");
  EXPECT_EQ(younger.receive(ok("hello").size()), ok("hello"));
}

TEST_F(HalfOpenHeads, AreNotThoseThatComeAtOnce) {
  Plain client = Plain::to_port(first_.port());
  client.send(std::string(kBegin) + std::string(kLimit, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.receive(ok("hello").size()), ok("hello"));
}

TEST(H1ServerLimits, ABodyThatStandsStillFails) {
  Site site;
  Server server(site, {.limits = {.body = 20ms}});
  Plain client = Plain::to_port(server.port());
  client.send(post("/echo", "Content-Length: 2\r\n\r\na"));
  EXPECT_EQ(client.receive_all(), ok("failed: timed_out client", "Connection: close\r\n"));
}

// Passes every request on, as a proxy does.
class Proxy final : public http::Handler {
 public:
  explicit Proxy(std::uint16_t port) {
    upstream_.address = {.host = "127.0.0.1", .port = port, .unix_path = ""};
  }
  Awaitable<Reply> handle(http::Incoming incoming) override {
    http::remove_connection_fields_but_upgrade(incoming.request.headers);
    auto answer =
        co_await client_.send(upstream_, std::move(incoming.request), std::move(incoming.body));
    if (!answer) co_return text("failed: " + loopback::text_of(answer.error()));
    co_return std::move(answer->reply);
  }

 private:
  Upstream upstream_;
  UpstreamPool pool_;
  Resolver resolver_;
  UpstreamClient client_{pool_, resolver_};
};

constexpr std::string_view kChat =
    "GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
    "websocket\r\n\r\n";
constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
    "websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

TEST(H1ServerTunnel, CarriesASwitchedConnection) {
  loopback::PlainListener origin;
  Proxy proxy(origin.port());
  Server server(proxy);
  Plain client = Plain::to_port(server.port());
  client.send(std::string(kChat) + "early");
  Plain upstream = origin.accept();
  EXPECT_EQ(
      upstream.receive_until("\r\n\r\n"),
      "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
  );
  upstream.send(std::string(kSwitch) + "first");
  EXPECT_EQ(
      client.receive_until("first"),
      "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: "
      "upgrade\r\nUpgrade: "
      "websocket\r\n\r\nfirst"
  );
  EXPECT_EQ(upstream.receive(5), "early") << "what came behind the request";
  client.end_sending();
  EXPECT_EQ(upstream.receive_all(), "");
  upstream.send("last");
  upstream.close();
  EXPECT_EQ(client.receive_all(), "last");
  while (server.listener().connections() > 0) std::this_thread::yield();
}

TEST(H1ServerTunnel, GoesOnWithHttpWhenTheUpstreamDoesNotSwitch) {
  loopback::PlainListener origin;
  Proxy proxy(origin.port());
  Server server(proxy);
  Plain client = Plain::to_port(server.port());
  client.send(std::string(kChat) + get("/"));
  Plain upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  upstream.send(ok("no"));
  EXPECT_EQ(client.receive(ok("no").size()), ok("no"));
  upstream.receive_until("\r\n\r\n");
  upstream.send(ok("yes", "Connection: close\r\n"));  // the pool outlives the server's threads here
  EXPECT_EQ(client.receive(ok("yes").size()), ok("yes"));
}

TEST(H1ServerTunnel, IsNotOfferedToWhoDidNotAsk) {
  loopback::PlainListener origin;
  Proxy proxy(origin.port());
  Server server(proxy);
  Plain client = Plain::to_port(server.port());
  client.send(get("/", "Upgrade: websocket\r\n"));
  Plain upstream = origin.accept();
  EXPECT_EQ(upstream.receive_until("\r\n\r\n").find("Upgrade"), std::string::npos)
      << "Connection does not name it";
  upstream.send(kSwitch);
  EXPECT_TRUE(client.receive_until("origin").ends_with("failed: malformed origin"));
}

TEST(H1ServerTunnel, IsEndedWhenItIsIdle) {
  loopback::PlainListener origin;
  Proxy proxy(origin.port());
  Server server(proxy, {.limits = {.tunnel = 20ms}});
  Plain client = Plain::to_port(server.port());
  client.send(kChat);
  Plain upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  upstream.send(kSwitch);
  client.receive_until("\r\n\r\n");
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(upstream.receive_all(), "");
}

TEST(H1ServerTunnel, OutlivesADrainUntilItsGroupIsStopped) {
  loopback::PlainListener origin;
  Proxy proxy(origin.port());
  std::optional<Server> server(std::in_place, proxy);
  Plain client = Plain::to_port(server->port());
  client.send(kChat);
  Plain upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  upstream.send(kSwitch);
  client.receive_until("\r\n\r\n");
  server->listener().drain();
  client.send("still there");
  EXPECT_EQ(upstream.receive(11), "still there");
  server.reset();
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_EQ(upstream.receive_all(), "");
}

// An endless answer, which counts what was read of it.
class Endless final : public ByteSource {
 public:
  explicit Endless(std::atomic<std::size_t>& given) : given_(given) {}
  Awaitable<Result<Bytes>> read() override {
    given_ += part_.size();
    co_return part_;
  }

 private:
  const Bytes part_ = Bytes::from(std::string(65'536, 'x'));
  std::atomic<std::size_t>& given_;
};

TEST(H1ServerLimits, ABodyIsReadNoFasterThanTheClientTakesIt) {
  std::atomic<std::size_t> given = 0;
  loopback::Answers endless([&](http::Incoming&) {
    Reply reply;
    reply.body = Body::streamed(std::make_unique<Endless>(given), {});
    return reply;
  });
  Server server(endless, {.limits = {.body = 50ms}});
  Plain client = Plain::to_port(server.port());
  client.send(get("/"));
  while (given == 0 || server.listener().connections() > 0) std::this_thread::yield();
  EXPECT_LT(given, 33'554'432u) << "what sockets hold, with room to spare";
}

}  // namespace
}  // namespace festina::net
