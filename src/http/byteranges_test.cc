#include "http/byteranges.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

// Gives the text byte by byte, then an error when there is one.
class Drops final : public ByteSource {
 public:
  Drops(std::string text, std::optional<Error> error)
      : text_(std::move(text)), error_(std::move(error)) {}
  Awaitable<Result<Bytes>> read() override {
    if (at_ < text_.size()) co_return Bytes::copy_of(std::string_view(text_).substr(at_++, 1));
    if (error_) co_return *error_;
    co_return Bytes();
  }

 private:
  std::string text_;
  std::optional<Error> error_;
  std::size_t at_ = 0;
};

Body drops(std::string text, std::optional<Error> error = {}) {
  return Body::streamed(std::make_unique<Drops>(std::move(text), std::move(error)), std::nullopt);
}

Result<std::string> read(Body body) {
  Result<std::string> text = std::string();
  asio::io_context io;
  const auto take = [&](const std::exception_ptr&, Result<std::string> got) {
    text = std::move(got);
  };
  asio::co_spawn(io, collect(std::move(body), 10'000, Side::self), take);
  io.run();
  return text;
}

std::vector<BytesOfRange> two_parts(Body first, Body second) {
  std::vector<BytesOfRange> parts;
  parts.push_back({.range = {0, 1}, .body = std::move(first)});
  parts.push_back({.range = {5, 7}, .body = std::move(second)});
  return parts;
}

constexpr std::string_view kTwoParts =
    "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
    "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-7/10\r\n\r\n567"
    "\r\n--B--\r\n";

TEST(Byteranges, HaveAHeadForEachPart) {  // RFC 9110 §14.6
  Body body = byteranges_body("B", "text/plain", 10, two_parts(Body::of("01"), Body::of("567")));
  EXPECT_EQ(body.size(), kTwoParts.size()) << "known before the first byte is read";
  EXPECT_EQ(read(std::move(body)).value(), kTwoParts);
}

TEST(Byteranges, ReadPartsThatCome) {
  Body body = byteranges_body("B", "text/plain", 10, two_parts(drops("01"), drops("567")));
  EXPECT_EQ(read(std::move(body)).value(), kTwoParts);
}

TEST(Byteranges, SayNoTypeWhereTheWholeHasNone) {
  Body body = byteranges_body("B", "", 10, two_parts(Body::of("01"), Body::of("567")));
  const auto length = body.size();
  const std::string text = read(std::move(body)).value();
  EXPECT_TRUE(text.starts_with("--B\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--B\r\n"));
  EXPECT_EQ(text.size(), length);
}

TEST(Byteranges, BreakOffWithAPartThatDoes) {
  const Error error{ErrorCode::truncated, Side::origin, "closed early"};
  Body body = byteranges_body("B", "", 10, two_parts(drops("0", error), Body::of("567")));
  EXPECT_EQ(read(std::move(body)).error(), error);
}

TEST(Byteranges, HaveABoundaryThatNobodyGuesses) {
  const std::string boundary = random_boundary();
  EXPECT_EQ(boundary.size(), 32U);
  EXPECT_NE(boundary, random_boundary());
  EXPECT_EQ(byteranges_type("B"), "multipart/byteranges; boundary=B");
}

}  // namespace
}  // namespace festina::http
