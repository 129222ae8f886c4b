#include "policy/deception_armor.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

bool fits(std::string_view path, std::string_view type) {
  http::Headers headers;
  headers.add(http::Name::content_type, type);
  return fits_extension(headers, path);
}

TEST(FitsExtension, ComparesTheTypeWithThePromiseOfTheUrl) {  // reference §3.8
  const struct {
    std::string_view path;
    std::string_view type;
    bool fits;
    const char* why;
  } cases[] = {
      {"/account/x.css", "text/html", false, "the page of an account under a false name"},
      {"/account/x.css", "text/css", true, "a style sheet"},
      {"/account/x.css", "Text/CSS; charset=utf-8", true, "case and parameters do not matter"},
      {"/account/x.css", "text/css2", false, "a type is compared as a whole"},
      {"/a.jpg", "image/webp", true, "re-encoded"},
      {"/a.JPG", "image/jpeg", true, "extensions have no case"},
      {"/a.jpg", "imagery/jpeg", false, "another family"},
      {"/a.gif", "video/webm", true, "re-encoded"},
      {"/a.jpg", "video/webm", false, "a still picture is no film"},
      {"/a.js", "application/octet-stream", true, "says nothing: always accepted"},
      {"/a.js", "text/javascript", true, "as registered"},
      {"/a.js", "application/x-javascript", true, "as many servers say"},
      {"/a.js", "application/json", false, "an API under a false name"},
      {"/a.js", "", false, "no type: browsers guess"},
      {"/noext", "text/html", true, "no extension promises nothing"},
      {"/.css", "text/html", true, "nor does a dotfile"},
      {"/a.unknown", "text/html", true, "nor one whose type we do not know"},
      {"/a.css/page", "text/html", true, "only the last segment has an extension"},
  };
  for (const auto& c : cases) EXPECT_EQ(fits(c.path, c.type), c.fits) << c.path << ": " << c.why;
  EXPECT_FALSE(fits_extension({}, "/a.css")) << "no Content-Type at all";
  http::Headers two;
  two.add(http::Name::content_type, "text/css");
  two.add(http::Name::content_type, "text/html");
  EXPECT_FALSE(fits_extension(two, "/a.css")) << "two of them";
}

TEST(FitsExtension, LetsNoPageBeStoredAsAStaticFile) {  // every extension of reference §1.2
  constexpr std::string_view all =
      "7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso "
      "jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf "
      "tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst";
  std::string_view rest = all;
  while (!rest.empty()) {
    const std::string_view extension = rest.substr(0, rest.find(' '));
    const std::string path = "/a." + std::string(extension);
    EXPECT_FALSE(fits(path, "text/html")) << path;
    EXPECT_FALSE(fits(path, "application/json")) << path;
    EXPECT_TRUE(fits(path, "application/octet-stream")) << path;
    rest.remove_prefix(std::min(extension.size() + 1, rest.size()));
  }
}

}  // namespace
}  // namespace festina::policy
