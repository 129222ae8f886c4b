#include "rules/default_extensions.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace festina::rules {

namespace {

// reference §1.2
constexpr std::string_view kDefaultExtensions[] = {
    "7z",   "avi",  "avif", "apk",   "bin", "bmp",  "bz2",  "class", "css", "csv", "doc",  "docx",
    "dmg",  "ejs",  "eot",  "eps",   "exe", "flac", "gif",  "gz",    "ico", "iso", "jar",  "jpg",
    "jpeg", "js",   "mid",  "midi",  "mkv", "mp3",  "mp4",  "ogg",   "otf", "pdf", "pict", "pls",
    "png",  "ppt",  "pptx", "ps",    "rar", "svg",  "svgz", "swf",   "tar", "tif", "tiff", "ttf",
    "webm", "webp", "woff", "woff2", "xls", "xlsx", "zip",  "zst",
};

// An extension as one number: its length, then its letters in lower case.
constexpr std::size_t kMaxPackedLetters = 7;
constexpr std::uint64_t packed(std::string_view extension) {
  std::uint64_t number = extension.size();
  for (const char c : extension) number = number << 8 | static_cast<unsigned char>(lower(c));
  return number;
}
constexpr auto kPackedExtensions = [] {
  std::array<std::uint64_t, std::size(kDefaultExtensions)> numbers{};
  std::ranges::transform(kDefaultExtensions, numbers.begin(), packed);
  std::ranges::sort(numbers);
  return numbers;
}();

}  // namespace

bool is_default_extension(std::string_view extension) {
  return extension.size() <= kMaxPackedLetters &&
         std::ranges::binary_search(kPackedExtensions, packed(extension));
}

}  // namespace festina::rules
