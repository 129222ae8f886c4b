#include "workers/cache_api.h"

#include <deque>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint64_t kBudget = std::uint64_t{1024} * 1024;
constexpr std::string_view kUrl = "https://site.example/k?q=1";

std::shared_ptr<const zone::Zone> zone_named(std::string name, std::string id) {
  auto zone = std::make_shared<zone::Zone>();
  zone->name = std::move(name);
  zone->id = std::move(id);
  zone->origin.scheme = http::Scheme::http;
  zone->routes = {{zone->name + "/*", "of-" + zone->name}};
  return zone;
}

// A body that comes in these parts, then ends or fails.
class Parts final : public ByteSource {
 public:
  Parts(std::deque<std::string> parts, std::optional<Error> error)
      : parts_(std::move(parts)), error_(std::move(error)) {}
  Awaitable<Result<Bytes>> read() override {
    if (!parts_.empty()) {
      std::string part = std::move(parts_.front());
      parts_.pop_front();
      co_return Bytes::from(std::move(part));
    }
    if (error_) co_return *error_;
    co_return Bytes();
  }

 private:
  std::deque<std::string> parts_;
  std::optional<Error> error_;
};

struct Answer {
  http::Status status = 0;
  http::Headers headers;
  std::string body;
};

Awaitable<Answer> answer_of(http::Handler& handler, http::Incoming incoming) {
  http::Reply reply = co_await handler.handle(std::move(incoming));
  const auto body = co_await collect(std::move(reply.body), kBudget, Side::self);
  co_return Answer{reply.response.status, std::move(reply.response.headers), body.value()};
}

class CacheApiTest : public testing::Test {
 protected:
  Answer send(http::Method method, std::string_view url, Body body = {}) {
    return send_to(api_, method, url, std::move(body));
  }
  Answer send_to(http::Handler& api, http::Method method, std::string_view url, Body body) {
    http::Incoming incoming;
    incoming.request = std::exchange(request_, {});
    incoming.request.method = method;
    incoming.request.url = *http::parse_url(url);
    incoming.request.headers.set("X-Festina-Src", identity_);
    incoming.body = std::move(body);
    asio::io_context io;
    Answer answer;
    const auto take = [&](const std::exception_ptr&, Answer got) { answer = std::move(got); };
    asio::co_spawn(io, answer_of(api, std::move(incoming)), take);
    io.run();
    return answer;
  }
  Answer match(std::string_view url = kUrl) { return send(http::Method::get, url); }
  http::Status put(std::string text, std::string_view url = kUrl) {
    return send(http::Method::put, url, Body::of(std::move(text))).status;
  }
  http::Status put_in_parts(std::deque<std::string> parts, std::optional<Error> error = {}) {
    auto source = std::make_unique<Parts>(std::move(parts), std::move(error));
    return send(http::Method::put, kUrl, Body::streamed(std::move(source), {})).status;
  }
  void purge(cache::PurgeFact fact) {
    fra_.apply("a", {std::move(fact)}, fra_.applied_sequence() + 1);
  }
  // A request that the script serves, and calls for it.
  Rays::Live open_ray(std::shared_ptr<Quota> quota) {
    return rays_.open(
        {.ray = 7,
         .script = "of-site.example",
         .colo = "FRA",
         .zone = "a",
         .client_address = {},
         .quota = std::move(quota)}
    );
  }
  void tag() { request_.headers.add("CF-Blob", R"({"$f":"any 0000000000000007"})"); }
  template <class Call>
  http::Status as_tagged(Call call) {
    tag();
    return call();
  }
  http::Status erase(std::string_view url = kUrl) { return send(http::Method::purge, url).status; }

  std::string identity_ = "of-site.example@1/FRA";
  http::Request request_;  // fields of the next request
  ManualClock clock_{TimePoint(1'700'000'000'000ms)};
  cache::Cache fra_{kBudget, clock_};
  cache::Cache lhr_{kBudget, clock_};
  observe::Metrics metrics_;
  zone::Snapshots snapshots_{std::make_shared<const zone::Snapshot>(zone::Snapshot{
      .zones = zone::ZoneTable({zone_named("site.example", "a"), zone_named("other.example", "b")})
  })};
  Rays rays_{clock_};
  observe::Journal journal_;
  CacheApi api_{
      {{"FRA", {&fra_, &metrics_}}, {"LHR", {&lhr_, &metrics_}}},
      snapshots_,
      rays_,
      journal_,
      clock_
  };
};

constexpr const char* kHello =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nCache-Control: "
    "max-age=60\r\n\r\nhello";

TEST_F(CacheApiTest, GivesWhatWasPutWithItsAge) {
  EXPECT_EQ(put(kHello), 204);
  clock_.advance(7s);
  const Answer hit = match();
  EXPECT_EQ(hit.status, 200);
  EXPECT_EQ(hit.body, "hello");
  EXPECT_EQ(hit.headers.get("CF-Cache-Status"), "HIT");
  EXPECT_EQ(hit.headers.get("Age"), "7");
  EXPECT_EQ(hit.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(hit.headers.get("Cache-Control"), "max-age=60");
}

TEST_F(CacheApiTest, MissesWhatIsAbsentOrNoLongerFresh) {
  EXPECT_EQ(match().status, 504);
  put(kHello);
  clock_.advance(60s);
  const Answer miss = match();
  EXPECT_EQ(miss.status, 504) << "age equal to the lifetime is stale";
  EXPECT_EQ(miss.headers.get("CF-Cache-Status"), "MISS");
}

// Expires is by the wall, as whoever wrote it meant it; what has passed since the put is not (base/clock).
TEST_F(CacheApiTest, CountsAgesWhateverTheWallIsSetTo) {
  constexpr std::chrono::seconds year = std::chrono::years(1);
  for (const std::chrono::seconds jump : {year, -year}) {
    clock_.set_wall(TimePoint(784'111'777s));  // Sun, 06 Nov 1994 08:49:37 GMT
    put("HTTP/1.1 200 OK\r\nExpires: Sun, 06 Nov 1994 08:50:37 GMT\r\n\r\nhello");
    clock_.set_wall(clock_.wall() + jump);
    clock_.advance(59s);
    EXPECT_EQ(match().headers.get("Age"), "59");
    clock_.advance(1s);
    EXPECT_EQ(match().status, 504) << "a minute has passed";
  }
}

TEST_F(CacheApiTest, ReadsAPutInPartsWhateverTheirBounds) {
  std::deque<std::string> bytes;
  for (const char* c =
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=5\r\n\r\nabcde";
       *c;
       ++c) {
    bytes.emplace_back(1, *c);
  }
  EXPECT_EQ(put_in_parts(std::move(bytes)), 204);
  const Answer hit = match();
  EXPECT_EQ(hit.body, "abcde");
  EXPECT_FALSE(hit.headers.get("Transfer-Encoding")) << "a label, no framing";
}

TEST_F(CacheApiTest, StoresOnlyACompletePut) {
  EXPECT_NE(put_in_parts({kHello}, Error{ErrorCode::truncated, Side::client, ""}), 204);
  EXPECT_EQ(match().status, 504);
  EXPECT_EQ(put("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"), 413)
      << "shorter than it says";
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, RefusesWhatMayNotBeStored) {
  struct Case {
    std::string text;
    http::Status status;
    const char* why;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\n\r\na", 204, "default lifetime of the status"},
      {"HTTP/1.1 200 OK\r\nCache-Control: private, max-age=60\r\n\r\na", 413, "private"},
      {"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\na", 413, "no-store"},
      {"HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\n\r\na", 413, "stale at once"},
      {"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nCache-Control: max-age=60\r\n\r\na", 413, "a cookie"},
      {"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nCache-Control: private=Set-Cookie, "
       "max-age=60\r\n\r\na",
       204,
       "without it"},
      {"HTTP/1.1 500 No\r\n\r\na", 413, "a status without default lifetime"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\na",
       413,
       "larger than half the cache, it says"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(kBudget, 'x'),
       413,
       "larger than half the cache, it shows"},
      {"no response", 413, "no head"},
      {"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\na", 413, "a malformed head"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(http::kMaxNameBytes * 2, 'x') + "\r\n\r\na",
       413,
       "a head over the limit"},
  };
  for (const Case& c : cases) EXPECT_EQ(put(c.text), c.status) << c.why;
}

TEST_F(CacheApiTest, KeepsNoCookieAndNothingAnEdgeSaid) {
  put("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nCache-Control: private=Set-Cookie, max-age=60\r\nAge: "
      "50\r\n"
      "CF-Cache-Status: DYNAMIC\r\nCF-Ray: 89abcdef01234567-FRA\r\nCache-Status: festina; "
      "hit\r\n\r\na");
  const Answer hit = match();
  EXPECT_EQ(hit.status, 200);
  EXPECT_EQ(hit.headers.get("Age"), "0") << "it ages from the put";
  EXPECT_EQ(hit.headers.get("CF-Cache-Status"), "HIT");
  for (const char* name : {"Set-Cookie", "CF-Ray", "Cache-Status"})
    EXPECT_FALSE(hit.headers.get(name)) << name;
}

TEST_F(CacheApiTest, AnswersAConditionThatHolds) {
  put("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nCache-Control: max-age=60\r\n\r\nhello");
  request_.headers.add("If-None-Match", "W/\"e\"");
  const Answer held = match();
  EXPECT_EQ(held.status, 304);
  EXPECT_EQ(held.headers.get("CF-Cache-Status"), "HIT");
  EXPECT_EQ(held.body, "");
  request_.headers.add("If-None-Match", "\"f\"");
  EXPECT_EQ(match().status, 200);
}

TEST_F(CacheApiTest, AnswersRangesOfWhatCameWithItsLength) {  // reference §5.2
  constexpr std::string_view key = "https://site.example/digits";
  put("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Type: text/plain\r\n\r\n0123456789", key);
  const auto ranged = [&](std::string_view range) {
    request_.headers.add("Range", range);
    return match(key);
  };
  const Answer part = ranged("bytes=2-4");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.headers.get("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(part.headers.get("CF-Cache-Status"), "HIT");

  const Answer parts = ranged("bytes=0-1,5-6");
  EXPECT_EQ(parts.status, 206);
  EXPECT_THAT(
      std::string(parts.headers.get("Content-Type").value_or("")), HasSubstr("multipart/byteranges")
  );
  EXPECT_THAT(parts.body, HasSubstr("Content-Range: bytes 5-6/10\r\n\r\n56\r\n"));

  const Answer none = ranged("bytes=10-");
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.headers.get("Content-Range"), "bytes */10");
  EXPECT_EQ(none.headers.get("CF-Cache-Status"), "HIT") << "else the script gets undefined";
  EXPECT_EQ(none.body, "");

  EXPECT_EQ(ranged("lines=1-2").status, 200) << "ignored";
}

TEST_F(CacheApiTest, AnswersNoRangesOfWhatCameWithoutItsLength) {  // reference §5.2
  put("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n0123456789");
  request_.headers.add("Range", "bytes=2-4");
  const Answer answer = match();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "0123456789");
}

TEST_F(CacheApiTest, DeletesOnceAndOnlyHere) {
  put(kHello);
  identity_ = "of-site.example@1/LHR";
  EXPECT_EQ(match().status, 504) << "another data centre has its own cache";
  EXPECT_EQ(erase(), 404);
  identity_ = "of-site.example@1/FRA";
  EXPECT_EQ(erase(), 200);
  EXPECT_EQ(erase(), 404);
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, SharesTheStoreOfFetch) {
  put(kHello);
  http::Request request;
  request.url = *http::parse_url(kUrl);
  EXPECT_TRUE(fra_.lookup(policy::cache_key("a", http::Scheme::http, request, {})));
}

TEST_F(CacheApiTest, KeepsNamedCachesApart) {
  request_.headers.add("CF-Cache-Namespace", "mine");
  put(kHello);
  EXPECT_EQ(match().status, 504);
  request_.headers.add("CF-Cache-Namespace", "other");
  EXPECT_EQ(match().status, 504);
  request_.headers.add("CF-Cache-Namespace", "mine");
  EXPECT_EQ(match().status, 200);
}

TEST_F(CacheApiTest, KeepsZonesApart) {
  put(kHello);
  identity_ = "of-other.example@1/FRA";
  EXPECT_EQ(match().status, 504) << "the zone of the script's first route";
  const auto live = rays_.open(
      {.ray = 7,
       .script = "of-other.example",
       .colo = "FRA",
       .zone = "a",
       .client_address = "203.0.113.7"}
  );
  request_.headers.add("CF-Blob", R"({"$f":"match 0000000000000007"})");
  EXPECT_EQ(match().status, 200) << "the zone whose request it serves";
}

TEST_F(CacheApiTest, KeepsItsDefaultCacheApartWhereTheZoneSaysSo) {  // reference §5.1
  auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
  zone->rules.compat.cache_api_namespace = policy::CacheApiNamespace::separate;
  snapshots_.replace(
      std::make_shared<const zone::Snapshot>(zone::Snapshot{.zones = zone::ZoneTable({zone})})
  );
  put(kHello);
  EXPECT_EQ(match().status, 200);
  http::Request request;
  request.url = *http::parse_url(kUrl);
  EXPECT_FALSE(fra_.lookup(policy::cache_key("a", http::Scheme::http, request, {})));
}

TEST_F(CacheApiTest, AsksForItsStatusToBeHiddenWhereTheZoneSaysSo) {
  EXPECT_FALSE((put(kHello), match().headers.get("X-Festina-Status")));
  auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
  zone->rules.compat.cache_api_status_header = policy::CacheApiStatusHeader::no;
  snapshots_.replace(
      std::make_shared<const zone::Snapshot>(zone::Snapshot{.zones = zone::ZoneTable({zone})})
  );
  const Answer hit = match();
  EXPECT_EQ(hit.headers.get("X-Festina-Status"), "hidden");
  EXPECT_EQ(hit.headers.get("CF-Cache-Status"), "HIT") << "the runtime needs it";
}

TEST_F(CacheApiTest, KeepsCacheTagsAndShowsThemToNobody) {  // reference §2.5, §10.5
  put("HTTP/1.1 200 OK\r\nCache-Tag: shoes\r\nCloudflare-CDN-Cache-Control: max-age=60\r\n\r\na");
  const Answer hit = match();
  EXPECT_EQ(hit.status, 200);
  EXPECT_FALSE(hit.headers.get("Cache-Tag"));
  EXPECT_FALSE(hit.headers.get("Cloudflare-CDN-Cache-Control"));
  purge({.kind = cache::PurgeKind::tag, .value = "shoes"});
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, DeletesNothingThatWasPurged) {
  put(kHello);
  purge({.kind = cache::PurgeKind::host, .value = "site.example"});
  EXPECT_EQ(erase(), 404);
}

TEST_F(CacheApiTest, LetsTheScriptSetTheLifetimeOfAPut) {
  const auto put_with = [&](std::string_view cf) {
    request_.headers.add("CF-Blob", cf);
    return put("HTTP/1.1 500 No\r\nCache-Control: no-store\r\nSet-Cookie: a=1\r\n\r\nkept");
  };
  EXPECT_EQ(put_with(R"({"cacheTtl":0})"), 413);
  EXPECT_EQ(put_with(R"({"cacheTtl":-1})"), 413);
  EXPECT_EQ(put_with(R"({"cacheTtlByStatus":{"200-299":60}})"), 413) << "of another status";
  EXPECT_EQ(put_with(R"({"cacheTtlByStatus":{"500":60}})"), 204);
  EXPECT_EQ(put_with(R"({"cacheTtl":30})"), 204);
  clock_.advance(29s);
  EXPECT_EQ(match().body, "kept");
  EXPECT_FALSE(match().headers.get("Set-Cookie"));
  clock_.advance(1s);
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, CountsTheCallsOfARequest) {
  auto quota = std::make_shared<Quota>(3);
  const auto live = open_ray(quota);
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 204);
  EXPECT_EQ(as_tagged([&] { return match().status; }), 200);
  EXPECT_EQ(as_tagged([&] { return erase(); }), 200);
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 413);
  EXPECT_EQ(as_tagged([&] { return erase(); }), 429);
  tag();
  const Answer refused = match();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("X-Festina-Refused"), "calls");
  EXPECT_EQ(refused.headers.get("CF-Cache-Status"), "HIT")
      << "else the runtime module does not see it";
  EXPECT_EQ(quota->calls(), 6U);
  EXPECT_EQ(put(kHello), 204) << "of no known request";
}

TEST_F(CacheApiTest, CountsTheBytesOfPutsOfARequest) {
  auto quota = std::make_shared<Quota>();
  const auto live = open_ray(quota);
  const std::uint64_t size = std::string_view(kHello).size();
  ASSERT_TRUE(quota->take_put_bytes(kMaxPutBytes - size));
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 204);
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 413);
}

TEST_F(CacheApiTest, KeepsALargePutAtOnce) {
  constexpr std::size_t size = std::size_t{300} * 1024;  // more than a fill's answer on first sight
  EXPECT_EQ(put("HTTP/1.1 200 OK\r\n\r\n" + std::string(size, 'x')), 204);
  EXPECT_EQ(match().body.size(), size);
}

TEST_F(CacheApiTest, RefusesOtherMethodsAndStrangers) {
  EXPECT_EQ(send(http::Method::post, kUrl).status, 405);
  for (const char* identity : {"", "unrouted@1/FRA", "of-site.example@1/NRT"}) {
    identity_ = identity;
    EXPECT_EQ(match().status, 400) << identity;
  }
}

TEST_F(CacheApiTest, CountsEveryOperationByItsOutcome) {
  match();
  put(kHello);
  match();
  erase();
  using policy::CacheStatus;
  constexpr auto source = static_cast<std::size_t>(observe::RequestSource::edge_worker_cache_api);
  const auto counted = metrics_.totals().requests[source];
  EXPECT_EQ(counted[static_cast<std::size_t>(CacheStatus::miss)], 1U);
  EXPECT_EQ(counted[static_cast<std::size_t>(CacheStatus::hit)], 1U);
  EXPECT_EQ(counted[static_cast<std::size_t>(CacheStatus::none)], 2U);
}

TEST_F(CacheApiTest, WritesEveryOperationDown) {
  const auto path =
      std::filesystem::temp_directory_path() / ("festina." + std::to_string(::getpid()) + ".log");
  observe::Journal journal;
  observe::AccessLog& log = journal.access_log;
  log.use(observe::LogFile::open(path).value());
  CacheApi logged({{"FRA", {&fra_, &metrics_}}}, snapshots_, rays_, journal, clock_);
  send_to(logged, http::Method::get, kUrl, {});
  send_to(logged, http::Method::put, kUrl, Body::of(std::string(kHello)));
  send_to(logged, http::Method::get, kUrl, {});
  send_to(logged, http::Method::purge, kUrl, {});
  log.flush();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::filesystem::remove(path);

  std::vector<std::string> statuses;
  for (std::string line; std::getline(text, line);) {
    EXPECT_THAT(line, HasSubstr("edgeWorkerCacheAPI"));
    constexpr std::string_view name = "\"EdgeResponseStatus\":";
    statuses.push_back(line.substr(line.find(name) + name.size(), 3));
  }
  EXPECT_THAT(statuses, testing::ElementsAre("504", "204", "200", "200"));
}

class EnterpriseCacheApiTest : public CacheApiTest {
 protected:
  EnterpriseCacheApiTest() {
    auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
    zone->rules.plan = rules::Plan::enterprise;
    snapshots_.replace(
        std::make_shared<const zone::Snapshot>(zone::Snapshot{.zones = zone::ZoneTable({zone})})
    );
  }
  // The next request's key has this cf.
  void say(std::string_view cf) { request_.headers.add("CF-Blob", cf); }
};

TEST_F(EnterpriseCacheApiTest, FindsByTheKeyOfTheScriptWhateverTheUrl) {  // reference §5.3
  constexpr std::string_view own = R"({"cacheKey":"k"})";
  say(own);
  EXPECT_EQ(put(kHello), 204);
  EXPECT_EQ(match().status, 504) << "under its URL there is nothing";
  say(own);
  EXPECT_EQ(match("https://site.example/other").body, "hello");
  http::Request request;
  request.url = *http::parse_url(kUrl);
  EXPECT_TRUE(fra_.lookup(policy::cache_key("a", http::Scheme::http, request, {.instead = "k"})))
      << "as a fetch() with the same key";
  say(own);
  request_.headers.add("CF-Cache-Namespace", "mine");
  EXPECT_EQ(match().status, 504) << "another cache";
  say(own);
  EXPECT_EQ(erase("https://site.example/third"), 200);
  say(own);
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, IgnoresAKeyOfTheScriptOnLowerPlans) {
  request_.headers.add("CF-Blob", R"({"cacheKey":"k"})");
  EXPECT_EQ(put(kHello), 204);
  EXPECT_EQ(match().status, 200);
}

TEST_F(CacheApiTest, TagsAPutAsTheScriptSays) {  // reference §4.2
  request_.headers.add("CF-Blob", R"({"cacheTags":["Shoes"]})");
  put("HTTP/1.1 200 OK\r\nCache-Tag: hats\r\n\r\na");
  purge({.kind = cache::PurgeKind::tag, .value = "hats"});
  EXPECT_EQ(match().status, 200);
  purge({.kind = cache::PurgeKind::tag, .value = "shoes"});
  EXPECT_EQ(match().status, 504);
}

TEST_F(CacheApiTest, IsPurgedInPartsUnlessTheZoneSaysOtherwise) {  // reference §10.5, appendix A
  const auto is_purged_by = [&](policy::CacheApiPurge choice, cache::PurgeFact fact) {
    auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
    zone->rules.compat.cache_api_purge = choice;
    snapshots_.replace(
        std::make_shared<const zone::Snapshot>(zone::Snapshot{.zones = zone::ZoneTable({zone})})
    );
    EXPECT_EQ(put(kHello), 204);
    purge(std::move(fact));
    return match().status == 504;
  };
  const cache::PurgeFact host{.kind = cache::PurgeKind::host, .value = "site.example"};
  EXPECT_TRUE(is_purged_by(policy::CacheApiPurge::all, host));
  EXPECT_FALSE(is_purged_by(policy::CacheApiPurge::everything_only, host));
  EXPECT_TRUE(is_purged_by(policy::CacheApiPurge::everything_only, {}));
}

TEST_F(CacheApiTest, KeepsSchemesApartWhereAWorkerIsTheOrigin) {  // reference §11.1
  put(kHello, "https://site.example/k");
  EXPECT_EQ(match("http://site.example/k").status, 200) << "one origin behind both";
  auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
  zone->origin = zone::worker_origin("of-site.example");
  snapshots_.replace(
      std::make_shared<const zone::Snapshot>(zone::Snapshot{.zones = zone::ZoneTable({zone})})
  );
  put(kHello, "https://site.example/w");
  EXPECT_EQ(match("http://site.example/w").status, 504);
  EXPECT_EQ(match("https://site.example/w").status, 200);
}

TEST_F(CacheApiTest, EndsTheWorkForARequestThatWasAnsweredTooLongAgo) {  // waitUntil()
  open_ray(std::make_shared<Quota>());
  clock_.advance(kLingers - 1ms);
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 204);
  clock_.advance(1ms);
  EXPECT_EQ(as_tagged([&] { return put(kHello); }), 413);
  EXPECT_EQ(as_tagged([&] { return erase(); }), 429);
  tag();
  const Answer refused = match();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("X-Festina-Refused"), "time");
  EXPECT_EQ(match().status, 200) << "of no known request";
}

TEST_F(CacheApiTest, ObeysABypassUnlessTheFlagsOfTheScriptOverrideIt) {  // reference §9.3
  const auto bypass = [this](bool script_overrides) {
    auto zone = std::make_shared<zone::Zone>(*zone_named("site.example", "a"));
    zone->rules.settings.development_mode = {.is_on = true, .since = {}};
    const policy::EdgeFlags flags{.cache_api_overrides_rules = script_overrides};
    snapshots_.replace(std::make_shared<const zone::Snapshot>(zone::Snapshot{
        .zones = zone::ZoneTable({std::move(zone), zone_named("other.example", "b")}),
        .edge_flags = {{"of-site.example", flags}}
    }));
  };
  constexpr const char* newer = "HTTP/1.1 200 OK\r\n\r\nnewer";
  EXPECT_EQ(put(kHello), 204);
  bypass(false);
  EXPECT_EQ(match().status, 504);
  EXPECT_EQ(put(newer), 413);
  bypass(true);
  EXPECT_EQ(match().body, "hello") << "it was there, and nothing has replaced it";
  EXPECT_EQ(put(newer), 204);
  EXPECT_EQ(match("https://other.example/k").status, 504);
  EXPECT_EQ(put(newer, "https://other.example/k"), 413) << "no flag reaches another zone";
  bypass(false);
  EXPECT_EQ(erase(), 200) << "a delete is never refused";
}

}  // namespace
}  // namespace festina::workers
