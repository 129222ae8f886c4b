// WebSockets through the edge: to an origin, to a Worker, and through a Worker.
#include "harness/websocket.h"

#include "harness/scenario.h"

namespace festina::harness {
namespace {

using websocket::Opcode;
using websocket::Sender;

constexpr std::string_view kWrangler = R"(
name = "chat"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

constexpr std::string_view kScript = R"js(
function answers() {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.addEventListener("message", (event) => server.send(`worker heard ${event.data}`));
  server.addEventListener("close", () => server.close());
  return new Response(null, { status: 101, webSocket: client });
}

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/w/own") return answers();
    if (pathname === "/w/refuses") return new Response("no", { status: 403 });
    const url = new URL("/echo.css", request.url);
    return fetch(url, request);
  },
};
)js";

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 §1.3

// A client's end of a WebSocket.
class WebSocket {
 public:
  WebSocket(const Edge& edge, const std::string& path) : connection_(edge.listener()) {
    connection_.send(
        "GET " + path +
        " HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
        "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
        std::string(kKey) + "\r\n\r\n"
    );
    answer = connection_.read();
  }
  void say(std::string_view text) {
    connection_.send(websocket::frame(Sender::client, Opcode::text, text));
  }
  void close() { connection_.send(websocket::frame(Sender::client, Opcode::close, "\x03\xe8")); }
  // The next text; "(closed)" when the other end closes, "(cut)" when it does so without a word.
  std::string hear() {
    for (;;) {
      if (const auto frame = websocket::take_frame(buffer_)) {
        return frame->opcode == Opcode::close ? "(closed)" : frame->payload;
      }
      const std::string part = connection_.read_some();
      if (part.empty()) return "(cut)";
      buffer_ += part;
    }
  }
  std::string read_to_end() { return connection_.read_to_end(); }

  Answer answer;  // NOLINT(readability-identifier-naming): a scenario reads as a story

 private:
  Connection connection_;
  std::string buffer_;
};

class WebSocketScenario : public SiteScenario {
 protected:
  WebSocketScenario()
      : SiteScenario(
            edge_for("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"),
            {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", kScript}}
        ) {
    origin.answers("/echo.css", websocket_echo());
  }
  static void expect_switched(const Answer& answer) {
    EXPECT_EQ(answer.status, 101) << answer.body;
    EXPECT_EQ(answer.field("Connection"), "upgrade");
    EXPECT_EQ(answer.field("Upgrade"), "websocket");
    EXPECT_EQ(answer.field("Sec-WebSocket-Accept"), websocket::proof(kKey));
    EXPECT_FALSE(answer.has("Content-Length"));
  }
};

TEST_F(WebSocketScenario, ReachesTheOriginAndNeverTheCache) {
  for (int i = 0; i < 2; ++i) {
    WebSocket socket(edge, "/echo.css");
    expect_switched(socket.answer);
    for (const std::string text : {"one", "two", "three"}) {
      socket.say(text);
      EXPECT_EQ(socket.hear(), text);
    }
    socket.close();
    EXPECT_EQ(socket.hear(), "(closed)");
    EXPECT_EQ(socket.read_to_end(), "");
  }
  EXPECT_EQ(origin.requests("/echo.css"), 2U);
}

TEST_F(WebSocketScenario, EndsInAWorker) {
  WebSocket socket(edge, "/w/own");
  expect_switched(socket.answer);
  socket.say("hello");
  EXPECT_EQ(socket.hear(), "worker heard hello");
  socket.close();
  EXPECT_EQ(socket.hear(), "(closed)");
}

TEST_F(WebSocketScenario, GoesThroughAWorkerToTheOrigin) {
  WebSocket socket(edge, "/w/through");
  expect_switched(socket.answer);
  socket.say("hello");
  EXPECT_EQ(socket.hear(), "hello");
  socket.close();
  EXPECT_EQ(socket.hear(), "(closed)");
  EXPECT_EQ(origin.requests("/echo.css"), 1U);
}

TEST_F(WebSocketScenario, IsRefusedByWhoWantsNone) {
  origin.answers("/page", ok("only a page"));
  EXPECT_EQ(WebSocket(edge, "/page").answer.body, "only a page");
  const Answer refused = WebSocket(edge, "/w/refuses").answer;
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body, "no");
}

TEST_F(WebSocketScenario, IsNoWayToSpeakHttpUnseen) {
  origin.answers("/page", ok("page"));
  Connection client(edge.listener());
  client.send(
      "GET /page HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: "
      "h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n"
  );
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(origin.asked("/page", "Upgrade"), "");
  EXPECT_EQ(origin.asked("/page", "HTTP2-Settings"), "");
}

}  // namespace
}  // namespace festina::harness
