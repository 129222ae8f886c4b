// Pieces: what is left to write of a row of texts, such as a head, a body and what frames it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <sys/uio.h>

namespace festina::net {

class Pieces {
 public:
  // The first `written` bytes are through already. The texts outlive this.
  Pieces(std::span<const std::string_view> pieces, std::size_t written);

  bool done() const { return pieces_.empty(); }
  void advance(std::size_t written);

  // For one system call: fills `out` and returns how many entries.
  std::size_t vectors(std::span<iovec> out) const;
  // As one text, at most as long as the block: a view where a piece is that long or the last, else gathered in the block.
  // The same until advance() is called.
  std::string_view gathered(std::span<char> block) const;

 private:
  std::span<const std::string_view> pieces_;
  std::size_t offset_ = 0;  // into the first piece
};

}  // namespace festina::net
