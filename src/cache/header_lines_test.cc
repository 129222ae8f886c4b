#include "cache/header_lines.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <utility>

namespace festina::cache {
namespace {

using Fields = std::initializer_list<std::pair<const char*, const char*>>;

HeaderText text_of(Fields fields) {
  http::Response response;
  for (const auto& [name, value] : fields) response.headers.add(std::string_view(name), value);
  return header_text(std::move(response));
}

std::string shown_of(Fields fields) { return text_of(fields).shown; }

TEST(HeaderText, ShowsWhatEveryClientIsSent) {
  EXPECT_EQ(
      shown_of({
          {"Content-Type", "text/css"},
          {"ETag", "\"1\""},
          {"Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"},
          {"Vary", "Accept-Encoding"},
          {"CDN-Cache-Control", "max-age=600"},
          {"x-custom", "Kept As It Is"},
      }),
      "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nETag: \"1\"\r\n"
      "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nVary: Accept-Encoding\r\n"
      "CDN-Cache-Control: max-age=600\r\nx-custom: Kept As It Is\r\n"
  );
}

TEST(HeaderText, HidesWhatDiffersPerReplyOrIsShownToNobody) {
  EXPECT_EQ(
      shown_of({
          {"Age", "5"},
          {"Date", "Tue, 14 Nov 2023 22:13:20 GMT"},
          {"Server", "origin/1"},
          {"Cache-Control", "max-age=60"},
          {"Expires", "0"},
          {"Cache-Status", "origin; hit"},
          {"Cache-Tag", "shoes"},
          {"Cloudflare-CDN-Cache-Control", "max-age=60"},
          {"cf-cache-status", "HIT"},
          {"CF-Ray", "1"},
          {"CF-Anything", "1"},
          {"Connection", "close, x-hop"},
          {"X-Hop", "1"},
          {"Keep-Alive", "timeout=5"},
          {"Content-Length", "5"},
          {"Transfer-Encoding", "chunked"},
      }),
      "HTTP/1.1 200 OK\r\n"
  );
}

TEST(HeaderText, KeepsWhatItHides) {
  EXPECT_EQ(
      text_of({{"Age", "5"}, {"X-A", "1"}, {"cf-own", "a"}, {"Connection", "x-b"}, {"X-B", "2"}})
          .hidden,
      "Age: 5\r\ncf-own: a\r\n"
  );
}

TEST(TakeLine, GivesTheFieldsBack) {
  const HeaderText text = text_of({{"X-Empty", ""}, {"etag", "\"a: b\""}});
  std::string_view lines = without_status_line(text.shown);
  const http::Field first = take_line(lines).value_or(http::Field());
  EXPECT_EQ(first.name_text, "X-Empty");
  EXPECT_EQ(first.name, http::Name::other);
  EXPECT_EQ(first.value, "");
  const http::Field second = take_line(lines).value_or(http::Field());
  EXPECT_EQ(second.name, http::Name::etag);
  EXPECT_EQ(second.value, "\"a: b\"");
  EXPECT_FALSE(take_line(lines));
}

}  // namespace
}  // namespace festina::cache
