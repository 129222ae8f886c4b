// ReadBuffer: bytes of a connection that were received and not yet used. Memory is kept from message to message.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace festina::net {

inline constexpr std::size_t kSmallBuffer = 4'096;  // more than the head of nearly every message
inline constexpr std::size_t kLargeBuffer =
    65'536;  // for bodies: a read that fills it makes it grow

class ReadBuffer {
 public:
  std::string_view view() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  // Requires: count <= view().size().
  void consume(std::size_t count);
  // Where the next bytes go, never empty; views from before are void. Calls: room, received.
  std::span<char> room();
  // So many bytes were written to the front of the room.
  void received(std::size_t count);
  // Gives back the memory of a body when nothing is left in it: who knows when the next one comes.
  void rest();

 private:
  void grow_to(std::size_t size);

  std::unique_ptr<char[]> memory_;  // not cleared: what is read of it was received
  std::size_t size_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool was_filled_ = false;  // the last read took all the room there was
};

}  // namespace festina::net
