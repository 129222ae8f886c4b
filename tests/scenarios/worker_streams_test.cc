// What passes through a Worker as it comes: bodies both ways, at the pace of who takes them; and what becomes of its work
// when the client leaves.
#include <algorithm>
#include <future>
#include <map>
#include <thread>

#include "harness/download.h"
#include "harness/resident.h"
#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

constexpr std::string_view kWrangler = R"(
name = "streams"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

constexpr std::string_view kScript = R"js(
const site = (path) => "http://example.com" + path;
const key = site("/kept");
const unchanged = { transform: (chunk, controller) => controller.enqueue(chunk) };

function begun() {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  writer.write(new TextEncoder().encode("begun"));
  fetch(site("/held")).then(() => writer.close());
  return new Response(readable);
}

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const told = () => request.signal.addEventListener("abort", () => ctx.waitUntil(fetch(site("/aborted"))));
    switch (pathname) {
      case "/w/film": {
        const film = await fetch(site("/film"));
        return new Response(film.body.pipeThrough(new TransformStream(unchanged)), film);
      }
      case "/w/upload": return fetch(site("/upload"), { method: "POST", body: request.body });
      case "/w/echo": return new Response(request.body);
      case "/w/waits": told(); return fetch(site("/held"));
      case "/w/took-all": told(); await request.text(); return fetch(site("/held"));
      case "/w/begun": told(); return begun();
      case "/w/works-on":
        ctx.waitUntil(fetch(site("/late")).then(async (late) => {
          await caches.default.put(key, new Response(late.body, { headers: { "Cache-Control": "max-age=60" } }));
        }));
        return fetch(site("/held"));
      case "/w/match": return (await caches.default.match(key)) ?? new Response("nothing", { status: 404 });
    }
  },
};
)js";

EdgeOptions options_for(const HandOrigin& origin, const TempDir& files) {
  files.write("worker/wrangler.toml", kWrangler);
  files.write("worker/index.js", kScript);
  return edge_for(
      zone_toml("example.com", origin.url(), "plan = \"enterprise\"") +
      "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
  );
}

class WorkerStreams : public testing::Test {
 protected:
  std::unique_ptr<HandConnection> asked(std::string_view start) const {
    auto connection = origin.accept();
    EXPECT_TRUE(connection->read_request().starts_with(start));
    return connection;
  }
  static void send_head(Connection& client, const std::string& start, const std::string& fields) {
    client.send(start + " HTTP/1.1\r\nHost: example.com\r\n" + fields + "\r\n");
  }
  // Reads until this has come.
  static std::string read_until(Connection& client, std::string_view text) {
    std::string seen;
    while (seen.find(text) == std::string::npos) {
      const std::string part = client.read_some();
      EXPECT_FALSE(part.empty()) << "after " << seen;
      if (part.empty()) break;
      seen += part;
    }
    return seen;
  }
  static std::string take_until(HandConnection& upstream, std::string_view text) {
    std::string seen;
    while (seen.find(text) == std::string::npos) {
      const std::string part = upstream.read_some(65'536);
      EXPECT_FALSE(part.empty()) << "after " << seen;
      if (part.empty()) break;
      seen += part;
    }
    return seen;
  }
  int worker_pid() const {
    const std::string log = edge.await_log("worker.ready script=streams");
    return std::stoi(log.substr(log.find("pid=", log.find("worker.ready")) + 4));
  }

  HandOrigin origin;
  TempDir files;
  Edge edge{files, options_for(origin, files)};
};

constexpr std::uint64_t kAFewMiB = 16 * kMiB;
// A heap of JavaScript holds garbage for a while: of the pieces that have passed, never all of them.
constexpr std::uint64_t kGarbage = 128 * kMiB;
// And workerd keeps about a twentieth of what passes a TransformStream for as long as the request lasts; by itself, with
// nothing of ours around it, an eighth.
constexpr std::uint64_t kKeptOf = 16;
constexpr std::uint64_t kLook = 16 * kMiB;  // memory is looked at every so many bytes
constexpr std::uint64_t kBeginning = 1024;

TEST_F(WorkerStreams, CarryALargeAnswerAtThePaceOfItsReader) {
  const std::uint64_t size = soaking_or(2048 * kMiB, 192 * kMiB);
  const int worker = worker_pid();
  const std::uint64_t before = resident(edge.pid());
  const std::uint64_t before_in_worker = resident(worker);
  std::promise<void> has_begun;
  std::thread sends([&] {
    const auto upstream = asked("GET /film ");
    upstream->send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    EXPECT_TRUE(send_pattern(*upstream, 0, kBeginning));
    EXPECT_EQ(has_begun.get_future().wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(send_pattern(*upstream, kBeginning, size - kBeginning));
  });
  Download download(edge.listener(), "/w/film");
  EXPECT_TRUE(download.read_to(kBeginning)) << "the beginning has to come before the rest is there";
  has_begun.set_value();
  std::uint64_t largest = 0;
  std::uint64_t largest_of_worker = 0;
  for (std::uint64_t next = kLook; next < size; next += kLook) {
    ASSERT_TRUE(download.read_to(next));
    largest = std::max(largest, resident(edge.pid()));
    largest_of_worker = std::max(largest_of_worker, resident(worker));
  }
  EXPECT_TRUE(download.is_whole(size));
  sends.join();
  if (kFreedMemoryGoes) EXPECT_LE(largest, before + kAFewMiB);
  EXPECT_LE(largest_of_worker, before_in_worker + kGarbage + size / kKeptOf);
}

TEST_F(WorkerStreams, CarryAnUploadToTheOriginAsItComes) {
  Connection client(edge.listener());
  send_head(client, "POST /w/upload", "Transfer-Encoding: chunked\r\n");
  client.send("5\r\nfirst\r\n");
  const auto upstream = asked("POST /upload ");
  EXPECT_NE(take_until(*upstream, "first").find("first"), std::string::npos);

  client.send("4\r\nlast\r\n0\r\n\r\n");
  take_until(*upstream, "0\r\n\r\n");
  upstream->send("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nkept");
  const Answer answer = client.read();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "kept");
}

TEST_F(WorkerStreams, AnswerWhileTheRequestIsStillComing) {
  Connection client(edge.listener());
  send_head(client, "POST /w/echo", "Transfer-Encoding: chunked\r\n");
  client.send("5\r\nfirst\r\n");
  EXPECT_TRUE(read_until(client, "first").starts_with("HTTP/1.1 200 "));

  client.send("4\r\nlast\r\n0\r\n\r\n");
  EXPECT_NE(read_until(client, "0\r\n\r\n").find("last"), std::string::npos);
}

// --- the client leaves ---

TEST_F(WorkerStreams, AreToldBeforeTheirAnswerThatTheClientHasLeft) {
  std::unique_ptr<HandConnection> held;
  {
    Connection client(edge.listener());
    send_head(client, "GET /w/waits", "");
    held = asked("GET /held ");
  }
  const auto aborted = asked("GET /aborted ");
}

TEST_F(WorkerStreams, AreToldAfterAnUploadThatTheClientHasLeft) {
  const std::string body(std::size_t{2} * 1024 * 1024, 'x');  // it does not come with the head
  std::unique_ptr<HandConnection> held;
  {
    Connection client(edge.listener());
    send_head(
        client, "POST /w/took-all", "Content-Length: " + std::to_string(body.size()) + "\r\n"
    );
    client.send(body);
    held = asked("GET /held ");
  }
  const auto aborted = asked("GET /aborted ");
}

TEST_F(WorkerStreams, AreToldWithinTheirAnswerThatTheClientHasLeft) {
  std::unique_ptr<HandConnection> held;
  {
    Connection client(edge.listener());
    send_head(client, "GET /w/begun", "");
    held = asked("GET /held ");
    read_until(client, "begun");
  }
  const auto aborted = asked("GET /aborted ");
}

TEST_F(WorkerStreams, DoWhatTheyLeftToWaitUntilForAClientThatHasLeft) {
  std::map<std::string, std::unique_ptr<HandConnection>> upstreams;  // by what they were asked
  {
    Connection client(edge.listener());
    send_head(client, "GET /w/works-on", "");
    while (upstreams.size() < 2) {
      auto connection = origin.accept();
      const std::string request = connection->read_request();
      upstreams[request.substr(0, request.find(" HTTP/1.1"))] = std::move(connection);
    }
  }
  const std::string gone = edge.await_records(1).front();
  EXPECT_NE(gone.find(R"("EdgeResponseStatus":499)"), std::string::npos) << gone;
  upstreams.at("GET /late")->send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
  while (edge.get(kSite + "/w/match").status != 200) {
  }
  EXPECT_EQ(edge.get(kSite + "/w/match").body, "done");
  upstreams.at("GET /held")
      ->await_close();  // with the Worker went what it had fetched for the client
}

}  // namespace
}  // namespace festina::harness
