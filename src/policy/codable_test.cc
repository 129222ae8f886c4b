#include "policy/codable.h"

#include <gtest/gtest.h>
#include <utility>

namespace festina::policy {
namespace {

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

http::Response response(http::Status status, Fields fields) {
  http::Response made;
  made.status = status;
  for (const auto& [name, value] : fields) made.headers.add(name, value);
  return made;
}

TEST(IsCodableType, KnowsWhatShrinks) {  // reference §11.7
  const struct {
    std::string_view type;
    bool is;
  } cases[] = {
      {"text/html", true},
      {"text/html; charset=utf-8", true},
      {"Text/CSS ;charset=utf-8", true},
      {"application/json", true},
      {"image/svg+xml", true},
      {"font/ttf", true},
      {"application/wasm", true},
      {"image/png", false},
      {"font/woff2", false},
      {"video/mp4", false},
      {"application/zip", false},
      {"text/event-stream", false},
      {"text/htm", false},
      {"", false},
  };
  for (const auto& c : cases) EXPECT_EQ(is_codable_type(c.type), c.is) << c.type;
}

TEST(TransformableResponse, IsOneOfACodableTypeAndStatus) {  // reference §11.7
  const struct {
    http::Status status;
    Transformable what;
  } cases[] = {
      {200, Transformable::by_coding},
      {403, Transformable::by_coding},
      {404, Transformable::by_coding},
      {201, Transformable::not_at_all},
      {206, Transformable::not_at_all},
      {304, Transformable::not_at_all},
      {500, Transformable::not_at_all},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(transformable(response(c.status, {{"Content-Type", "text/css"}})), c.what)
        << c.status;
  }
  EXPECT_EQ(
      transformable(response(200, {{"Content-Type", "image/png"}})), Transformable::not_at_all
  );
  EXPECT_EQ(transformable(response(200, {})), Transformable::not_at_all) << "no type";
}

TEST(TransformableResponse, IsDecodedAtMostWhenItIsCoded) {
  const struct {
    http::Status status;
    Fields fields;
    Transformable what;
    std::string_view why;
  } cases[] = {
      {200, {{"Content-Encoding", "br"}}, Transformable::by_decoding, "whatever its type"},
      {500, {{"Content-Encoding", "gzip"}}, Transformable::by_decoding, "whatever its status"},
      {206, {{"Content-Encoding", "gzip"}}, Transformable::not_at_all, "a part"},
      {204, {{"Content-Encoding", "gzip"}}, Transformable::not_at_all, "no content"},
      {200, {{"Content-Encoding", "deflate"}}, Transformable::by_decoding, "choosing tells more"},
      {200,
       {{"Content-Encoding", "identity"}, {"Content-Type", "text/css"}},
       Transformable::by_coding,
       "not coded"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(transformable(response(c.status, c.fields)), c.what) << c.why;
}

TEST(TransformableResponse, IsNoneThatForbidsIt) {  // RFC 9110 §7.7
  const Fields cases[] = {
      {{"Content-Type", "text/css"}, {"Cache-Control", "max-age=60, no-transform"}},
      {{"Content-Encoding", "br"}, {"Cache-Control", "no-transform"}},
      {{"Content-Type", "text/css"},
       {"Cache-Control", "max-age=60"},
       {"Cache-Control", "no-transform"}},
      {{"Content-Type", "text/css"},
       {"CDN-Cache-Control", "max-age=60"},
       {"Cache-Control", "no-transform"}},
      {{"Content-Type", "text/css"}, {"Content-Range", "bytes 0-1/2"}},
  };
  for (const Fields& fields : cases)
    EXPECT_EQ(transformable(response(200, fields)), Transformable::not_at_all);
}

}  // namespace
}  // namespace festina::policy
