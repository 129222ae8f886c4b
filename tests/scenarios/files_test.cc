// A site from `origin = "file:DIR"`.
#include <filesystem>

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
        "/..%5csecret.txt"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
  }
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
