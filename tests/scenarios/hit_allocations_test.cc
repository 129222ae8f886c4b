// What a memory hit allocates, from the first byte of the request to the last of the answer: the server runs in this
// process, whose operator new counts; the client allocates nothing.
#include <arpa/inet.h>
#include <array>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <string>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/json.h"
#include "cache/counted_new.h"
#include "harness/origin.h"
#include "harness/scenario.h"
#include "harness/temp_dir.h"
#include "server/commands.h"

namespace festina::harness {
namespace {

constexpr std::uint64_t kMaxAllocations = 8;  // of one hit
constexpr std::uint64_t kHits = 500;

// `festina serve` on a thread of this process. A signal ends it, as it ends the program.
class ServerHere {
 public:
  ServerHere(const TempDir& files, const std::string& config) {
    const std::string ready = files.write("run/ready", "");
    const int watch = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(watch, (files.path() + "/run").c_str(), IN_MODIFY | IN_MOVED_TO);
    thread_ = std::thread([options = server::ServeOptions{
                               .config = config, .ready_file = ready, .threads = 1
                           }] { EXPECT_EQ(server::run_command(options), 0); });
    std::array<char, 4096> events;
    while (read_file(ready).empty()) EXPECT_GT(::read(watch, events.data(), events.size()), 0);
    ::close(watch);
    address_ =
        json::parse(read_file(ready)).value().at("colos").at("FRA").at(0).as_string().c_str();
  }
  ~ServerHere() {
    ::kill(::getpid(), SIGTERM);
    thread_.join();
  }
  ServerHere(const ServerHere&) = delete;
  ServerHere& operator=(const ServerHere&) = delete;

  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(address_.substr(address_.rfind(':') + 1)));
  }

 private:
  std::thread thread_;
  std::string address_;
};

// One connection, one request after the other. Allocates nothing once it is made.
class BareClient {
 public:
  BareClient(std::uint16_t port, std::string request)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)), request_(std::move(request)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~BareClient() { ::close(socket_); }
  BareClient(const BareClient&) = delete;
  BareClient& operator=(const BareClient&) = delete;

  // The answer to one more request, which ends with this text.
  std::string_view ask(std::string_view end) {
    EXPECT_EQ(::send(socket_, request_.data(), request_.size(), 0), std::ssize(request_));
    std::size_t size = 0;
    while (!std::string_view(answer_.data(), size).ends_with(end)) {
      const ssize_t got = ::recv(socket_, answer_.data() + size, answer_.size() - size, 0);
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    return {answer_.data(), size};
  }

 private:
  int socket_;
  std::string request_;
  std::array<char, 4096> answer_{};
};

TEST(HitAllocations, AreFew) {
  if (!cache::kCountsMemory) GTEST_SKIP() << "nothing counts here";
  Origin origin;
  origin.answers("/a.css", ok("body { margin: 0 }", "max-age=3600"));
  const TempDir files;
  const std::string config = files.write(
      "festina.toml",
      "[control]\nlisten = \"http://127.0.0.1:0\"\n[state]\ndir = \"state\"\n"
      "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n" +
          zone_toml("example.com", origin.url())
  );
  const ServerHere server(files, config);
  BareClient client(
      server.port(),
      "GET /a.css HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
      "Accept: text/css,*/*;q=0.1\r\nAccept-Encoding: gzip, br\r\n\r\n"
  );
  for (int warm = 0; warm < 50; ++warm) client.ask("margin: 0 }");

  const std::uint64_t before = cache::allocations;
  for (std::uint64_t hit = 0; hit < kHits; ++hit) client.ask("margin: 0 }");
  const std::uint64_t made = cache::allocations - before;

  EXPECT_NE(client.ask("margin: 0 }").find("CF-Cache-Status: HIT\r\n"), std::string_view::npos);
  EXPECT_LE(made, kMaxAllocations * kHits) << made / kHits << " each";
  RecordProperty("allocations", std::to_string(static_cast<double>(made) / kHits));
}

}  // namespace
}  // namespace festina::harness
