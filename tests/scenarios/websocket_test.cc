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
let heardLast = "";

function answers() {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  server.addEventListener("message", (event) => {
    if (event.data === "end it") server.close(4001, "as you wish");
    else server.send(`worker heard ${event.data}`);
  });
  server.addEventListener("close", (event) => {
    heardLast = `${event.code} ${event.reason} ${event.wasClean}`;
    server.close(event.code === 1006 ? 1011 : event.code, event.reason);
  });
  return new Response(null, { status: 101, webSocket: client });
}

// Talks with the origin on its own account.
async function talk(url) {
  const { webSocket } = await fetch(url, { headers: { Upgrade: "websocket" } });
  webSocket.accept();
  const next = (type) => new Promise((resolve) => webSocket.addEventListener(type, resolve, { once: true }));
  webSocket.send("from the worker");
  const { data } = await next("message");
  webSocket.close(4002, "enough");
  const { code, reason } = await next("close");
  return Response.json([data, code, reason]);
}

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/w/own") return answers();
    if (pathname === "/w/refuses") return new Response("no", { status: 403 });
    const url = new URL("/echo.css", request.url);
    if (pathname === "/w/heard") return new Response(heardLast);
    if (pathname === "/w/talks") return talk(url);
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
  void close(int code, const std::string& reason) {
    const std::string number{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    connection_.send(websocket::frame(Sender::client, Opcode::close, number + reason));
  }
  // The next text; "(closed)" when the other end closes, "(cut)" when it does so without a word.
  std::string hear() {
    for (;;) {
      if (const auto frame = websocket::take_frame(buffer_)) {
        if (frame->opcode != Opcode::close) return frame->payload;
        closed_with = said_in(frame->payload);
        return "(closed)";
      }
      const std::string part = connection_.read_some();
      if (part.empty()) return "(cut)";
      buffer_ += part;
    }
  }
  std::string read_to_end() { return connection_.read_to_end(); }

  // NOLINTBEGIN(readability-identifier-naming): a scenario reads as a story
  Answer answer;
  std::string closed_with;  // code and reason, once hear() says "(closed)"
                            // NOLINTEND(readability-identifier-naming)

 private:
  static std::string said_in(const std::string& close) {  // RFC 6455 §5.5.1
    if (close.size() < 2) return "";
    const int code =
        static_cast<unsigned char>(close[0]) * 256 + static_cast<unsigned char>(close[1]);
    return std::to_string(code) + " " + close.substr(2);
  }

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
  // Returns when the Worker has heard its end of a WebSocket close so.
  void await_heard(const std::string& how) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::string heard;
    while (!heard.starts_with(how)) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it heard " << heard;
      heard = edge.get(kSite + "/w/heard").body;
    }
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

TEST_F(WebSocketScenario, ClosesWithTheCodeOfWhoCloses) {
  WebSocket ended(edge, "/w/own");
  ended.say("end it");
  EXPECT_EQ(ended.hear(), "(closed)");
  EXPECT_EQ(ended.closed_with, "4001 as you wish");

  WebSocket ending(edge, "/w/own");
  ending.close(4002, "enough");
  EXPECT_EQ(ending.hear(), "(closed)");
  EXPECT_EQ(ending.closed_with, "4002 enough");
  await_heard("4002 enough true");

  WebSocket through(edge, "/w/through");
  through.close(4003, "passing by");
  EXPECT_EQ(through.hear(), "(closed)");
  EXPECT_EQ(through.closed_with, "4003 passing by") << "the origin says it again";
}

TEST_F(WebSocketScenario, OfAClientThatLeavesIsCutForTheWorker) {
  {
    WebSocket socket(edge, "/w/own");
    socket.say("hello");
    EXPECT_EQ(socket.hear(), "worker heard hello");
  }
  await_heard("1006");
}

TEST_F(WebSocketScenario, IsOpenedByAWorkerOnItsOwn) {
  EXPECT_EQ(edge.get(kSite + "/w/talks").body, R"(["from the worker",4002,"enough"])");
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
