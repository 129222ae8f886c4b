#include "http/coded_body.h"

#include <gtest/gtest.h>

#include "http/encoder.h"

namespace festina::http {
namespace {

// Gives a text in parts of this size.
class Parts final : public ByteSource {
 public:
  Parts(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}
  Awaitable<Result<Bytes>> read() override {
    const std::string_view part = std::string_view(text_).substr(at_, size_);
    at_ += part.size();
    co_return Bytes::copy_of(part);
  }

 private:
  std::string text_;
  std::size_t size_;
  std::size_t at_ = 0;
};

Body in_parts(std::string text, std::size_t size) {
  return Body::streamed(std::make_unique<Parts>(std::move(text), size), std::nullopt);
}

Result<std::string> read(Body body) {
  Result<std::string> text = std::string();
  asio::io_context io;
  const auto take = [&](const std::exception_ptr&, Result<std::string> read) {
    text = std::move(read);
  };
  asio::co_spawn(io, collect(std::move(body), 1'000'000, Side::self), take);
  io.run();
  return text;
}

std::string counting(int to) {
  std::string text;
  for (int i = 0; i < to; ++i) text += std::to_string(i) + ' ';
  return text;
}

TEST(DecodedBody, IsTheBodyHoweverItComes) {
  const std::string text = counting(50'000);
  for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd}) {
    const std::string coded = encoded(text, coding, Effort::quick);
    EXPECT_EQ(read(decoded_body(Body::of(coded), coding)), text);
    EXPECT_EQ(read(decoded_body(in_parts(coded, 1000), coding)), text);
  }
}

TEST(DecodedBody, HasTheLengthThatIsKnown) {
  const std::string coded = encoded("four", Coding::gzip, Effort::quick);
  EXPECT_EQ(decoded_body(Body::of(coded), Coding::gzip, 4).size(), 4U);
  EXPECT_EQ(decoded_body(Body::of(coded), Coding::gzip).size(), std::nullopt);
}

TEST(DecodedBody, BreaksOffWhereTheCodedOneDoes) {
  const std::string coded = encoded(counting(100), Coding::brotli, Effort::quick);
  const auto text = read(decoded_body(Body::of(coded.substr(0, 50)), Coding::brotli));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::truncated);
  EXPECT_EQ(text.error().side, Side::origin);
}

TEST(PartOfBody, IsThoseBytes) {
  const struct {
    ByteRange range;
    std::string text;
  } cases[] = {{{0, 0}, "0"}, {{2, 4}, "234"}, {{0, 9}, "0123456789"}, {{9, 9}, "9"}};
  for (const auto& c : cases) {
    for (const std::size_t size : {1UL, 3UL, 100UL}) {
      EXPECT_EQ(read(part_of_body(in_parts("0123456789", size), c.range)), c.text) << size;
    }
    EXPECT_EQ(read(part_of_body(Body::of(std::string("0123456789")), c.range)), c.text);
    EXPECT_EQ(part_of_body(in_parts("0123456789", 1), c.range).size(), c.text.size());
  }
}

TEST(PartOfBody, BreaksOffBeyondTheBody) {
  const auto text = read(part_of_body(in_parts("0123", 2), {2, 8}));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::truncated);
}

}  // namespace
}  // namespace festina::http
