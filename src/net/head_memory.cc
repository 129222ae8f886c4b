#include "net/head_memory.h"

namespace festina::net {

std::size_t HeadMemory::bytes() const {
  return heads_.with([](const Heads& heads) { return heads.bytes; });
}

HeadId HeadMemory::begin(HalfOpen& connection) {
  return heads_.with([&](Heads& heads) {
    const HeadId id = ++heads.last;
    heads.by_age.emplace_hint(heads.by_age.end(), id, Head{.connection = &connection, .bytes = 0});
    return id;
  });
}

// Under the lock, as long as it is among the heads: a connection that still has one keeps its io_context from going away.
void HeadMemory::hold(HeadId id, std::size_t bytes) {
  heads_.with([&](Heads& heads) {
    const auto head = heads.by_age.find(id);
    if (head == heads.by_age.end()) return;  // given up
    heads.bytes += bytes - head->second.bytes;
    head->second.bytes = bytes;
    while (heads.bytes > limit_) give_up_oldest(heads);
  });
}

void HeadMemory::end(HeadId id) {
  heads_.with([&](Heads& heads) {
    const auto head = heads.by_age.find(id);
    if (head == heads.by_age.end()) return;  // given up
    heads.bytes -= head->second.bytes;
    heads.by_age.erase(head);
  });
}

void HeadMemory::give_up_oldest(Heads& heads) {
  const auto oldest = heads.by_age.begin();
  oldest->second.connection->give_up(oldest->first);
  heads.bytes -= oldest->second.bytes;
  heads.by_age.erase(oldest);
}

void SlowHead::hold(std::size_t bytes) {
  if (id_ == 0) id_ = memory_.begin(connection_);
  memory_.hold(id_, bytes);
}

void SlowHead::release() {
  if (id_ != 0) memory_.end(id_);
  id_ = 0;
}

}  // namespace festina::net
