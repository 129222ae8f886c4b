// The control API over a real log, zones and cache, called without sockets.
#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/crypto.h"
#include "base/json.h"
#include "cluster/applier.h"
#include "cluster/zone_applier.h"
#include "control/api.h"
#include "store/local_log.h"

namespace festina::control {

inline std::shared_ptr<const zone::Zone> make_zone(std::string name, policy::Compat compat = {}) {
  auto zone = std::make_shared<zone::Zone>();
  zone->id = zone::id_of(name);
  zone->name = std::move(name);
  zone->origin.text = "http://origin:9000";
  zone->rules.compat = compat;
  return zone;
}

inline Awaitable<> answer(Api& api, http::Incoming incoming, http::Reply& reply) {
  reply = co_await api.handle(std::move(incoming));
}

class ApiTest : public testing::Test {
 protected:
  ApiTest()
      : log(store::LocalLog::open(path, clock).value()),
        zones(snapshots, zone::ZoneStore::open(path + ".zones").value()),
        cache(1 << 20, clock),
        zone_applier(*log, zones),
        applier(*log, cache),
        api(ControlServices{
            .clock = clock,
            .test_clock = &clock,
            .snapshots = snapshots,
            .zones = zones,
            .log = *log,
            .colos = {{"FRA", "DE", &cache, &metrics}},
            .journal = journal,
            .processes = processes,
            .token = "secret",
            .account_id = std::string(32, 'a'),
            .ready = ready
        }) {
    EXPECT_TRUE(zone_applier.start());
    EXPECT_TRUE(applier.start());
  }
  ~ApiTest() override {
    log.reset();
    std::filesystem::remove_all(path);
    std::filesystem::remove_all(path + ".zones");
  }

  struct Got {
    int status;
    json::Value body;
    std::string text;
    http::Headers headers;
  };
  Got call(
      std::string_view method, const std::string& target, std::string body = {},
      std::string_view authorization = "Bearer secret"
  ) {
    http::Incoming incoming;
    incoming.request.method = http::method_of(method);
    incoming.request.method_text = method;
    incoming.request.url = http::parse_url("http://127.0.0.1:8788" + target).value();
    if (!authorization.empty())
      incoming.request.headers.add(http::Name::authorization, authorization);
    incoming.body = Body::of(std::move(body));
    http::Reply reply;
    asio::io_context context;
    TaskGroup tasks;
    tasks.spawn(context.get_executor(), answer(api, std::move(incoming), reply));
    while (tasks.running() > 0) context.run_one();
    const std::string text(reply.body.whole.view());
    const Result<json::Value> parsed = json::parse(text);
    return {reply.response.status, parsed ? *parsed : json::Value(), text, reply.response.headers};
  }
  // The one zone there is from now on.
  void use(std::shared_ptr<const zone::Zone> zone) {
    zones.use(std::make_shared<const zone::Snapshot>(
        zone::Snapshot{.zones = zone::ZoneTable({std::move(zone)})}
    ));
  }
  void use_zone(policy::Compat compat) { use(make_zone("example.com", compat)); }
  std::string purge_path() const {
    return "/client/v4/zones/" + snapshots.get()->zones.all().front()->id + "/purge_cache";
  }
  bool purges(const std::string& key, const std::string& body) {
    const cache::Birth born = cache.birth();
    const Got got = call("POST", purge_path(), body);
    EXPECT_EQ(got.status, 200) << got.text;
    return cache.has_purged({.text = key, .zone = snapshots.get()->zones.all().front()->id}, born);
  }
  // Something under this key of example.com, that came from this URL.
  void store(const std::string& key, const std::string& url) {
    const auto body = std::make_shared<cache::StoredBody>();
    body->append(Bytes::copy_of("x"));
    body->complete();
    cache::EntryHead head;
    head.key = {.text = key, .zone = snapshots.get()->zones.all().front()->id};
    head.url = url;
    head.born = cache.birth();
    EXPECT_TRUE(cache.commit(cache::Entry::make(std::move(head), body)));
  }
  static int code(const Got& got) {
    return static_cast<int>(got.body.at("errors").at(0).at("code").to_number<int>());
  }

  std::string path = testing::TempDir() + "api-" + random_hex(8) + ".db";
  SystemClock clock;
  zone::Snapshots snapshots{std::make_shared<const zone::Snapshot>(zone::Snapshot{
      .zones = zone::ZoneTable({make_zone("example.com"), make_zone("other.example")})
  })};
  std::unique_ptr<store::LocalLog> log;
  zone::LiveZones zones;
  cache::Cache cache;
  observe::Metrics metrics;
  observe::Journal journal;
  workers::ProcessCounts processes;
  cluster::ZoneApplier zone_applier;
  cluster::Applier applier;
  std::atomic<bool> ready{true};
  Api api;
};

}  // namespace festina::control
