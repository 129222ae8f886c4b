#include "rules/default_extensions.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(IsDefaultExtension, KnowsTheFiftySix) {  // reference §1.2
  std::string_view all =
      "7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso "
      "jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf "
      "tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst ";
  int count = 0;
  for (; !all.empty(); ++count) {
    const auto end = all.find(' ');
    EXPECT_TRUE(is_default_extension(all.substr(0, end))) << all.substr(0, end);
    all.remove_prefix(end + 1);
  }
  EXPECT_EQ(count, 56);
}

TEST(IsDefaultExtension, KnowsNoOther) {  // reference §1.2
  for (const std::string_view extension :
       {"html",
        "htm",
        "json",
        "xml",
        "txt",
        "wasm",
        "map",
        "mjs",
        "webmanifest",
        "m3u8",
        "ts",
        "m4s",
        "rss",
        "php",
        "",
        "cs",
        "csss",
        "js;jsessionid=1",
        "woff2woff2"}) {
    EXPECT_FALSE(is_default_extension(extension)) << extension;
  }
  EXPECT_TRUE(is_default_extension("PnG"));
}

}  // namespace
}  // namespace festina::rules
