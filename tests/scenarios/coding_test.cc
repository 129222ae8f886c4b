// Content codings as clients meet them (RFC 9110 §12.5.3, reference §1.9, §11.7): coded at the edge, or by the origin.
#include <array>
#include <cstdio>

#include "harness/hand_origin.h"
#include "harness/scenario.h"
#include "http/decoder.h"
#include "http/encoder.h"

namespace festina::harness {
namespace {

using http::Coding;

constexpr const char* kCut = "cut";

std::string sheet(int lines = 900) {
  std::string text;
  for (int i = 0; i < lines; ++i)
    text +=
        ".item-" + std::to_string(i * 7919 % 10'007) + " { margin: " + std::to_string(i) + "px }\n";
  return text;
}

Reaction styled(std::string body, std::string cache_control = "max-age=60") {
  Reaction reaction = ok(std::move(body), std::move(cache_control));
  reaction.fields.emplace_back("ETag", "\"v1\"");
  return reaction;
}

// A body that the origin coded itself.
Reaction coded_by_origin(const std::string& body) {
  Reaction reaction = styled(http::encoded(body, Coding::gzip, http::Effort::thorough));
  reaction.fields.emplace_back("Content-Encoding", "gzip");
  return reaction;
}

std::optional<Coding> coding_named(std::string_view name) {
  for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd})
    if (http::name(coding) == name) return coding;
  return std::nullopt;
}

// The body without its Content-Encoding; "cut" when there is less of it than there should be.
std::string plain(const Answer& answer) {
  const auto coding = coding_named(answer.field("Content-Encoding"));
  if (!answer.complete) return kCut;
  if (!coding) return answer.body;
  http::Decoder decoder(*coding);
  std::string_view coded = answer.body;
  std::string text;
  while (true) {
    const auto part = decoder.decode(coded);
    if (!part) return part.error().detail;
    if (part->empty()) break;
    text += *part;
  }
  return decoder.is_at_end() ? text : kCut;
}

class CodingScenario : public SiteScenario {
 protected:
  explicit CodingScenario(
      EdgeOptions options = {},
      const std::vector<std::pair<std::string_view, std::string_view>>& written = {}
  )
      : SiteScenario(std::move(options), written) {}

  Answer get(const std::string& path, const std::string& accepted, Fields fields = {}) const {
    return ask("GET", path, accepted, std::move(fields));
  }
  Answer ask(
      const std::string& method, const std::string& path, const std::string& accepted,
      Fields fields = {}
  ) const {
    if (!accepted.empty()) fields.emplace_back("Accept-Encoding", accepted);
    return edge.get(kSite + path, {.method = method, .fields = fields, .body = {}});
  }
  // What another program decodes.
  std::string curl(const std::string& path, const std::string& accepted) const {
    const std::string port = edge.listener().substr(edge.listener().rfind(':') + 1);
    const std::string command = "curl -s --compressed --noproxy '*' --max-time 20 -H " +
                                ("'Accept-Encoding: " + accepted + "' --connect-to '::127.0.0.1:") +
                                port + "' " + kSite + path;
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> bytes{};
    for (std::size_t n = 0; (n = ::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;)
      output.append(bytes.data(), n);
    ::pclose(pipe);
    return output;
  }
  // Asks until the stored body is kept coded.
  void keep_coded(const std::string& path, const std::string& accepted) const {
    const std::uint64_t before = metric(edge, "festina_kept_coded_total");
    for (int i = 0; i < 3; ++i) get(path, accepted);
    await_metric(edge, "festina_kept_coded_total", before + 1);
  }
};

TEST_F(CodingScenario, MissesAndHitsAreCodedForWhoTakesIt) {
  const std::string text = sheet();
  for (const std::string coding : {"gzip", "br", "zstd"}) {
    const std::string path = "/" + coding + ".css";
    origin.answers(path, styled(text));
    for (const std::string status : {"MISS", "HIT"}) {
      const Answer answer = get(path, coding);
      EXPECT_EQ(answer.cache_status(), status);
      EXPECT_EQ(answer.field("Content-Encoding"), coding);
      EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
      EXPECT_EQ(answer.field("ETag"), "W/\"v1\"");
      EXPECT_LT(answer.body.size() * 3, text.size());
      EXPECT_EQ(plain(answer), text);
    }
    EXPECT_EQ(curl(path, coding), text) << "as another program reads it";
    EXPECT_EQ(origin.asked(path, "Accept-Encoding"), "br, gzip");
    EXPECT_EQ(origin.requests(path), 1U);
  }
}

TEST_F(CodingScenario, WhoTakesNoneGetsWhatCame) {
  origin.answers("/a.css", styled(sheet()));
  for (const std::string accepted : {"", "identity", "gzip;q=0", "deflate", "identity;q=0"}) {
    const Answer answer = get("/a.css", accepted);
    EXPECT_FALSE(answer.has("Content-Encoding")) << accepted;
    EXPECT_EQ(answer.body, sheet()) << accepted;
    EXPECT_EQ(answer.field("ETag"), "\"v1\"");
    EXPECT_EQ(answer.field("Vary"), "Accept-Encoding") << "others get another answer";
  }
}

TEST_F(CodingScenario, WhatIsAskedForAgainIsKeptCoded) {
  const std::string text = sheet(20'000);
  origin.answers("/a.css", styled(text));
  get("/a.css", "br");
  const std::uint64_t before = metric(edge, "festina_cache_bytes");
  keep_coded("/a.css", "gzip, br");
  EXPECT_LT(metric(edge, "festina_cache_bytes") * 3, before);
  EXPECT_EQ(metric(edge, "festina_cache_entries"), 1U);

  const Answer kept = get("/a.css", "gzip, br");
  expect_answer(kept, 200, "HIT", kept.body);
  EXPECT_EQ(kept.field("Content-Encoding"), "br");
  EXPECT_EQ(kept.field("Content-Length"), std::to_string(kept.body.size()));
  EXPECT_EQ(kept.field("ETag"), "W/\"v1\"");
  EXPECT_EQ(kept.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(plain(kept), text);

  const Answer plain_one = get("/a.css", "");
  expect_answer(plain_one, 200, "HIT", text);
  EXPECT_EQ(plain_one.field("ETag"), "\"v1\"");
  EXPECT_EQ(plain_one.field("Content-Length"), std::to_string(text.size()));
  EXPECT_EQ(plain(get("/a.css", "gzip")), text) << "another coding";
  const Answer part = get("/a.css", "br", {{"Range", "bytes=100000-100099"}});
  expect_answer(part, 206, "HIT", text.substr(100'000, 100));
  EXPECT_EQ(part.field("ETag"), "\"v1\"");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(CodingScenario, WhatIsKeptCodedIsPurgedAndRefreshedAsBefore) {
  origin.answers("/a.css", styled(sheet()));
  get("/a.css", "br");
  keep_coded("/a.css", "br");
  edge.advance(std::chrono::seconds(61));
  origin.answers(
      "/a.css",
      {.status = 304, .fields = {{"ETag", "\"v1\""}, {"Cache-Control", "max-age=60"}}, .body = {}}
  );
  const Answer held = get("/a.css", "br");
  EXPECT_EQ(held.cache_status(), "REVALIDATED");
  EXPECT_EQ(plain(held), sheet());
  EXPECT_EQ(origin.asked("/a.css", "If-None-Match"), "\"v1\"");

  origin.answers("/a.css", styled("newer " + sheet()));
  const std::string zone = R"({"files":["http://example.com/a.css"]})";
  const Answer zones = edge.api("GET", "/client/v4/zones?name=example.com");
  const std::size_t id = zones.body.find("\"id\":\"") + 6;
  edge.api("POST", "/client/v4/zones/" + zones.body.substr(id, 32) + "/purge_cache", zone);
  EXPECT_EQ(plain(get("/a.css", "br")), "newer " + sheet());
}

TEST_F(CodingScenario, ConditionsMeetTheWeakEntityTag) {  // RFC 9110 §13.1.2
  origin.answers("/a.css", styled(sheet()));
  get("/a.css", "br");
  for (const bool is_kept : {false, true}) {
    if (is_kept) keep_coded("/a.css", "br");
    const Answer coded = get("/a.css", "br", {{"If-None-Match", "W/\"v1\""}});
    expect_answer(coded, 304, "HIT", "");
    EXPECT_EQ(coded.field("ETag"), "W/\"v1\"");
    EXPECT_EQ(coded.field("Vary"), "Accept-Encoding");
    EXPECT_FALSE(coded.has("Content-Encoding"));
    const Answer as_it_came = get("/a.css", "", {{"If-None-Match", "\"v1\""}});
    expect_answer(as_it_came, 304, "HIT", "");
    EXPECT_EQ(as_it_came.field("ETag"), "\"v1\"");
  }
}

TEST_F(CodingScenario, HeadIsToldWhatGetWouldBe) {  // RFC 9110 §9.3.2
  origin.answers("/a.css", styled(sheet()));
  for (const bool is_kept : {false, true}) {
    if (is_kept) keep_coded("/a.css", "br");
    const Answer head = ask("HEAD", "/a.css", "br");
    const Answer answer = get("/a.css", "br");
    for (const auto* field : {"Content-Encoding", "ETag", "Vary", "Content-Type"})
      EXPECT_EQ(head.field(field), answer.field(field)) << field;
    EXPECT_EQ(head.field("Content-Encoding"), "br");
    if (is_kept) EXPECT_EQ(head.field("Content-Length"), answer.field("Content-Length"));
  }
}

TEST_F(CodingScenario, RangesAreOfWhatIsStored) {
  const std::string text = sheet();
  origin.answers("/a.css", styled(text));
  get("/a.css", "br");
  const Answer part = get("/a.css", "br", {{"Range", "bytes=10-19"}});
  expect_answer(part, 206, "HIT", text.substr(10, 10));
  EXPECT_FALSE(part.has("Content-Encoding"));
  EXPECT_EQ(part.field("ETag"), "\"v1\"");
  const Answer whole = get("/a.css", "br", {{"Range", "bytes=10-19"}, {"If-Range", "W/\"v1\""}});
  EXPECT_EQ(whole.status, 200) << "a weak ETag proves nothing of bytes";
  EXPECT_EQ(plain(whole), text);
}

TEST_F(CodingScenario, WhatMustNotOrNeedNotBeCodedIsLeft) {
  const std::string text = sheet();
  Reaction image = styled(text);
  image.fields.front().second = "image/png";
  Reaction failed = styled(text, "");
  failed.status = 500;
  Reaction unknown = styled(text);
  unknown.fields.emplace_back("Content-Encoding", "deflate");
  const std::pair<const char*, Reaction> cases[] = {
      {"/forbidden.css", styled(text, "max-age=60, no-transform")},
      {"/image.png", image},
      {"/small.css", styled(std::string(47, 'a'))},
      {"/failed.css", failed},
      {"/unknown.css", unknown},
  };
  for (const auto& [path, reaction] : cases) {
    origin.answers(path, reaction);
    const Answer answer = get(path, "gzip, br, zstd");
    EXPECT_EQ(answer.body, reaction.body) << path;
    EXPECT_EQ(answer.field("ETag"), "\"v1\"") << path;
    EXPECT_FALSE(answer.has("Vary")) << path;
  }
}

TEST_F(CodingScenario, WhatIsNotCachedIsCodedToo) {
  origin.answers("/page", styled(sheet(), ""));
  const Answer answer = get("/page", "gzip");
  EXPECT_EQ(answer.cache_status(), "DYNAMIC");
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.field("ETag"), "W/\"v1\"");
  EXPECT_EQ(plain(answer), sheet());
  EXPECT_EQ(origin.asked("/page", "Accept-Encoding"), "br, gzip");

  origin.answers("/page", {.status = 304, .fields = {{"ETag", "\"v1\""}}, .body = {}});
  const Answer held = get("/page", "gzip", {{"If-None-Match", "W/\"v1\""}});
  EXPECT_EQ(held.status, 304);
  EXPECT_EQ(held.field("ETag"), "W/\"v1\"") << "the one that the client knows";
  get("/page", "gzip", {{"Range", "bytes=0-1"}});
  EXPECT_EQ(origin.asked("/page", "Accept-Encoding"), "gzip")
      << "a range is of the client's coding";
}

TEST_F(CodingScenario, AnOriginsCodingIsStoredOnceAndUndoneForOthers) {  // reference §1.9
  const std::string text = sheet();
  const Reaction reaction = coded_by_origin(text);
  origin.answers("/a.css", reaction);
  for (int i = 0; i < 2; ++i) {
    const Answer taken = get("/a.css", "gzip, br");
    EXPECT_EQ(taken.body, reaction.body);
    EXPECT_EQ(taken.field("Content-Encoding"), "gzip");
    EXPECT_EQ(taken.field("ETag"), "\"v1\"");
    const Answer undone = get("/a.css", "br");
    EXPECT_FALSE(undone.has("Content-Encoding"));
    EXPECT_EQ(undone.field("ETag"), "W/\"v1\"");
    EXPECT_EQ(undone.field("Vary"), "Accept-Encoding");
    EXPECT_EQ(plain(undone), text);
  }
  const Answer part = get("/a.css", "gzip", {{"Range", "bytes=2-5"}});
  expect_answer(part, 206, "HIT", reaction.body.substr(2, 4));
  const Answer no_part = get("/a.css", "", {{"Range", "bytes=2-5"}});
  expect_answer(no_part, 200, "HIT", text);
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(CodingScenario, ABrokenCodingBreaksTheTransferAndIsForgotten) {
  Reaction broken = coded_by_origin(sheet());
  broken.body.resize(broken.body.size() / 2);
  origin.answers("/a.css", broken);
  EXPECT_EQ(get("/a.css", "gzip").body, broken.body) << "who takes it judges for itself";
  EXPECT_EQ(get("/a.css", "gzip").cache_status(), "HIT");
  EXPECT_FALSE(get("/a.css", "").complete);
  origin.answers("/a.css", coded_by_origin(sheet()));
  const Answer anew = get("/a.css", "");
  expect_answer(anew, 200, "MISS", sheet());
}

TEST_F(CodingScenario, ManyOnAColdKeyAreAllCodedFromOneRequest) {
  const std::string text = sheet(5000);
  origin.answers("/a.css", styled(text));
  origin.holds("/a.css");
  std::vector<std::future<Answer>> clients;
  const std::string accepted[] = {"gzip", "br", "zstd", ""};
  for (std::size_t i = 0; i < 20; ++i) {
    Fields fields;
    if (!accepted[i % 4].empty()) fields.emplace_back("Accept-Encoding", accepted[i % 4]);
    clients.push_back(
        edge.get_async(kSite + "/a.css", {.method = "GET", .fields = fields, .body = {}})
    );
  }
  await_metric(edge, "festina_collapsed_requests_total", 19);
  origin.releases("/a.css");
  for (std::size_t i = 0; i < 20; ++i) {
    const Answer answer = clients[i].get();
    EXPECT_EQ(answer.field("Content-Encoding"), accepted[i % 4]);
    EXPECT_EQ(plain(answer), text);
  }
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(CodingScenario, TheLogAndExplainTellOfIt) {
  origin.answers("/a.css", styled(sheet()));
  get("/a.css", "br");
  keep_coded("/a.css", "br");
  const std::string ray = get("/a.css", "br").field("CF-Ray");
  const std::string told = edge.api("GET", "/festina/v1/explain/" + ray).body;
  EXPECT_NE(told.find("\"coding_kept\""), std::string::npos) << told;
  EXPECT_GT(metric(edge, "festina_coding_saved_bytes_total"), sheet().size());
  EXPECT_NE(
      edge.await_records(5).back().find("\"EdgeResponseCompressionRatio\":"), std::string::npos
  );
}

// An answer that comes little by little, coded: what came is there before its end.
class StreamedCoding : public testing::Test {
 protected:
  // What is in the first chunk of an answer; nothing when none comes.
  static std::string read_first(Connection& client, Coding coding) {
    std::string raw;
    while (true) {
      const std::string more = client.read_some();
      if (more.empty()) return {};
      raw += more;
      const std::size_t head = raw.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const std::size_t line = raw.find("\r\n", head + 4);
      if (line == std::string::npos) continue;
      const std::size_t size = std::stoul(raw.substr(head + 4), nullptr, 16);
      if (raw.size() < line + 2 + size) continue;
      http::Decoder decoder(coding);
      std::string_view chunk = std::string_view(raw).substr(line + 2, size);
      return decoder.decode(chunk).value();
    }
  }

  HandOrigin origin;
  TempDir files;
  Edge edge{files, edge_for(zone_toml("example.com", origin.url()))};
};

TEST_F(StreamedCoding, PassesOnAtOnceWhatCame) {
  for (const std::string coding : {"gzip", "br", "zstd"}) {
    Connection client(edge.listener());
    client.send(
        "GET /live HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nAccept-Encoding: " +
        coding + "\r\n\r\n"
    );
    const auto upstream = origin.accept();
    upstream->read_request();
    upstream->send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nfirst");
    const auto named = coding_named(coding);
    if (!named) FAIL();
    EXPECT_EQ(read_first(client, *named), "first") << "before the end";
    upstream->send("second");
    upstream->close();
    EXPECT_TRUE(client.read_to_end().ends_with("0\r\n\r\n"));
  }
}

constexpr std::string_view kWrangler = R"(
name = "coder"
main = "index.js"
compatibility_date = "2026-11-17"
routes = [{ pattern = "example.com/w/*", zone_name = "example.com" }]
)";

constexpr std::string_view kScript = R"js(
const long = "said by a Worker, and said again; ".repeat(200);
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const asked = request.headers.get("Accept-Encoding");
    switch (pathname) {
      case "/w/text": return new Response(long, { headers: { "X-Asked": asked } });
      case "/w/coded": return new Response(long, { headers: { "Content-Encoding": "gzip" } });
      case "/w/match": return caches.default.match("http://example.com/a.css");
      case "/w/passed": return fetch("http://example.com/a.css");
      case "/w/read": {
        const response = await fetch("http://example.com/a.css");
        const body = await response.text();
        return new Response(body, { headers: { "X-Coding": response.headers.get("Content-Encoding") ?? "none" } });
      }
    }
  },
};
)js";

EdgeOptions with_coder() {
  EdgeOptions options;
  options.zones = "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n";
  return options;
}

class WorkerCodings : public CodingScenario {
 protected:
  WorkerCodings()
      : CodingScenario(
            with_coder(), {{"worker/wrangler.toml", kWrangler}, {"worker/index.js", kScript}}
        ) {}

  std::string said() const {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "said by a Worker, and said again; ";
    return text;
  }
};

TEST_F(WorkerCodings, AWorkersTextIsCodedForTheClient) {
  const Answer answer = get("/w/text", "br");
  EXPECT_EQ(answer.field("Content-Encoding"), "br");
  EXPECT_EQ(plain(answer), said());
  EXPECT_EQ(answer.field("X-Asked"), "br, gzip") << "reference §13.2";
}

TEST_F(WorkerCodings, WhatAWorkerHasCodedIsPassedOnOrUndone) {  // encodeBody: "automatic"
  const Answer taken = get("/w/coded", "gzip");
  EXPECT_EQ(taken.field("Content-Encoding"), "gzip");
  EXPECT_EQ(plain(taken), said());
  const Answer undone = get("/w/coded", "");
  EXPECT_FALSE(undone.has("Content-Encoding"));
  EXPECT_EQ(undone.body, said());
}

TEST_F(WorkerCodings, AFetchGetsWhatIsStoredAndTheRuntimeReadsIt) {
  const std::string text = sheet();
  const Reaction reaction = coded_by_origin(text);
  origin.answers("/a.css", reaction);
  const Answer read = get("/w/read", "");
  EXPECT_EQ(read.body, text);
  EXPECT_EQ(read.field("X-Coding"), "gzip");
  const Answer passed = get("/w/passed", "gzip");
  EXPECT_EQ(passed.body, reaction.body) << "the origin's own bytes";
  EXPECT_EQ(get("/w/passed", "").body, text);
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(WorkerCodings, NothingIsCodedForAFetch) {
  origin.answers("/a.css", styled(sheet()));
  get("/a.css", "br");
  keep_coded("/a.css", "br");
  const Answer read = get("/w/read", "");
  EXPECT_EQ(read.body, sheet()) << "what is kept coded is undone";
  EXPECT_EQ(read.field("X-Coding"), "none");
}

TEST_F(WorkerCodings, AMatchFindsWhatIsKeptCodedAsItCame) {
  origin.answers("/a.css", styled(sheet()));
  get("/a.css", "br");
  keep_coded("/a.css", "br");

  const Answer found = get("/w/match", "");
  EXPECT_EQ(found.body, sheet());
  EXPECT_FALSE(found.has("Content-Encoding"));
  EXPECT_EQ(found.field("ETag"), "\"v1\"");
  EXPECT_EQ(found.cache_status(), "HIT");
}

TEST_F(WorkerCodings, AMatchFindsWhatTheOriginCoded) {
  const Reaction reaction = coded_by_origin(sheet());
  origin.answers("/a.css", reaction);
  get("/a.css", "gzip");

  EXPECT_EQ(get("/w/match", "gzip").body, reaction.body);
  EXPECT_EQ(get("/w/match", "").body, sheet());
}

}  // namespace
}  // namespace festina::harness
