#include "http/coded_body.h"

#include <algorithm>
#include <utility>

#include "http/decoder.h"

namespace festina::http {
namespace {

// Reads a body, wherever its bytes are: nothing at its end.
class BodyReader {
 public:
  explicit BodyReader(Body body) : body_(std::move(body)) {}

  Awaitable<Result<Bytes>> read() {
    if (body_.is_whole()) co_return std::exchange(body_.whole, {});
    co_return co_await body_.source->read();
  }

 private:
  Body body_;
};

class DecodingSource final : public ByteSource {
 public:
  DecodingSource(Body coded, Coding coding) : coded_(std::move(coded)), decoder_(coding) {}

  Awaitable<Result<Bytes>> read() override {
    while (true) {
      std::string_view rest = part_.view();
      Result<std::string> decoded = decoder_.decode(rest);
      if (!decoded) co_return decoded.error();
      part_ = part_.slice(part_.size() - rest.size(), rest.size());
      if (!decoded->empty()) co_return Bytes::from(std::move(*decoded));
      Result<Bytes> next = co_await coded_.read();
      if (!next) co_return next.error();
      if (next->empty()) break;
      part_ = std::move(*next);
    }
    if (decoder_.is_at_end()) co_return Bytes();
    co_return Error{ErrorCode::truncated, Side::origin, "the coded body breaks off"};
  }

 private:
  BodyReader coded_;
  Decoder decoder_;
  Bytes part_;  // what is not decoded yet of the last one that was read
};

class PartSource final : public ByteSource {
 public:
  PartSource(Body whole, ByteRange range)
      : whole_(std::move(whole)), skip_(range.first), left_(range.size()) {}

  Awaitable<Result<Bytes>> read() override {
    while (left_ > 0) {
      Result<Bytes> part = co_await whole_.read();
      if (!part) co_return part.error();
      if (part->empty())
        co_return Error{ErrorCode::truncated, Side::self, "a part lies beyond its body"};
      const std::uint64_t skipped = std::min<std::uint64_t>(skip_, part->size());
      skip_ -= skipped;
      const std::uint64_t taken = std::min<std::uint64_t>(left_, part->size() - skipped);
      left_ -= taken;
      if (taken > 0) co_return part->slice(skipped, taken);
    }
    co_return Bytes();
  }

 private:
  BodyReader whole_;
  std::uint64_t skip_;
  std::uint64_t left_;
};

}  // namespace

Body decoded_body(Body coded, Coding coding, std::optional<std::uint64_t> length) {
  return Body::streamed(std::make_unique<DecodingSource>(std::move(coded), coding), length);
}

Body part_of_body(Body whole, ByteRange range) {
  if (whole.is_whole()) return Body::of(whole.whole.slice(range.first, range.size()));
  return Body::streamed(std::make_unique<PartSource>(std::move(whole), range), range.size());
}

}  // namespace festina::http
