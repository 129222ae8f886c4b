#include "net/pieces.h"

#include <algorithm>

namespace festina::net {

Pieces::Pieces(std::span<const std::string_view> pieces, std::size_t written) : pieces_(pieces) {
  advance(written);
}

void Pieces::advance(std::size_t written) {
  while (!pieces_.empty() && written >= pieces_.front().size() - offset_) {
    written -= pieces_.front().size() - offset_;
    pieces_ = pieces_.subspan(1);
    offset_ = 0;
  }
  offset_ += written;
}

std::size_t Pieces::vectors(std::span<iovec> out) const {
  const std::size_t count = std::min(out.size(), pieces_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view piece = pieces_[i].substr(i == 0 ? offset_ : 0);
    out[i] = {const_cast<char*>(piece.data()), piece.size()};
  }
  return count;
}

std::string_view Pieces::gathered(std::span<char> block) const {
  const std::string_view first = pieces_.front().substr(offset_);
  if (first.size() >= block.size() || pieces_.size() == 1) return first.substr(0, block.size());
  std::size_t used = first.copy(block.data(), block.size());
  for (const std::string_view piece : pieces_.subspan(1)) {
    used += piece.copy(block.data() + used, block.size() - used);
  }
  return {block.data(), used};
}

}  // namespace festina::net
