#include "cache/pieces.h"

#include <cstring>

#include "base/errors.h"

namespace festina::cache {
namespace {

// Takes the pieces off memory, in their order.
class Cursor {
 public:
  explicit Cursor(const char* memory) : place_(memory) {}

  template <class T>
  std::span<const T> take(std::size_t count) {
    const auto* first = reinterpret_cast<const T*>(place_);
    place_ += count * sizeof(T);
    return {first, count};
  }
  std::string_view take_text(std::size_t size) {
    const std::span<const char> text = take<char>(size);
    return {text.data(), text.size()};
  }

 private:
  const char* place_;
};

}  // namespace

std::size_t Pieces::size() const {
  const std::size_t target_size = target.empty() ? 0 : sizeof(std::int32_t) + target.size();
  return tags.size_bytes() + numbers.size_bytes() + key.size() + target_size + shown.size() +
         hidden.size() + body.size();
}

void write(const Pieces& pieces, char* memory) {
  const auto append = [&memory](const void* from, std::size_t size) {
    if (size > 0) std::memcpy(memory, from, size);
    memory += size;
  };
  append(pieces.tags.data(), pieces.tags.size_bytes());
  append(pieces.numbers.data(), pieces.numbers.size_bytes());
  const auto target_size = static_cast<std::int32_t>(pieces.target.size());
  if (target_size > 0) append(&target_size, sizeof target_size);
  for (const std::string_view text :
       {pieces.key, pieces.target, pieces.shown, pieces.hidden, pieces.body})
    append(text.data(), text.size());
}

Layout::Layout(std::uint32_t bits, const Pieces& pieces)
    : bits_(pieces.target.empty() ? bits & ~kHasTarget : bits | kHasTarget),
      key_size_(static_cast<std::uint32_t>(pieces.key.size())),
      shown_size_(static_cast<std::uint32_t>(pieces.shown.size())),
      hidden_size_(static_cast<std::uint32_t>(pieces.hidden.size())),
      tag_count_(static_cast<std::uint16_t>(pieces.tags.size())),
      body_size_(static_cast<std::uint16_t>(pieces.body.size())) {
  check(pieces.numbers.size() == number_count(bits), "as many numbers as announced");
}

Pieces Layout::pieces_at(const char* memory) const {
  Cursor cursor(memory);
  Pieces pieces;
  pieces.tags = cursor.take<std::uint64_t>(tag_count_);
  pieces.numbers = cursor.take<std::int32_t>(number_count(bits_));
  std::size_t target_size = 0;
  if (bits_ & kHasTarget)
    target_size = static_cast<std::size_t>(cursor.take<std::int32_t>(1).front());
  pieces.key = cursor.take_text(key_size_);
  pieces.target = cursor.take_text(target_size);
  pieces.shown = cursor.take_text(shown_size_);
  pieces.hidden = cursor.take_text(hidden_size_);
  pieces.body = cursor.take_text(body_size_);
  return pieces;
}

}  // namespace festina::cache
