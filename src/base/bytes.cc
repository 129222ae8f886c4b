#include "base/bytes.h"

#include <cstring>

namespace festina {

Bytes Bytes::copy_of(std::string_view text) {
  if (text.empty()) return {};
  auto owner = std::make_shared_for_overwrite<char[]>(text.size());
  std::memcpy(owner.get(), text.data(), text.size());
  const std::string_view view(owner.get(), text.size());
  return {std::move(owner), view};
}

Bytes Bytes::from(std::string text) {
  if (text.empty()) return {};
  auto owner = std::make_shared<const std::string>(std::move(text));
  const std::string_view view = *owner;
  return {std::move(owner), view};
}

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
