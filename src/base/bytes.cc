#include "base/bytes.h"

#include <cstring>
#include <new>
#include <utility>

namespace festina {
namespace {

// Shorter strings are copied: two pieces of memory for few bytes are one too many.
constexpr std::size_t kWorthTaking = 512;

// Characters behind their count, in one piece of memory.
class Characters final : public BytesOwner {
 public:
  static boost::intrusive_ptr<const Characters> copy_of(std::string_view text) {
    return new (text.size()) Characters(text);
  }
  std::string_view text() const { return {reinterpret_cast<const char*>(this + 1), size_}; }

  // `characters`: how many follow the object.
  static void* operator new(std::size_t own, std::size_t characters) {
    return ::operator new(own + characters);
  }
  static void operator delete(void* memory) { ::operator delete(memory); }
  static void operator delete(void* memory, std::size_t /*characters*/) {
    ::operator delete(memory);
  }

 private:
  explicit Characters(std::string_view text) : size_(text.size()) {
    std::memcpy(reinterpret_cast<char*>(this + 1), text.data(), text.size());
  }
  std::size_t size_;
};

class TakenString final : public BytesOwner {
 public:
  explicit TakenString(std::string text) : text_(std::move(text)) {}
  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

// Bodies one after the other.
class Sequence final : public ByteSource {
 public:
  explicit Sequence(std::vector<Body> bodies) : bodies_(std::move(bodies)) {}

  Awaitable<Result<Bytes>> read() override {
    while (current_ < bodies_.size()) {
      Body& body = bodies_[current_];
      if (body.source) {
        Result<Bytes> piece = co_await body.source->read();
        if (!piece || !piece->empty()) co_return piece;
      }
      const Bytes whole = std::exchange(body, {}).whole;
      ++current_;
      if (!whole.empty()) co_return whole;
    }
    co_return Bytes();
  }

 private:
  std::vector<Body> bodies_;
  std::size_t current_ = 0;
};

}  // namespace

Bytes Bytes::copy_of(std::string_view text) {
  if (text.empty()) return {};
  const auto owner = Characters::copy_of(text);
  return {owner, owner->text()};
}

Bytes Bytes::from(std::string text) {
  if (text.size() < kWorthTaking) return copy_of(text);
  const boost::intrusive_ptr<const TakenString> owner(new TakenString(std::move(text)));
  return {owner, owner->text()};
}

Bytes Bytes::part_of(const BytesOwner& owner, std::string_view text) { return {&owner, text}; }

Bytes Bytes::slice(std::size_t offset, std::size_t length) const {
  check(offset <= size() && length <= size() - offset, "a slice lies within its bytes");
  return {owner_, view_.substr(offset, length)};
}

Body Body::of(Bytes bytes) { return {.whole = std::move(bytes), .source = nullptr, .length = {}}; }

Body Body::of(std::string text) { return of(Bytes::from(std::move(text))); }

Body Body::streamed(std::unique_ptr<ByteSource> source, std::optional<std::uint64_t> length) {
  check(source != nullptr, "a streamed body has a source");
  return {.whole = {}, .source = std::move(source), .length = length};
}

std::optional<std::uint64_t> Body::size() const {
  if (is_whole()) return whole.size();
  return length;
}

Body in_sequence(std::vector<Body> bodies) {
  std::optional<std::uint64_t> length = 0;
  for (const Body& body : bodies) {
    const auto size = body.size();
    length = length && size ? std::optional(*length + *size) : std::nullopt;
  }
  return Body::streamed(std::make_unique<Sequence>(std::move(bodies)), length);
}

Awaitable<Result<std::string>> collect(Body body, std::size_t limit, Side side) {
  const auto too_large = [&] {
    return Error{ErrorCode::too_large, side, "body exceeds " + std::to_string(limit) + " bytes"};
  };
  if (body.size().value_or(0) > limit) co_return too_large();
  if (body.is_whole()) co_return std::string(body.whole.view());

  std::string text;
  text.reserve(static_cast<std::size_t>(body.length.value_or(0)));
  for (;;) {
    const Result<Bytes> part = co_await body.source->read();
    if (!part) co_return part.error();
    if (part->empty()) co_return text;
    if (part->size() > limit - text.size()) co_return too_large();
    text += part->view();
  }
}

}  // namespace festina
