// A site from `origin = "file:DIR"`.
#include <filesystem>
#include <sys/stat.h>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

EdgeOptions with_files() {
  EdgeOptions options;
  options.zones = zone_toml("files.example", "file:public");
  return options;
}

class Files : public SiteScenario {
 protected:
  Files()
      : SiteScenario(
            with_files(), {{"public/index.html", "<h1>home</h1>"},
                           {"public/style.css", "body{}"},
                           {"public/docs/index.html", "<h1>docs</h1>"},
                           {"public/with space.txt", "space"},
                           {"secret.txt", "secret"}}
        ) {}
  Answer get(const std::string& path, const Ask& ask = {}) const {
    return edge.get("http://files.example" + path, ask);
  }
};

TEST_F(Files, ServesThemWithTypeAndValidators) {
  const Answer home = get("/");
  expect_answer(home, 200, "DYNAMIC", "<h1>home</h1>");
  EXPECT_EQ(home.field("Content-Type"), "text/html; charset=utf-8");

  const Answer style = get("/style.css");
  expect_answer(style, 200, "MISS", "body{}");
  EXPECT_EQ(style.field("Content-Type"), "text/css; charset=utf-8");
  EXPECT_FALSE(style.field("ETag").empty());
  EXPECT_FALSE(style.field("Last-Modified").empty());
  expect_answer(get("/style.css"), 200, "HIT", "body{}");
  EXPECT_EQ(get("/with%20space.txt").body, "space");
}

TEST_F(Files, AnswersConditionsWhetherStoredOrNot) {
  for (const std::string path : {"/", "/style.css"}) {
    const Ask ask{
        .method = "GET", .fields = {{"If-None-Match", get(path).field("ETag")}}, .body = {}
    };
    EXPECT_EQ(get(path, ask).status, 304) << path;
  }
}

TEST_F(Files, RevalidatesAnUnchangedFileAndFetchesAChangedOne) {
  get("/style.css");
  edge.advance(std::chrono::seconds(7201));
  expect_answer(get("/style.css"), 200, "REVALIDATED", "body{}");

  files.write("public/style.css", "body{color:red}");
  edge.advance(std::chrono::seconds(7201));
  expect_answer(get("/style.css"), 200, "EXPIRED", "body{color:red}");
}

TEST_F(Files, RedirectsToADirectorysIndex) {
  const Answer moved = get("/docs?a=1");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(moved.field("Location"), "/docs/?a=1");
  EXPECT_EQ(get("/docs/").body, "<h1>docs</h1>");
}

TEST_F(Files, NeverLeavesItsDirectory) {
  std::filesystem::create_symlink(files.path() + "/secret.txt", files.path() + "/public/link.txt");
  for (const char* path :
       {"/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/docs/../../secret.txt",
        "/link.txt",
        "/docs/%00",
        "/.git/config",
        "/.env",
        "/docs%2findex.html",
        "/..%5csecret.txt"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
  }
}

TEST_F(Files, ServesWellKnownFilesThoughTheyAreHidden) {
  files.write("public/.well-known/security.txt", "Contact: mailto:a@example.com");
  EXPECT_EQ(get("/.well-known/security.txt").status, 200);
}

TEST_F(Files, WaitsForNoFifo) {
  ASSERT_EQ(::mkfifo((files.path() + "/public/fifo").c_str(), 0600), 0);
  EXPECT_EQ(get("/fifo").status, 404);
}

TEST_F(Files, ServesRangesWhetherStoredOrNot) {
  files.write("public/page.html", "body{}");
  for (const std::string path : {"/page.html", "/style.css"}) {
    const Answer part =
        get(path, {.method = "GET", .fields = {{"Range", "bytes=1-2"}}, .body = {}});
    EXPECT_EQ(part.status, 206) << path;
    EXPECT_EQ(part.body, "od") << path;
    EXPECT_EQ(part.field("Content-Range"), "bytes 1-2/6") << path;
    EXPECT_EQ(
        get(path, {.method = "GET", .fields = {{"Range", "bytes=6-"}}, .body = {}}).status, 416
    ) << path;
  }
}

TEST_F(Files, SendsPrecompressedSiblingsToClientsAndIntoTheCache) {
  for (const std::string name : {"page.html", "app.js"}) {
    files.write("public/" + name, "plain");
    files.write("public/" + name + ".br", "brotli");
  }
  const Ask brotli{.method = "GET", .fields = {{"Accept-Encoding", "gzip, br"}}, .body = {}};

  const Answer page = get("/page.html", brotli);
  expect_answer(page, 200, "DYNAMIC", "brotli");
  EXPECT_EQ(page.field("Content-Encoding"), "br");
  EXPECT_EQ(page.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.field("ETag"), get("/page.html").field("ETag"));

  const Answer script = get("/app.js", brotli);  // a fill asks for everybody, also in br (ADR 14)
  expect_answer(script, 200, "MISS", "brotli");
  EXPECT_EQ(script.field("Content-Encoding"), "br");
}

// Larger than what the sockets on the way take up: the edge is still sending when the file changes.
constexpr std::uintmax_t kHuge = 256UL * 1024 * 1024;

TEST_F(Files, BreaksOffWhenAFileIsCutWhileItIsSent) {
  const std::string path = files.write("public/huge.dat", "");
  std::filesystem::resize_file(path, kHuge);
  Connection client(edge.listener());
  client.send("GET /huge.dat HTTP/1.1\r\nHost: files.example\r\n\r\n");
  edge.await_records(1);  // the head is settled, the body under way
  std::filesystem::resize_file(path, 1000);

  EXPECT_LT(client.read_to_end().size(), kHuge) << "closed early, never a clean end";
  EXPECT_EQ(get("/huge.dat").body.size(), 1000U);
}

TEST_F(Files, RefusesWhatIsNoRead) {
  const Answer answer = get("/style.css", {.method = "POST", .fields = {}, .body = "x"});
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.field("Allow"), "GET, HEAD");
}

TEST_F(Files, StreamsLargeOnesWhole) {
  const std::string large(3'000'000, 'z');
  files.write("public/large.bin", large);

  const Answer answer = get("/large.bin");

  EXPECT_EQ(answer.body.size(), large.size());
  EXPECT_EQ(answer.body, large);
}

}  // namespace
}  // namespace festina::harness
