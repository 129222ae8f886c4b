#include "cache/header_lines.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <utility>

#include "http/h1_writer.h"

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

TEST(HeaderLines, GiveTheFieldsBack) {
  const HeaderText text =
      text_of({{"Age", "5"}, {"X-Empty", ""}, {"etag", "\"a: b\""}, {"X-Empty", "1"}});
  const http::Headers fields = HeaderLines{text.shown, text.hidden}.fields();
  std::string lines;
  http::append_field_lines(lines, fields);
  EXPECT_EQ(lines, "X-Empty: \r\netag: \"a: b\"\r\nX-Empty: 1\r\nAge: 5\r\n");
  EXPECT_TRUE(fields.has(http::Name::etag));
  EXPECT_EQ(HeaderLines{}.fields().size(), 0U);
}

TEST(HeaderLines, FindFieldsByName) {
  const HeaderText text = text_of({{"Vary", "a"}, {"vary", "b"}, {"Expires", "0"}, {"ETag", "1"}});
  const HeaderLines lines{text.shown, text.hidden};
  EXPECT_EQ(lines.value(http::Name::vary), "a") << "the first";
  EXPECT_EQ(lines.value(http::Name::expires), "0") << "a hidden one";
  EXPECT_EQ(lines.value(http::Name::location), std::nullopt);
  const http::Headers two = lines.fields({http::Name::expires, http::Name::vary});
  EXPECT_EQ(two.size(), 3U);
  EXPECT_EQ(two.joined(http::Name::vary), "a, b");
}

TEST(HeaderText, OfACodedBodyHidesWhatDiffersByCoding) {
  http::Response response;
  for (const std::string_view name : {"ETag", "Vary", "Accept-Ranges", "Repr-Digest", "Age", "X-A"})
    response.headers.add(name, "1");
  const HeaderText text = header_text(std::move(response), Kept::coded);
  EXPECT_EQ(text.shown, "HTTP/1.1 200 OK\r\nVary: 1\r\nX-A: 1\r\n");
  const HeaderLines lines{text.shown, text.hidden};
  EXPECT_EQ(lines.value(http::Name::etag), "1");
  EXPECT_EQ(lines.shown_fields().size(), 5U) << "all but Age";
  EXPECT_FALSE(lines.shown_fields().has(http::Name::age));
}

}  // namespace
}  // namespace festina::cache
