#include "net/upstream_client.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>

#include "net/loopback.h"
#include "net/sealed.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Plain;
using loopback::PlainListener;
using loopback::streamed;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

// An upstream whose connections are played by a function on a thread of its own.
class Script {
 public:
  explicit Script(std::function<void(PlainListener&)> play)
      : thread_([this, play = std::move(play)] { play(listener_); }) {}
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  ~Script() { join(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  Upstream upstream() const {
    Upstream upstream;
    upstream.address = {.host = "127.0.0.1", .port = listener_.port(), .unix_path = ""};
    return upstream;
  }

 private:
  PlainListener listener_;
  std::thread thread_;
};

http::Request request(std::string_view method = "GET", std::string_view target = "/a?b") {
  http::Request request;
  request.method = http::method_of(method);
  request.method_text = method;
  request.url = *http::parse_url("http://a.example" + std::string(target));
  request.headers.add("X", "y");
  return request;
}

Awaitable<std::string> send_and_read(
    UpstreamClient& client, const Upstream& upstream, http::Request request, Body body
) {
  auto answer = co_await client.send(upstream, std::move(request), std::move(body));
  if (!answer) co_return loopback::text_of(answer.error());
  const std::string status = std::to_string(answer->reply.response.status) + " ";
  const auto content = co_await collect(std::move(answer->reply.body), 67'108'864, Side::self);
  co_return status + (content ? *content : loopback::text_of(content.error()));
}

class UpstreamClientTest : public testing::Test {
 protected:
  // Status and body of the answer, or what went wrong.
  std::string answer(const Upstream& upstream, http::Request sent = request(), Body body = {}) {
    return loopback::run(io_, send_and_read(client_, upstream, std::move(sent), std::move(body)));
  }
  Result<UpstreamReply> reply(
      const Upstream& upstream, http::Request sent = request(), Body body = {}
  ) {
    return loopback::run(io_, client_.send(upstream, std::move(sent), std::move(body)));
  }

  // What an upstream received that reads by `receive` and then says hello; and the answer.
  struct Exchanged {
    std::string received;
    std::string answer;
  };
  Exchanged exchange(
      const std::function<std::string(Plain&)>& receive, http::Request sent, Body body = {},
      TargetForm form = TargetForm::origin
  ) {
    Exchanged exchanged;
    Script script([&](PlainListener& listener) {
      Plain peer = listener.accept();
      exchanged.received = receive(peer);
      peer.send(kHello);
    });
    Upstream upstream = script.upstream();
    upstream.target_form = form;
    exchanged.answer = answer(upstream, std::move(sent), std::move(body));
    script.join();
    return exchanged;
  }

  asio::io_context io_;
  UpstreamPool pool_;
  Resolver resolver_;
  UpstreamClient client_{pool_, resolver_};
};

// Answers one connection with these bytes and closes it.
auto says(const std::string& answer, std::size_t connections = 1) {
  return [=](PlainListener& listener) {
    for (std::size_t i = 0; i < connections; ++i) {
      Plain peer = listener.accept();
      peer.receive_until(kHeadEnd);
      peer.send(answer);
    }
  };
}

TEST_F(UpstreamClientTest, ReadsAnswersHoweverTheyAreFramed) {
  struct Case {
    std::string_view method;
    std::string sent;
    std::string expected;
    std::string why;
  };
  const Case cases[] = {
      {"GET", std::string(kHello), "200 hello", "with a length"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
       "200 hello",
       "chunked"},
      {"GET", "HTTP/1.1 200 OK\r\n\r\nhello", "200 hello", "until the connection closes"},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\n", "204 ", "without a body"},
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200 ", "HEAD has none"},
      {"GET",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
           std::string(kHello),
       "200 hello",
       "interim answers are skipped"},
      {"GET",
       "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
       "200 truncated origin",
       "cut short"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
       "200 truncated origin",
       "no last chunk"},
      {"GET", "HTTP/1.1 200 OK\r\nContent-Len", "truncated origin", "cut within the head"},
      {"GET", "", "disconnected origin", "nothing at all"},
      {"GET", "nonsense\r\n\r\n", "malformed origin", "not HTTP"},
      {"GET",
       "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n",
       "too_large origin",
       "head past its limit"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
       "200 hello",
       "trailers are dropped"},
      {"GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "malformed origin", "nobody asked to"},
  };
  for (const Case& c : cases) {
    Script script(says(c.sent));
    EXPECT_EQ(answer(script.upstream(), request(c.method)), c.expected) << c.why;
  }
}

TEST_F(UpstreamClientTest, BlamesTheSideItIsTold) {
  Script script(says(""));
  Upstream upstream = script.upstream();
  upstream.side = Side::worker;
  EXPECT_EQ(answer(upstream), "disconnected worker");
}

TEST_F(UpstreamClientTest, SaysWhyThereIsNoConnection) {
  Upstream upstream;
  upstream.address = {.host = "127.0.0.1", .port = loopback::unused_port(), .unix_path = ""};
  EXPECT_EQ(answer(upstream), "refused origin");
  upstream.address.host = "none.invalid";
  EXPECT_EQ(answer(upstream), "unresolved origin");
  upstream.side = Side::worker;
  upstream.address.unix_path = "/nonexistent/worker.sock";
  EXPECT_EQ(answer(upstream), "refused worker");
  upstream.address.unix_path = "/" + std::string(kMaxUnixPath, 'a');
  EXPECT_EQ(answer(upstream), "refused worker");
}

TEST_F(UpstreamClientTest, TimesOutWithoutAnAnswerAndWithinABody) {
  for (const std::string sent : {"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"}) {
    Script script([&](PlainListener& listener) {
      Plain peer = listener.accept();
      peer.receive_until(kHeadEnd);
      peer.send(sent);
      peer.receive_all();
    });
    Upstream upstream = script.upstream();
    upstream.timeouts.read = 30ms;
    EXPECT_EQ(answer(upstream), sent.empty() ? "timed_out origin" : "200 timed_out origin");
  }
}

TEST_F(UpstreamClientTest, WritesTheHeadInEitherForm) {
  struct Case {
    std::string_view method;
    TargetForm form;
    std::string head;
    std::string why;
  };
  const Case cases[] = {
      {"GET",
       TargetForm::origin,
       "GET /a?b HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n",
       "to an origin"},
      {"GET",
       TargetForm::absolute,
       "GET http://a.example/a?b HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n",
       "to workerd"},
      {"POST",
       TargetForm::origin,
       "POST /a?b HTTP/1.1\r\nHost: a.example\r\nX: y\r\nContent-Length: 0\r\n\r\n",
       "a method that means content (RFC 9110 §8.6)"},
  };
  const auto receive_head = [](Plain& peer) { return peer.receive_until(kHeadEnd); };
  for (const Case& c : cases) {
    const Exchanged got = exchange(receive_head, request(c.method), {}, c.form);
    EXPECT_EQ(got.received, c.head) << c.why;
    EXPECT_EQ(got.answer, "200 hello") << c.why;
  }
}

TEST_F(UpstreamClientTest, SendsBodiesWithALengthOrInChunks) {
  struct Case {
    Body body;
    std::string received;
    std::string why;
  };
  Case cases[3];
  cases[0] = {Body::of("abcde"), "Content-Length: 5\r\n\r\nabcde", "whole"};
  cases[1] = {
      streamed({"ab", "cde"}, 5), "Content-Length: 5\r\n\r\nabcde", "streamed, length known"
  };
  cases[2] = {
      streamed({"ab", "cde"}),
      "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
      "streamed, length unknown"
  };
  for (Case& c : cases) {
    const auto receive_message = [&c](Plain& peer) {
      peer.receive_until("X: y\r\n");
      return peer.receive(c.received.size());
    };
    const Exchanged got = exchange(receive_message, request("POST"), std::move(c.body));
    EXPECT_EQ(got.received, c.received) << c.why;
    EXPECT_EQ(got.answer, "200 hello") << c.why;
  }
}

TEST_F(UpstreamClientTest, RemovesWhatConcernsOnlyTheConnection) {
  Script script(
      says("HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nETag: "
           "\"1\"\r\nContent-Length: 5\r\n\r\nhello")
  );
  const auto answered = reply(script.upstream());
  ASSERT_TRUE(answered);
  const http::Headers& headers = answered->reply.response.headers;
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_TRUE(headers.has(http::Name::etag));
  EXPECT_TRUE(answered->closes) << "yet it is known";
}

TEST_F(UpstreamClientTest, GivesTheLengthOfABodyAlsoWhereThereIsNone) {
  const std::string sent = "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n";
  Script script(says(sent, 2));
  const auto head = reply(script.upstream(), request("HEAD"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->reply.body.length, 70'000u);
  EXPECT_TRUE(head->reply.body.is_whole());
  const auto got = reply(script.upstream());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reply.body.size(), 70'000u);
  EXPECT_FALSE(got->closes);
}

TEST_F(UpstreamClientTest, KeepsAConnectionForTheNextRequest) {
  Script script([](PlainListener& listener) {
    Plain peer = listener.accept();
    for (int i = 0; i < 3; ++i) {
      peer.receive_until(kHeadEnd);
      peer.send(kHello);
    }
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(answer(script.upstream()), "200 hello");
    EXPECT_EQ(pool_.idle(), 1u);
  }
}

TEST_F(UpstreamClientTest, KeepsNoConnectionThatCanNotGoOn) {
  const std::string lines = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n";
  struct Case {
    std::string sent;
    std::string why;
  };
  const Case cases[] = {
      {lines + "Connection: close\r\n\r\nhello", "it says so"},
      {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", "its end was the body's end"},
  };
  for (const Case& c : cases) {
    Script script(says(c.sent));
    EXPECT_EQ(answer(script.upstream()), "200 hello") << c.why;
    EXPECT_EQ(pool_.idle(), 0u) << c.why;
  }
}

Awaitable<Result<std::string>> first_part(Body& body) {
  const Result<Bytes> part = co_await body.source->read();
  if (!part) co_return part.error();
  co_return std::string(part->view());
}

TEST_F(UpstreamClientTest, TellsOfASurplusBehindWhatWasPromised) {  // RFC 9112 §6.3
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  for (const bool at_once : {true, false}) {
    std::promise<void> head_is_read;
    Script script([&](PlainListener& listener) {
      Plain peer = listener.accept();
      peer.receive_until(kHeadEnd);
      peer.send(at_once ? head + "hello and more" : head + "he");
      head_is_read.get_future().get();
      if (!at_once) peer.send("llo and more");
      peer.receive_all();
    });
    Result<UpstreamReply> got = reply(script.upstream());
    head_is_read.set_value();
    ASSERT_TRUE(got);
    Body& body = got->reply.body;
    EXPECT_EQ(body.size(), 5U);

    std::string promised;
    Result<std::string> part = loopback::run(io_, first_part(body));
    for (; part; part = loopback::run(io_, first_part(body))) promised += *part;
    EXPECT_EQ(promised, "hello") << "no byte more";
    EXPECT_EQ(loopback::text_of(part.error()), "malformed origin");
    EXPECT_EQ(pool_.idle(), 0U) << "what follows is nobody's";
  }
}

TEST_F(UpstreamClientTest, KnowsASurplusByTheLengthOfABodyOnly) {
  struct Case {
    std::string_view method;
    std::string sent;
    std::string expected;
    std::string why;
  };
  const Case cases[] = {
      {"GET",
       "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nhello",
       "200 malformed origin",
       "none was promised"},
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 ", "HEAD has none"},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\nhello", "204 ", "nor has 204"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nmore",
       "200 hello",
       "chunks say themselves where they end"},
  };
  for (const Case& c : cases) {
    Script script(says(c.sent));
    EXPECT_EQ(answer(script.upstream(), request(c.method)), c.expected) << c.why;
    EXPECT_EQ(pool_.idle(), 0U) << c.why;
  }
}

TEST_F(UpstreamClientTest, ClosesTheConnectionOfABodyThatIsNotReadToItsEnd) {
  std::promise<std::string> rest;
  Script script([&](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\nhello");
    rest.set_value(peer.receive_all());
  });
  {
    const auto answered = reply(script.upstream());
  }
  EXPECT_EQ(rest.get_future().get(), "") << "closed";
  EXPECT_EQ(pool_.idle(), 0u);
}

// The first connection answers once, then dies as it gets the next request; a second one answers.
void dies_on_reuse(PlainListener& listener) {
  {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    peer.send(kHello);
    peer.receive_until(kHeadEnd);
  }
  listener.accept_if_any([](Plain peer) {
    peer.receive_until(kHeadEnd);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain");
  });
}

TEST_F(UpstreamClientTest, TriesAgainWhenAReusedConnectionDiedUnanswered) {
  Script script(dies_on_reuse);
  EXPECT_EQ(answer(script.upstream()), "200 hello");
  EXPECT_EQ(answer(script.upstream()), "200 again");
}

TEST_F(UpstreamClientTest, DoesNotRepeatWhatMayHaveHadAnEffect) {
  struct Case {
    std::string_view method;
    Body body;
    std::string expected;
    std::string why;
  };
  Case cases[4];
  cases[0] = {"POST", {}, "disconnected origin", "not idempotent (RFC 9110 §9.2.2)"};
  cases[1] = {"PUT", streamed({"ab"}), "disconnected origin", "the body is gone"};
  cases[2] = {"PUT", Body::of("ab"), "200 again", "the body is at hand"};
  cases[3] = {"DELETE", {}, "200 again", "idempotent"};
  for (Case& c : cases) {
    Script script(dies_on_reuse);
    EXPECT_EQ(answer(script.upstream()), "200 hello");
    EXPECT_EQ(answer(script.upstream(), request(c.method), std::move(c.body)), c.expected) << c.why;
  }
}

TEST_F(UpstreamClientTest, DoesNotTryAgainWhereThatIsNotWanted) {
  Script script(dies_on_reuse);
  Upstream upstream = script.upstream();
  upstream.repeats = Repeats::never;
  EXPECT_EQ(answer(upstream), "200 hello");
  EXPECT_EQ(answer(upstream), "disconnected origin");
}

TEST_F(UpstreamClientTest, DoesNotTryAgainOnAFreshConnection) {
  Script script(says(""));
  EXPECT_EQ(answer(script.upstream()), "disconnected origin");
}

TEST_F(UpstreamClientTest, TakesAnAnswerThatComesBeforeTheBodyIsSent) {
  const std::string part(1'000'000, 'x');
  const std::vector<Result<std::string>> many(64, part);
  Script script([](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
    peer.receive_all();
  });
  EXPECT_EQ(answer(script.upstream(), request("POST"), streamed(many)), "413 big");
  EXPECT_EQ(pool_.idle(), 0u) << "the rest of the body would be taken for a request";
}

TEST_F(UpstreamClientTest, SendsAndReceivesAtTheSameTime) {
  const std::size_t count = 64;
  const std::string part(100'000, 'x');
  // Echoes part by part: each direction waits for the other.
  Script script([&](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6400000\r\n\r\n");
    for (std::size_t i = 0; i < count; ++i) peer.send(peer.receive(part.size()));
  });
  const std::vector<Result<std::string>> many(count, part);
  const std::string answered =
      answer(script.upstream(), request("POST"), streamed(many, count * part.size()));
  EXPECT_EQ(answered.size(), 4 + count * part.size());
  EXPECT_TRUE(answered.starts_with("200 xxx"));
}

TEST_F(UpstreamClientTest, BreaksOffWhenTheRequestBodyDoes) {
  const Error lost{ErrorCode::truncated, Side::client, "lost"};
  struct Case {
    Body body;
    std::string received;
    std::string expected;
    std::string why;
  };
  Case cases[3];
  cases[0] = {streamed({"ab", lost}), "2\r\nab\r\n", "truncated client", "no last chunk"};
  cases[1] = {streamed({"ab", lost}, 5), "ab", "truncated client", "fewer bytes than announced"};
  cases[2] = {streamed({"ab", "cdef"}, 5), "ab", "malformed self", "more bytes than announced"};
  const auto receive_body = [](Plain& peer) {
    peer.receive_until(kHeadEnd);
    return peer.receive_all();
  };
  for (Case& c : cases) {
    const Exchanged got = exchange(receive_body, request("POST"), std::move(c.body));
    EXPECT_EQ(got.received, c.received) << c.why;
    EXPECT_EQ(got.answer, c.expected) << c.why;
  }
}

TEST_F(UpstreamClientTest, SpeaksOverAUnixSocket) {
  const std::string path = testing::TempDir() + "upstream_" + std::to_string(::getpid()) + ".sock";
  loopback::Answers url([](http::Incoming& incoming) {
    return http::text_reply(200, "text/plain", incoming.request.url.text());
  });
  loopback::Server server(url, {}, UnixAddress{path});
  Upstream upstream;
  upstream.address.unix_path = path;
  upstream.target_form = TargetForm::absolute;
  http::Request sent = request();
  sent.url = *http::parse_url("https://b.example/x");
  EXPECT_EQ(answer(upstream, std::move(sent)), "200 https://b.example/x");
}

// A body without an end, which counts what was read of it.
class Endless final : public ByteSource {
 public:
  explicit Endless(std::size_t& given) : given_(given) {}
  Awaitable<Result<Bytes>> read() override {
    given_ += part_.size();
    co_return part_;
  }

 private:
  const Bytes part_ = Bytes::from(std::string(65'536, 'x'));
  std::size_t& given_;
};

// What the sockets of both ends hold at most, with room to spare.
constexpr std::size_t kHeldBySockets = 33'554'432;

TEST_F(UpstreamClientTest, ReadsABodyNoFasterThanTheUpstreamTakesIt) {
  std::promise<void> done;
  Script script([&](PlainListener& listener) {
    const Plain peer = listener.accept();
    done.get_future().wait();
  });
  std::size_t given = 0;
  Upstream upstream = script.upstream();
  upstream.timeouts.read = 50ms;
  Body body = Body::streamed(std::make_unique<Endless>(given), {});
  EXPECT_EQ(answer(upstream, request("POST"), std::move(body)), "timed_out origin");
  EXPECT_LT(given, kHeldBySockets);
  done.set_value();
}

// Waits for an answer, until told to leave; counts how often it was looked for.
class Waiting final : public http::Asker {
 public:
  bool has_left() const override {
    ++looks;
    return left;
  }
  std::optional<std::chrono::microseconds> round_trip() const override { return {}; }
  mutable std::atomic<int> looks{0};
  std::atomic<bool> left{false};
};

Awaitable<std::string> send_for(
    UpstreamClient& client, const Upstream& upstream, http::Request request, Body body,
    const http::Asker& asker
) {
  auto answer = co_await client.send(upstream, std::move(request), std::move(body), &asker);
  if (!answer) co_return loopback::text_of(answer.error());
  const auto content = co_await collect(std::move(answer->reply.body), 1'048'576, Side::self);
  co_return content ? *content : "head, then " + loopback::text_of(content.error());
}

TEST_F(UpstreamClientTest, EndsWithWhoeverWaitsForTheAnswer) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe";
  struct Case {
    std::string method;
    Body body;
    std::string said;
    std::string expected;
    std::string why;
  };
  Case cases[3];
  cases[0] = {"GET", {}, "", "disconnected client", "before the head"};
  cases[1] = {"GET", {}, head, "head, then disconnected client", "within the body"};
  cases[2] = {"POST", streamed({"ab", "cd"}), "", "disconnected client", "once all was sent"};
  for (Case& c : cases) {
    Waiting asker;
    asker.left = true;
    bool is_closed = false;
    Script script([&](PlainListener& listener) {
      Plain peer = listener.accept();
      peer.receive_until(c.method == "GET" ? kHeadEnd : "0\r\n\r\n");
      peer.send(c.said);
      is_closed = peer.receive_all().empty();
    });
    const Upstream upstream = script.upstream();
    const std::string got = loopback::run(
        io_, send_for(client_, upstream, request(c.method), std::move(c.body), asker)
    );
    script.join();
    EXPECT_EQ(got, c.expected) << c.why;
    EXPECT_TRUE(is_closed) << c.why;
  }
}

TEST_F(UpstreamClientTest, DoesNotTryAgainForWhoHasLeft) {
  Waiting asker;
  asker.left = true;
  Script script([](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    peer.send(kHello);
    peer.receive_until(kHeadEnd);
    peer.receive_all();
  });
  const Upstream upstream = script.upstream();
  EXPECT_EQ(answer(upstream), "200 hello");
  EXPECT_EQ(
      loopback::run(io_, send_for(client_, upstream, request(), {}, asker)), "disconnected client"
  );
  EXPECT_EQ(asker.looks, 1) << "though the connection was a reused one";
}

TEST_F(UpstreamClientTest, GoesOnForWhomWaits) {
  const Waiting asker;
  Script script([&](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    while (asker.looks < 1) std::this_thread::yield();
    peer.send(kHello);
  });
  const Upstream upstream = script.upstream();
  EXPECT_EQ(loopback::run(io_, send_for(client_, upstream, request(), {}, asker)), "hello");
}

TEST_F(UpstreamClientTest, WaitsNoLongerThanItsLimitForWhomWaits) {
  const Waiting asker;
  Script script([](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_all();
  });
  Upstream upstream = script.upstream();
  upstream.timeouts.read = kLookForAsker + std::chrono::milliseconds(10);
  EXPECT_EQ(
      loopback::run(io_, send_for(client_, upstream, request(), {}, asker)), "timed_out origin"
  );
  EXPECT_EQ(asker.looks, 2);
}

TEST_F(UpstreamClientTest, WaitsForAPlaceAmongTheConnections) {
  std::promise<void> release;
  Script script([&](PlainListener& listener) {
    Plain peer = listener.accept();
    peer.receive_until(kHeadEnd);
    release.get_future().wait();
    peer.send(kHello);
    peer.receive_until(kHeadEnd);
    peer.send(kHello);
  });
  Upstream upstream = script.upstream();
  upstream.max_connections = 1;
  std::optional<std::string> first;
  std::optional<std::string> second;
  TaskGroup group;
  for (auto* result : {&first, &second}) {
    auto sent = send_and_read(client_, upstream, request(), {});
    group.spawn(io_.get_executor(), loopback::keep_result(std::move(sent), *result));
  }
  while (pool_.waiting() == 0) io_.run_one();
  release.set_value();
  loopback::run(io_, group.join());
  EXPECT_EQ(first, "200 hello");
  EXPECT_EQ(second, "200 hello") << "on the same connection";
}

TEST_F(UpstreamClientTest, LeavesThePlaceOfAConnectionThatIsOver) {
  Script script(says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"));
  const Upstream upstream = script.upstream();
  EXPECT_EQ(answer(upstream), "200 truncated origin");
  EXPECT_EQ(pool_.open(connection_key(upstream.address, upstream.tls)), 0u);
}

http::Request websocket() {
  http::Request request;
  request.url = *http::parse_url("http://a.example/chat");
  request.headers.add("Upgrade", "websocket");
  return request;
}

Awaitable<std::string> converse(http::Duplex& tunnel) {
  const Bytes question = Bytes::copy_of("question");
  const auto written = co_await tunnel.write(question);
  if (!written) co_return loopback::text_of(written.error());
  std::string heard;
  for (;;) {
    const auto part = co_await tunnel.read();
    if (!part) co_return heard + loopback::text_of(part.error());
    if (part->empty()) break;
    heard += part->view();
  }
  tunnel.end_sending();
  co_return heard;
}

TEST_F(UpstreamClientTest, MakesATunnelOfASwitchThatWasAskedFor) {
  std::string asked;
  std::string heard;
  Script script([&](PlainListener& listener) {
    Plain peer = listener.accept();
    asked = peer.receive_until(kHeadEnd);
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
        "Sec-WebSocket-Accept: x\r\n\r\nearly "
    );
    heard = peer.receive(8);
    peer.send("answer");
    peer.end_sending();
    heard += peer.receive_all();
  });
  const Upstream upstream = script.upstream();
  auto answered = reply(upstream, websocket());
  ASSERT_TRUE(answered);
  ASSERT_TRUE(answered->reply.tunnel);
  EXPECT_EQ(answered->reply.response.status, 101);
  EXPECT_EQ(answered->reply.response.headers.size(), 1u) << "the connection's fields are gone";
  EXPECT_EQ(loopback::run(io_, converse(*answered->reply.tunnel)), "early answer");
  script.join();
  EXPECT_EQ(
      asked,
      "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
  );
  EXPECT_EQ(heard, "question");
  const std::string key = connection_key(upstream.address, upstream.tls);
  EXPECT_EQ(pool_.open(key), 1u) << "a tunnel has its place";
  answered->reply.tunnel.reset();
  EXPECT_EQ(pool_.open(key), 0u);
}

TEST_F(UpstreamClientTest, TakesNoSwitchToAnotherProtocol) {
  for (const std::string_view line : {"Upgrade: h2c\r\n", ""}) {
    Script script(says("HTTP/1.1 101 Switching Protocols\r\n" + std::string(line) + "\r\n"));
    EXPECT_EQ(answer(script.upstream(), websocket()), "malformed origin") << line;
  }
}

TEST_F(UpstreamClientTest, TakesARefusalToSwitch) {
  Script script(says(std::string(kHello)));
  EXPECT_EQ(answer(script.upstream(), websocket()), "200 hello");
  EXPECT_EQ(pool_.idle(), 1u);
}

// An upstream that is reached over TLS.
class SealedUpstreamTest : public UpstreamClientTest {
 protected:
  SealedUpstreamTest() { std::ofstream(ca_file_) << authority_.certificate(); }
  ~SealedUpstreamTest() override { std::filesystem::remove(ca_file_); }

  Upstream sealed(const Script& script) const {
    Upstream upstream = script.upstream();
    upstream.tls = UpstreamTls{.server_name = "localhost", .ca_file = ca_file_};
    return upstream;
  }
  // Plays each connection in turn.
  using Play = std::function<void(Sealed&)>;
  std::function<void(PlainListener&)> plays(const std::vector<Play>& all) const {
    return [=, pem = authority_.issue({})](PlainListener& listener) {
      for (const Play& play : all) {
        Sealed peer = Sealed::accept(listener.accept().release(), pem);
        play(peer);
      }
    };
  }

  const std::string ca_file_ = testing::TempDir() + "upstream_ca_" + std::to_string(::getpid());
  const certificates::Authority authority_;
};

void say_hello(Sealed& peer) {
  peer.receive_until(kHeadEnd);
  peer.send(kHello);
}

TEST_F(SealedUpstreamTest, KeepsItsConnection) {
  Script script(plays({[](Sealed& peer) {
    for (int i = 0; i < 3; ++i) say_hello(peer);
  }}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer(sealed(script)), "200 hello");
  EXPECT_EQ(pool_.idle(), 1u);
}

TEST_F(SealedUpstreamTest, TriesAgainWhenAReusedConnectionDiedUnanswered) {
  for (const bool orderly : {true, false}) {
    Script script(plays(
        {[orderly](Sealed& peer) {
           say_hello(peer);
           peer.receive_until(kHeadEnd);
           if (orderly) peer.end_sending();
         },
         say_hello}
    ));
    EXPECT_EQ(answer(sealed(script)), "200 hello");
    EXPECT_EQ(answer(sealed(script)), "200 hello");
  }
}

TEST_F(SealedUpstreamTest, TellsTheEndOfABodyFromACut) {
  for (const bool orderly : {true, false}) {
    Script script(plays({[orderly](Sealed& peer) {
      peer.receive_until(kHeadEnd);
      peer.send("HTTP/1.1 200 OK\r\n\r\nhello");
      if (orderly) peer.end_sending();
    }}));
    EXPECT_EQ(answer(sealed(script)), orderly ? "200 hello" : "200 truncated origin");
  }
}

TEST_F(SealedUpstreamTest, SendsAndReceivesAtTheSameTime) {
  const std::size_t count = 64;
  const std::string part(100'000, 'x');
  Script script(plays({[&](Sealed& peer) {
    peer.receive_until(kHeadEnd);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6400000\r\n\r\n");
    for (std::size_t sent = 0; sent < count * part.size();) {
      const std::string some = peer.receive_some();
      if (some.empty()) break;
      peer.send(some);
      sent += some.size();
    }
  }}));
  const std::vector<Result<std::string>> many(count, part);
  const std::string answered =
      answer(sealed(script), request("POST"), streamed(many, count * part.size()));
  EXPECT_EQ(answered.size(), 4 + count * part.size());
}

}  // namespace
}  // namespace festina::net
