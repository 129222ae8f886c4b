#include "net/read_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace festina::net {

void ReadBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> ReadBuffer::room() {
  if (size_ == 0) grow_to(kSmallBuffer);
  if (was_filled_ && size_ < kLargeBuffer) grow_to(size_ * 2);
  if (begin_ > 0 && size_ - end_ < size_ / 2) {
    std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == size_) grow_to(size_ * 2);
  return {memory_.get() + end_, size_ - end_};
}

void ReadBuffer::grow_to(std::size_t size) {
  auto larger = std::make_unique_for_overwrite<char[]>(size);
  std::copy_n(memory_.get(), end_, larger.get());
  memory_ = std::move(larger);
  size_ = size;
}

void ReadBuffer::received(std::size_t count) {
  end_ += count;
  was_filled_ = end_ == size_;
}

void ReadBuffer::rest() {
  if (empty() && size_ > kSmallBuffer) *this = ReadBuffer();
}

}  // namespace festina::net
