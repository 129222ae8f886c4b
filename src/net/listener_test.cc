#include "net/listener.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sys/stat.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Answers;
using loopback::Plain;
using loopback::Server;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
constexpr std::string_view kHello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

http::Reply hello(http::Incoming&) { return http::text_reply(200, "text/plain", "hello"); }

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() { std::filesystem::create_directories(directory_); }
  ~ListenerTest() override { std::filesystem::remove_all(directory_); }

  std::string opened(const ListenAddress& address) {
    auto listener = Listener::open(address, threads_);
    if (listener) return "ok";
    return std::string(name(listener.error().code)) + " " +
           std::string(name(listener.error().side));
  }

  const std::filesystem::path directory_ =
      testing::TempDir() + "listener_" + std::to_string(::getpid());
  const std::string path_ = directory_ / "a.sock";
  asio::io_context io_;
  asio::io_context* const threads_[1] = {&io_};
  Answers hello_{hello};
};

TEST_F(ListenerTest, GivesThePortItGot) {
  Server server(hello_);
  ASSERT_NE(server.port(), 0);
  Plain client = Plain::to_port(server.port());
  client.send(kGet);
  EXPECT_EQ(client.receive(kHello.size()), kHello);
}

TEST_F(ListenerTest, SaysWhyItCanNotOpen) {
  Server server(hello_);
  std::ofstream(directory_ / "file") << "no socket";
  struct Case {
    ListenAddress address;
    std::string expected;
    std::string why;
  };
  const Case cases[] = {
      {TcpAddress{"127.0.0.1", server.port()}, "conflict self", "the port is taken"},
      {TcpAddress{"localhost", server.port()}, "conflict self", "localhost is the same address"},
      {TcpAddress{"example.com", 0}, "unresolved self", "names are not looked up"},
      {TcpAddress{"192.0.2.1", 0}, "io self", "no address of this machine"},
      {UnixAddress{directory_ / "file"}, "conflict self", "something else is there"},
      {UnixAddress{directory_ / "none" / "a.sock"}, "io self", "no such directory"},
      {UnixAddress{"/" + std::string(kMaxUnixPath, 'a')},
       "too_large self",
       "longer than an address holds"},
      {TcpAddress{"[::1]", 0}, "ok", "brackets as in a URL"},
      {TcpAddress{"localhost", 0}, "ok", "any port"},
  };
  for (const Case& c : cases) EXPECT_EQ(opened(c.address), c.expected) << c.why;
}

TEST_F(ListenerTest, TakesNoPortThatAnotherSharesAmongItsThreads) {
  asio::io_context other;
  asio::io_context* const two[] = {&io_, &other};
  const auto first = Listener::open(TcpAddress{"127.0.0.1", 0}, two);
  ASSERT_TRUE(first);
  const auto second = Listener::open(TcpAddress{"127.0.0.1", (*first)->port()}, two);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(ListenerTest, ReplacesASocketFileThatNobodyListensOn) {
  {
    asio::io_context io;
    asio::local::stream_protocol::acceptor left_over(io, path_);
  }
  ASSERT_TRUE(std::filesystem::exists(path_));
  {
    Server server(hello_, {}, UnixAddress{path_});
    EXPECT_EQ(opened(UnixAddress{path_}), "conflict self") << "now somebody listens";
    Plain client = Plain::to_path(path_);
    client.send(kGet);
    EXPECT_EQ(client.receive(kHello.size()), kHello);
  }
  EXPECT_FALSE(std::filesystem::exists(path_)) << "removed with the listener";
}

TEST_F(ListenerTest, TellsWhereAConnectionCameFrom) {
  Answers peer([](http::Incoming& incoming) {
    return http::text_reply(
        200, "text/plain", incoming.peer.address + " " + std::to_string(incoming.peer.local_port)
    );
  });
  const auto body = [](Plain client) {
    client.send(kGet);
    client.end_sending();
    const std::string answer = client.receive_all();
    return answer.substr(answer.find("\r\n\r\n") + 4);
  };
  Server tcp(peer);
  Server local(peer, {}, UnixAddress{path_});
  EXPECT_EQ(body(Plain::to_port(tcp.port())), "127.0.0.1 " + std::to_string(tcp.port()));
  EXPECT_EQ(body(Plain::to_path(path_)), " 0");
}

// Answers when it is told to.
class Held final : public http::Handler {
 public:
  Awaitable<http::Reply> handle(http::Incoming) override {
    const std::uint64_t unreleased = released.version();
    arrived.set_value();
    co_await released.wait(unreleased);
    co_return http::text_reply(200, "text/plain", "hello");
  }
  std::promise<void> arrived;
  Signal released;
};

TEST_F(ListenerTest, LeavesConnectionsOverTheLimitInTheBacklog) {
  Held held;
  Server server(held, {.limits = {.connections = 1}});
  Plain busy = Plain::to_port(server.port());
  busy.send(kGet);
  held.arrived.get_future().wait();
  Plain waiting = Plain::to_port(server.port());
  waiting.send("nonsense\r\n\r\n");
  EXPECT_EQ(server.listener().connections(), 1u);
  EXPECT_FALSE(waiting.has_bytes());
  busy.close();
  held.released.notify();
  EXPECT_TRUE(waiting.receive_all().starts_with("HTTP/1.1 400"));
}

TEST_F(ListenerTest, ClosesAnIdleConnectionToMakeRoom) {
  Server server(hello_, {.limits = {.connections = 2}});
  Plain clients[] = {
      Plain::to_port(server.port()), Plain::to_port(server.port()), Plain::to_port(server.port())
  };
  for (Plain& client : clients) {
    client.send(kGet);
    EXPECT_EQ(client.receive(kHello.size()), kHello);
  }
  EXPECT_EQ(clients[0].receive_all(), "") << "it idled longest";
  clients[1].send(kGet);
  EXPECT_EQ(clients[1].receive(kHello.size()), kHello) << "the others go on";
}

TEST_F(ListenerTest, DrainFinishesWhatIsUnderWayAndClosesTheRest) {
  Held held;
  Server server(held);
  Plain idle = Plain::to_port(server.port());
  Plain busy = Plain::to_port(server.port());
  busy.send(kGet);
  held.arrived.get_future().wait();

  server.listener().drain();
  EXPECT_EQ(idle.receive_all(), "");
  held.released.notify();
  EXPECT_EQ(
      busy.receive_all(),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: "
      "close\r\n\r\nhello"
  );
  EXPECT_FALSE(Plain::to_port(server.port()).is_connected());
}

// Ends a listener as soon as a byte comes.
Awaitable<> end_at_a_byte(Stream stream, std::unique_ptr<Listener>& listener) {
  char byte = 0;
  co_await stream.read_some({&byte, 1});
  listener->drain();
  listener.reset();
}

TEST_F(ListenerTest, MayGoBeforeItsAcceptLoopHasEnded) {
  auto listener = std::move(Listener::open(TcpAddress{"127.0.0.1", 0}, threads_)).value();
  TaskGroup group;
  listener->start(hello_, http::Scheme::http, group);
  loopback::Pair pair(io_);
  group.spawn(io_.get_executor(), end_at_a_byte(std::move(pair.near), listener));
  io_.poll();
  // Both are seen in one turn, in this order: who accepts finds no listener any more.
  pair.far.send("x");
  Plain client = Plain::to_port(listener->port());
  io_.restart();
  io_.poll();
  EXPECT_EQ(listener, nullptr);
  EXPECT_EQ(client.receive_all(), "");
}

TEST_F(ListenerTest, StoppingTheGroupEndsConnectionsUnderWay) {
  Held held;
  std::optional<Server> server(std::in_place, held);
  Plain busy = Plain::to_port(server->port());
  busy.send(kGet);
  held.arrived.get_future().wait();
  server.reset();
  EXPECT_EQ(busy.receive_all(), "");
}

TEST_F(ListenerTest, AcceptsOnEveryThread) {
  std::mutex mutex;
  std::set<std::thread::id> seen;  // under mutex
  Answers note([&](http::Incoming& incoming) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
    return hello(incoming);
  });
  asio::io_context other;
  asio::io_context* const two[] = {&io_, &other};
  auto listener = std::move(Listener::open(TcpAddress{"127.0.0.1", 0}, two)).value();
  TaskGroup group;
  listener->start(note, http::Scheme::http, group);
  std::thread first([&] { io_.run(); });
  std::thread second([&] { other.run(); });

  for (int i = 0; i < 64; ++i) {  // the system spreads them by a hash
    Plain client = Plain::to_port(listener->port());
    client.send(kGet);
    EXPECT_EQ(client.receive(kHello.size()), kHello);
  }
  group.stop();
  first.join();
  second.join();
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(listener->connections(), 0u);
}

}  // namespace
}  // namespace festina::net
