#include "policy/deception_armor.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "http/url.h"

namespace festina::policy {

namespace {

// The media types of some extensions: "family/" is every type of that family. What an extension is served as in practice
// counts, registered or not.
struct Promise {
  std::string_view extensions;  // each between spaces
  std::string_view types;       // separated by spaces
};
constexpr Promise kPromises[] = {
    // clang-format off
    {" css ", "text/css"},
    {" js mjs ", "text/javascript application/javascript application/x-javascript text/ecmascript application/ecmascript"},
    {" json map ", "application/json text/json"},
    {" webmanifest ", "application/manifest+json application/json"},
    {" wasm ", "application/wasm"},
    {" html htm ", "text/html application/xhtml+xml"},
    {" txt ", "text/plain"},
    {" xml rss ", "application/xml text/xml application/rss+xml application/atom+xml"},
    {" csv ", "text/csv application/csv text/comma-separated-values application/vnd.ms-excel"},
    {" gif ", "image/ video/"},  // as reference §3.8 names them
    {" avif bmp ico jpeg jpg pict png svg svgz tif tiff webp ", "image/"},
    {" avi mkv mp4 ogg webm ts m4s ", "video/ audio/ application/ogg application/mp4"},
    {" flac mid midi mp3 ", "audio/"},
    {" m3u8 pls ", "audio/ application/vnd.apple.mpegurl application/x-mpegurl application/pls+xml"},
    {" otf ttf woff woff2 ", "font/ application/font-woff application/font-woff2 application/x-font-woff application/x-font-ttf "
                             "application/x-font-otf application/x-font-truetype application/x-font-opentype application/font-sfnt application/vnd.ms-opentype"},
    {" eot ", "application/vnd.ms-fontobject font/"},
    {" pdf ", "application/pdf"},
    {" eps ps ", "application/postscript image/"},
    {" doc docx ", "application/msword application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {" xls xlsx ", "application/vnd.ms-excel application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {" ppt pptx ", "application/vnd.ms-powerpoint application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {" swf ", "application/x-shockwave-flash application/vnd.adobe.flash.movie"},
    {" ejs ", "text/javascript application/javascript text/plain application/ejs"},
    {" 7z ", "application/x-7z-compressed"},
    {" bz2 ", "application/x-bzip2 application/x-bzip application/bzip2"},
    {" gz ", "application/gzip application/x-gzip"},
    {" rar ", "application/vnd.rar application/x-rar-compressed application/x-rar"},
    {" tar ", "application/x-tar"},
    {" zip ", "application/zip application/x-zip-compressed"},
    {" zst ", "application/zstd"},
    {" jar class ", "application/java-archive application/x-java-archive application/java-vm application/x-java-vm application/java"},
    {" apk ", "application/vnd.android.package-archive application/zip"},
    {" exe ", "application/x-msdownload application/x-msdos-program application/vnd.microsoft.portable-executable application/x-dosexec"},
    {" dmg iso bin ", "application/x-apple-diskimage application/x-iso9660-image application/x-cd-image application/macbinary application/x-binary"},
    // clang-format on
};

std::string_view types_of(std::string_view extension) {
  const std::string word = " " + std::string(extension) + " ";
  const auto holds_word = [&word](const Promise& promise) {
    return promise.extensions.find(word) != std::string_view::npos;
  };
  const auto* const found = std::ranges::find_if(kPromises, holds_word);
  return found == std::end(kPromises) ? "" : found->types;
}

// Type and subtype in lower case, without parameters (RFC 9110 §8.3.1). Of two lines nobody knows which counts: none.
std::string media_type(const http::Headers& headers) {
  if (headers.count(http::Name::content_type) != 1) return "";
  const std::string_view value = headers.get(http::Name::content_type).value_or("");
  return lower(trimmed(value.substr(0, value.find(';'))));
}

bool is_type(std::string_view type, std::string_view promised) {
  return promised.ends_with('/') ? type.starts_with(promised) : type == promised;
}

}  // namespace

bool fits_extension(const http::Headers& response_headers, std::string_view path) {
  const std::string extension = http::path_extension(path);
  const std::string_view types = extension.empty() ? "" : types_of(extension);
  if (types.empty()) return true;
  const std::string type = media_type(response_headers);
  return type == "application/octet-stream" ||
         std::ranges::any_of(split(types, ' '), [&type](std::string_view promised) {
           return is_type(type, promised);
         });
}

}  // namespace festina::policy
