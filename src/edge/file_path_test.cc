#include "edge/file_path.h"

#include <gtest/gtest.h>

namespace festina::edge {
namespace {

TEST(FilePath, NamesAFileBelowTheDirectory) {
  const struct {
    std::string_view url_path;
    std::string_view file;
    std::string_view why;
  } cases[] = {
      {"/a.css", "a.css", "plain"},
      {"/", "index.html", "the root's index"},
      {"/docs/", "docs/index.html", "a directory's index"},
      {"/docs", "docs", "a directory without its slash is redirected"},
      {"/a%20b.txt", "a b.txt", "escapes are resolved"},
      {"/%E4%BD%A0", "\xE4\xBD\xA0", "bytes beyond ASCII"},
      {"/a%25b", "a%b", "an escaped percent sign"},
      {"/a..b/c...", "a..b/c...", "dots within a name"},
      {"/.well-known/security.txt", ".well-known/security.txt", "RFC 8615"},
      {"/.well-known/acme-challenge/x", ".well-known/acme-challenge/x", "RFC 8555 §8.3"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(file_path(c.url_path), c.file) << c.url_path << " " << c.why;
}

TEST(FilePath, NamesNothingThatHidesOrCanBeReadInTwoWays) {
  const struct {
    std::string_view url_path;
    std::string_view why;
  } cases[] = {
      {"/../secret", "climbs"},
      {"/a/..", "climbs"},
      {"/%2e%2e/secret", "climbs, escaped"},
      {"/a/./b", "a segment that is none"},
      {"//etc/passwd", "an empty segment would make the path absolute"},
      {"/a//b", "an empty segment"},
      {"/a%2Fb", "an escaped slash"},
      {"/..%2fsecret", "climbs by an escaped slash"},
      {"/a\\b", "a backslash"},
      {"/..%5csecret", "an escaped backslash"},
      {"/a%00.txt", "NUL"},
      {"/a%", "a bad escape"},
      {"/a%2", "a bad escape"},
      {"/a%zz", "a bad escape"},
      {"/.git/config", "hidden"},
      {"/.env", "hidden"},
      {"/%2Eenv", "hidden, escaped"},
      {"/a/.htpasswd", "hidden in a directory"},
      {"/.well-known", "the exception is for what lies below"},
      {"/.well-known/", "it has no index"},
      {"/.well-known/.git/config", "hidden below it"},
      {"/a/.well-known/x", "the exception is at the root"},
  };
  for (const auto& c : cases) EXPECT_FALSE(file_path(c.url_path)) << c.url_path << " " << c.why;
}

}  // namespace
}  // namespace festina::edge
