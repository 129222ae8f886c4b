#include "net/read_buffer.h"

#include <cstring>

namespace festina::net {

void ReadBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> ReadBuffer::room() {
  if (memory_.empty()) memory_.resize(kSmallBuffer);
  if (was_filled_ && memory_.size() < kLargeBuffer) memory_.resize(memory_.size() * 2);
  if (begin_ > 0 && memory_.size() - end_ < memory_.size() / 2) {
    std::memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == memory_.size()) memory_.resize(memory_.size() * 2);
  return {memory_.data() + end_, memory_.size() - end_};
}

void ReadBuffer::received(std::size_t count) {
  end_ += count;
  was_filled_ = end_ == memory_.size();
}

void ReadBuffer::rest() {
  if (empty() && memory_.size() > kSmallBuffer) *this = ReadBuffer();
}

}  // namespace festina::net
