// The end-to-end vectors 1 to 40 of reference appendix D, in profile cloudflare: what one site answers, request by request.
//
// Each has a directory of its own on a server they share. Times are seconds since the vector began, by the test clock.
#include <algorithm>
#include <memory>

#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

// From then on the origin answers so.
struct Turn {
  int at;
  Reaction reaction;
};

// A request and what must come back: get(6, 200, "EXPIRED").shows({{"Age", ""}}).
struct Asked {
  int at = 0;
  int status = 0;
  std::string cache_status;  // "any" where the reference names none
  std::string method = "GET";
  std::string target;  // empty: the vector's own
  Fields fields;       // of the request
  Fields shown;        // fields the answer must have; an empty value: must not have
  std::string body;    // what must come back; empty: not compared

  Asked by(std::string other_method) && {
    return method = std::move(other_method), std::move(*this);
  }
  Asked of(std::string other_target) && {
    return target = std::move(other_target), std::move(*this);
  }
  Asked with(Fields asked) && { return fields = std::move(asked), std::move(*this); }
  Asked shows(Fields answered) && { return shown = std::move(answered), std::move(*this); }
  Asked says(std::string text) && { return body = std::move(text), std::move(*this); }
};
Asked get(int at, int status, std::string cache_status) {
  Asked asked;
  asked.at = at;
  asked.status = status;
  asked.cache_status = std::move(cache_status);
  return asked;
}

struct Vector {
  int number = 0;
  std::string target;
  std::vector<Turn> origin;
  std::vector<Asked> asked;
  std::string purged = {};  // before the last request; "DIR" is the vector's directory
  std::string host =
      "example.com";      // "ent.example": plan enterprise, so that origin cache control is off;
                          // "old.example", "old-ent.example": the same in era 2025
  std::string rule = {};  // action_parameters of a Cache Rule for the vector's directory, in TOML

  Vector purge(std::string what) && { return purged = std::move(what), std::move(*this); }
  Vector on(std::string other_host) && { return host = std::move(other_host), std::move(*this); }
  Vector under(std::string wishes) && { return rule = std::move(wishes), std::move(*this); }
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << "vector " << vector.number; }

Reaction answer(Fields fields, int status = 200, std::string body = "body") {
  return {.status = status, .fields = std::move(fields), .body = std::move(body)};
}
Reaction says(std::string cache_control) {
  return answer({{"Cache-Control", std::move(cache_control)}});
}

// NOLINTNEXTLINE(readability-function-size): one table
std::vector<Vector> vectors() {
  const Reaction etagged = answer({{"Cache-Control", "max-age=5"}, {"ETag", "\"x\""}});
  const Reaction not_modified =
      answer({{"Cache-Control", "max-age=5"}, {"ETag", "\"x\""}}, 304, "");
  const Reaction asked_always = answer({{"Cache-Control", "no-cache"}, {"ETag", "\"x\""}});
  const Reaction still_so = answer({{"Cache-Control", "no-cache"}, {"ETag", "\"x\""}}, 304, "");
  const Reaction with_cookie = answer({{"Set-Cookie", "a=1"}});
  const Reaction down = answer({}, 503, "down");
  const Fields authorized{{"Authorization", "Basic eA=="}};
  return {
      Vector{
          1,
          "/a.css",
          {{0, answer({})}},
          {get(0, 200, "MISS").shows({{"Age", ""}}), get(1, 200, "HIT").shows({{"Age", "1"}})}
      },
      Vector{
          2,
          "/a.css",
          {{0, says("max-age=5")}},
          {get(0, 200, "MISS"), get(1, 200, "HIT"), get(6, 200, "EXPIRED").shows({{"Age", ""}})}
      },
      Vector{
          3,
          "/a.css",
          {{0, etagged}, {6, not_modified}},
          {get(0, 200, "MISS"),
           get(6, 200, "REVALIDATED").shows({{"Age", ""}}).says("body"),
           get(7, 200, "HIT").shows({{"Age", "1"}})}
      },
      Vector{
          4,
          "/a.css",
          {{0, says("max-age=5, stale-while-revalidate=60")}},
          {get(0, 200, "MISS"),
           get(6, 200, "UPDATING").shows({{"Age", "6"}}),
           get(7, 200, "HIT").shows({{"Age", "1"}})}
      },
      Vector{
          5,
          "/a.css",
          {{0, says("max-age=5, stale-while-revalidate=60")}},
          {get(0, 200, "MISS"), get(6, 200, "EXPIRED"), get(7, 200, "HIT")}
      }.on("old.example"),
      Vector{
          6,
          "/a.css",
          {{0, says("s-maxage=5, stale-while-revalidate=60")}},
          {get(0, 200, "MISS"), get(6, 200, "EXPIRED")}
      },
      Vector{
          7,
          "/a.css",
          {{0, says("max-age=5")}, {6, down}},
          {get(0, 200, "MISS"), get(6, 200, "STALE").shows({{"Age", "6"}}).says("body")}
      },
      Vector{
          8,
          "/a.css",
          {{0, says("max-age=5, stale-if-error=0")}, {6, down}},
          {get(0, 200, "MISS"), get(6, 503, "any").says("down")}
      },
      Vector{
          9,
          "/a.css",
          {{0, says("max-age=5, must-revalidate")}, {6, down}},
          {get(0, 200, "MISS"), get(6, 503, "any").says("down")}
      },
      Vector{10, "/a.css", {{0, says("private")}}, {get(0, 200, "BYPASS"), get(1, 200, "BYPASS")}},
      Vector{
          11, "/a.css", {{0, says("private")}}, {get(0, 200, "MISS"), get(1, 200, "MISS")}
      }.on("old-ent.example"),
      Vector{
          12,
          "/p",
          {{0, says("public, max-age=60")}},
          {get(0, 200, "DYNAMIC"), get(1, 200, "DYNAMIC")}
      },
      Vector{
          13, "/p", {{0, says("public, max-age=60")}}, {get(0, 200, "MISS"), get(1, 200, "HIT")}
      }.under("cache = true"),
      Vector{
          14, "/p", {{0, says("no-store")}}, {get(0, 200, "BYPASS"), get(1, 200, "BYPASS")}
      }.under("cache = true"),
      Vector{15, "/p", {{0, says("no-store")}}, {get(0, 200, "MISS"), get(1, 200, "HIT")}}
          .under("cache = true, edge_ttl = { mode = \"override_origin\", default = 60 }")
          .on("business.example"),
      Vector{
          16, "/a.css", {{0, answer({})}}, {get(0, 200, "DYNAMIC"), get(1, 200, "DYNAMIC")}
      }.under("cache = false"),
      Vector{
          17,
          "/a.css",
          {{0, with_cookie}},
          {get(0, 200, "BYPASS").shows({{"Set-Cookie", "a=1"}}),
           get(1, 200, "BYPASS").shows({{"Set-Cookie", "a=1"}})}
      },
      Vector{
          18,
          "/a.css",
          {{0, with_cookie}},
          {get(0, 200, "MISS").shows({{"Set-Cookie", ""}}),
           get(1, 200, "HIT").shows({{"Set-Cookie", ""}})}
      }.on("ent.example"),
      Vector{
          19,
          "/a.css",
          {{0, asked_always}, {1, still_so}},
          {get(0, 200, "MISS"), get(1, 200, "REVALIDATED"), get(2, 200, "REVALIDATED")}
      },
      Vector{
          20,
          "/a.css",
          {{0, says("max-age=60")}},
          {get(0, 200, "BYPASS").with(authorized), get(1, 200, "BYPASS").with(authorized)}
      },
      Vector{
          21,
          "/a.css",
          {{0, says("public, max-age=60")}},
          {get(0, 200, "MISS").with(authorized), get(1, 200, "HIT").with(authorized)}
      },
      Vector{
          22,
          "/a.css?x=1&y=2",
          {{0, answer({})}},
          {get(0, 200, "MISS"), get(1, 200, "MISS").of("/a.css?y=2&x=1")}
      },
      Vector{
          23,
          "/a.css",
          {{0, answer({})}},
          {get(0, 200, "MISS").with({{"Origin", "https://o"}}), get(1, 200, "MISS")}
      },
      Vector{
          24,
          "/a.css",
          {{0, answer({{"Vary", "*"}})}},
          {get(0, 200, "BYPASS"), get(1, 200, "BYPASS")}
      },
      Vector{
          25,
          "/a.css",
          {{0, answer({{"Vary", "Accept-Language"}}, 200, "English")},
           {1, answer({{"Vary", "Accept-Language"}}, 200, "deutsch")}},
          {get(0, 200, "MISS").with({{"Accept-Language", "en"}}),
           get(1, 200, "HIT").with({{"Accept-Language", "de"}}).says("English")}
      },
      Vector{
          26,
          "/a.css",
          {{0, answer({{"Vary", "Accept-Language"}})}},
          {get(0, 200, "MISS").with({{"Accept-Language", "en"}}),
           get(1, 200, "MISS").with({{"Accept-Language", "de"}}),
           get(2, 200, "HIT").with({{"Accept-Language", "en-US"}})}
      }.under("cache = true, vary = { default = { action = \"normalize\" } }"),
      Vector{
          27,
          "/a.css",
          {{0, answer({})}},
          {get(0, 200, "MISS").shows({{"Content-Length", "4"}}).by("HEAD"),
           get(1, 200, "HIT").says("body")}
      },
      Vector{
          28,
          "/a.css",
          {{0, answer({})}},
          {get(0, 206, "MISS")
               .shows({{"Content-Range", "bytes 0-1/4"}})
               .with({{"Range", "bytes=0-1"}})
               .says("bo"),
           get(1, 200, "HIT").says("body")}
      },
      Vector{
          29,
          "/missing.css",
          {{0, answer({}, 404)}},
          {get(0, 404, "MISS"), get(1, 404, "HIT"), get(181, 404, "EXPIRED")}
      },
      Vector{
          30,
          "/a.css",
          {{0, answer({{"Location", "/b.css"}}, 302)}},
          {get(0, 302, "MISS"), get(1, 302, "HIT"), get(1201, 302, "EXPIRED")}
      },
      Vector{31, "/a.css", {{0, answer({}, 500)}}, {get(0, 500, "BYPASS"), get(1, 500, "BYPASS")}},
      Vector{
          32,
          "/a.css",
          {{0, answer({})}},
          {get(0, 200, "MISS"), get(1, 200, "HIT"), get(2, 200, "MISS")}
      }.purge(R"({"files":["http://example.comDIR/a.css"]})"),
      Vector{
          33,
          "/a.css",
          {{0, answer({{"Cache-Tag", "T1"}})}},
          {get(0, 200, "MISS").shows({{"Cache-Tag", ""}}),
           get(1, 200, "HIT").shows({{"Cache-Tag", ""}}),
           get(2, 200, "MISS").shows({{"Cache-Tag", ""}})}
      }.purge(R"({"tags":["t1"]})"),
      Vector{
          34,
          "/a.css",
          {{0, answer({{"CDN-Cache-Control", "max-age=5"}, {"Cache-Control", "no-store"}})}},
          {get(0, 200, "MISS")
               .shows({{"CDN-Cache-Control", "max-age=5"}, {"Cache-Control", "no-store"}}),
           get(1, 200, "HIT")
               .shows({{"CDN-Cache-Control", "max-age=5"}, {"Cache-Control", "no-store"}}),
           get(6, 200, "EXPIRED")}
      },
      Vector{
          35,
          "/a.css",
          {{0,
            answer({{"Cloudflare-CDN-Cache-Control", "no-store"}, {"Cache-Control", "max-age=60"}})}
          },
          {get(0, 200, "BYPASS")
               .shows({{"Cloudflare-CDN-Cache-Control", ""}, {"Cache-Control", "max-age=60"}}),
           get(1, 200, "BYPASS").shows({{"Cloudflare-CDN-Cache-Control", ""}})}
      },
      Vector{
          36,
          "/a.css",
          {{0, answer({{"ETag", "\"x\""}})}},
          {get(0, 200, "MISS"),
           get(1, 304, "HIT").shows({{"ETag", "\"x\""}}).with({{"If-None-Match", "\"x\""}})}
      },
      Vector{39, "/a.css", {{0, answer({})}}, {get(0, 200, "DYNAMIC").by("POST")}},
  };
}

std::string directory_of(const Vector& vector) { return "/" + std::to_string(vector.number); }

std::string target_of(const Vector& vector, const Asked& asked) {
  return directory_of(vector) + (asked.target.empty() ? vector.target : asked.target);
}

// The origin answers as it does from then on; `since` is where its turns were taken already.
void turn_origin(Origin& origin, const Vector& vector, int since, int now) {
  for (const Turn& turn : vector.origin) {
    if (turn.at <= since || turn.at > now) continue;
    for (const Asked& asked : vector.asked) origin.answers(target_of(vector, asked), turn.reaction);
  }
}

void purge(const Edge& edge, const Vector& vector) {
  const std::string zones = edge.api("GET", "/client/v4/zones?name=" + vector.host).body;
  const json::Value found = json::parse(zones).value();
  const std::string id = found.at("result").at(0).at("id").as_string().c_str();
  std::string body = vector.purged;
  if (const std::size_t place = body.find("DIR"); place != std::string::npos)
    body.replace(place, 3, directory_of(vector));
  const Answer purged = edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", body);
  EXPECT_EQ(purged.status, 200) << purged.body;
}

void expect_as_asked(const Answer& got, const Asked& asked) {
  EXPECT_EQ(got.status, asked.status);
  if (asked.cache_status != "any") EXPECT_EQ(got.cache_status(), asked.cache_status);
  if (!asked.body.empty()) EXPECT_EQ(got.body, asked.body);
  for (const auto& [name, value] : asked.shown) {
    EXPECT_EQ(got.field(name), value) << name;
    EXPECT_EQ(got.has(name), !value.empty()) << name;
  }
}

// The Cache Rules of a zone's vectors.
std::string rules_of(std::string_view host) {
  std::string toml;
  for (const Vector& vector : vectors()) {
    if (vector.rule.empty() || vector.host != host) continue;
    toml += "[[zones.cache_rules]]\nexpression = 'starts_with(http.request.uri.path, \"" +
            directory_of(vector) + "/\")'\naction_parameters = { " + vector.rule + " }\n";
  }
  return toml;
}

class Vectors : public testing::TestWithParam<Vector> {
 protected:
  struct Site {
    Origin origin;
    TempDir files;
    Edge edge{files, edge_for(zones(origin.url()))};

    static std::string zones(const std::string& origin) {
      const std::string respecting = "[zones.settings]\nbrowser_cache_ttl = 0\n";
      return zone_toml("example.com", origin, respecting + rules_of("example.com")) +
             zone_toml(
                 "business.example",
                 origin,
                 "plan = \"business\"\n" + respecting + rules_of("business.example")
             ) +
             zone_toml("ent.example", origin, "plan = \"enterprise\"\n" + respecting) +
             zone_toml("old.example", origin, "era = \"2025\"\n" + respecting) +
             zone_toml(
                 "old-ent.example", origin, "era = \"2025\"\nplan = \"enterprise\"\n" + respecting
             );
    }
  };
  static void SetUpTestSuite() { shared() = std::make_unique<Site>(); }
  static void TearDownTestSuite() { shared().reset(); }
  static Site& site() { return *shared(); }

  // To `now` seconds after the vector began.
  static void advance(const Vector& vector, int since, int now) {
    turn_origin(site().origin, vector, since, now);
    if (since >= 0) site().edge.advance(seconds(now - since));
  }
  static Answer ask(const Vector& vector, const std::string& target, const Asked& asked) {
    const Ask request{.method = asked.method, .fields = asked.fields, .body = {}};
    return site().edge.get("http://" + vector.host + target, request);
  }
  // Until the refresh in the background has ended.
  static void await_refreshed(const Vector& vector, const std::string& target, const Asked& asked) {
    while (ask(vector, target, asked).cache_status() == "UPDATING") {
    }
  }

 private:
  static std::unique_ptr<Site>& shared() {
    static std::unique_ptr<Site> made;
    return made;
  }
};

TEST_P(Vectors, AnswerAsTheReferenceSays) {
  const Vector& vector = GetParam();
  int now = -1;
  for (const Asked& asked : vector.asked) {
    SCOPED_TRACE("t=" + std::to_string(asked.at) + " " + asked.cache_status);
    advance(vector, now, asked.at);
    now = asked.at;
    if (&asked == &vector.asked.back() && !vector.purged.empty()) purge(site().edge, vector);

    const std::string target = target_of(vector, asked);
    const std::size_t before = site().origin.requests(target);
    expect_as_asked(ask(vector, target, asked), asked);
    if (asked.cache_status == "UPDATING") {
      site().origin.await_requests(target, before + 1);
      await_refreshed(vector, target, asked);
    }
  }
  if (vector.number == 27) EXPECT_EQ(site().origin.asked("/27/a.css", ":method"), "GET");
}

INSTANTIATE_TEST_SUITE_P(
    AppendixD, Vectors, testing::ValuesIn(vectors()),
    [](const testing::TestParamInfo<Vector>& info) { return std::to_string(info.param.number); }
);

std::uint64_t collapsed(const Edge& edge) {
  const std::string text = edge.api("GET", "/metrics").body;
  const std::string name = "\nfestina_collapsed_requests_total";
  const std::size_t at = text.find(name);
  return at == std::string::npos ? 0 : std::stoull(text.substr(text.find(' ', at + 1) + 1));
}

class ParallelVectors : public SiteScenario {
 protected:
  static constexpr std::size_t kClients = 100;

  // All at once, on a cold key; the origin answers when all but the first wait for its fill.
  std::vector<Answer> answers_to_all(Reaction reaction) {
    origin.answers("/a.css", std::move(reaction));
    origin.holds("/a.css");
    std::vector<std::future<Answer>> clients;
    clients.reserve(kClients);
    for (std::size_t i = 0; i < kClients; ++i) clients.push_back(edge.get_async(kSite + "/a.css"));
    while (collapsed(edge) < kClients - 1) {
    }
    origin.releases("/a.css");
    std::vector<Answer> answers;
    answers.reserve(clients.size());
    for (auto& client : clients) answers.push_back(client.get());
    return answers;
  }
};

TEST_F(ParallelVectors, Vector37TheOriginSeesOneOfAHundred) {
  std::size_t misses = 0;
  for (const Answer& got : answers_to_all(answer({}))) {
    EXPECT_EQ(got.body, "body");
    misses += got.cache_status() == "MISS" ? 1U : 0U;
  }
  EXPECT_EQ(misses, 1U);
  EXPECT_EQ(origin.requests("/a.css"), 1U);

  const auto records = edge.await_records(kClients);  // the others are a HIT, in logs a stream_hit
  EXPECT_EQ(
      std::ranges::count_if(
          records,
          [](const std::string& record) { return record.find("stream_hit") != std::string::npos; }
      ),
      kClients - 1
  );
}

TEST_F(ParallelVectors, Vector38TheOriginSeesAHundredOfWhatIsNotStored) {
  for (const Answer& got : answers_to_all(says("no-store"))) {
    EXPECT_EQ(got.cache_status(), "BYPASS");
    EXPECT_EQ(got.body, "body");
  }
  EXPECT_EQ(origin.requests("/a.css"), kClients);
}

EdgeOptions with_development_mode_off() {
  return edge_for("[zones.settings]\ndevelopment_mode = \"off\"\n");
}

class DevelopmentModeVector : public SiteScenario {
 protected:
  DevelopmentModeVector() : SiteScenario(with_development_mode_off()) {}

  void turn(const std::string& from, const std::string& to) const {
    const auto setting = [](const std::string& value) {
      return "development_mode = \"" + value + "\"";
    };
    std::string config = read_file(edge.config_file());
    config.replace(config.find(setting(from)), setting(from).size(), setting(to));
    files.write("festina.toml", config);
    const Outcome reloaded = run_festina({"reload", "--config", edge.config_file()});
    EXPECT_EQ(reloaded.exit_code, 0) << reloaded.errors;
  }
  std::string status() const { return edge.get(kSite + "/a.css").cache_status(); }
};

TEST_F(DevelopmentModeVector, Vector40HidesWhatIsStoredUntilItEnds) {
  origin.answers("/a.css", ok("x", "max-age=600"));
  EXPECT_EQ(status(), "MISS");
  turn("off", "on");
  EXPECT_EQ(status(), "DYNAMIC");
  turn("on", "off");
  EXPECT_EQ(status(), "HIT");
}

}  // namespace
}  // namespace festina::harness
