// StoredBody: the body of a stored response, as pieces that readers follow while they arrive.
//
// A reader's place is an offset, so pieces may be joined while it reads. Who reads keeps no head alive.
//
// A body that turns out too large to be kept becomes a window: what lies around its fastest reader. The writer waits for
// that reader and for no other; a slower one that loses its place is broken off (storage-and-cluster.md §1).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/guarded.h"
#include "cache/fill_memory.h"

namespace festina::cache {

inline constexpr std::size_t kMaxJoinedBody =
    std::size_t{32} * 1024;  // a body up to this size is kept in one piece

// Of a window: at most half of it ahead of the fastest reader, the rest behind it.
inline constexpr std::uint64_t kMaxFillWindow = std::uint64_t{4} * 1024 * 1024;

// Where a body stands. Calls: append* (complete | fail), with become_window once before the end.
enum class BodyState : std::uint8_t { growing, complete, failed };

// Threads: one writer, any readers.
class StoredBody {
 public:
  // `memory`: where the body's bytes are counted until it is an entry's.
  explicit StoredBody(FillMemory::Part memory = {}) : memory_(std::move(memory)) {}
  StoredBody(const StoredBody&) = delete;
  StoredBody& operator=(const StoredBody&) = delete;

  // Requires: `piece` is no small part of a larger buffer, which it would keep in memory.
  void append(Bytes piece);
  // A small body that arrived in parts is joined, so that it is sent in one piece.
  void complete();
  // Readers get what arrived, then this error.
  void fail(Error);

  // From here on only a window is kept.
  void become_window();
  bool is_window() const { return is_window_.load(std::memory_order_relaxed); }
  // Returns when more may be appended to a window: its fastest reader has come near enough. False: nobody reads it.
  Awaitable<bool> room();
  // The writer's.
  FillMemory::Part& memory() { return memory_; }

  BodyState state() const { return state_.load(std::memory_order_acquire); }
  std::uint64_t size() const { return size_.load(std::memory_order_acquire); }  // so far
  // The whole body when it is complete and in one piece; what most hits send.
  std::optional<Bytes> whole() const;
  // Open readers, those that have not begun among them; and how far the fastest one ever came.
  std::size_t readers() const { return readers_.load(std::memory_order_acquire); }
  std::uint64_t furthest() const;
  // Readers that wait for more.
  std::size_t waiting() const;
  // Bytes of memory in use, beside this object itself.
  std::uint64_t footprint() const;

 private:
  friend class StoredBodyReader;
  struct Piece {
    std::uint64_t start;
    Bytes bytes;
  };
  struct Parts {
    std::vector<Piece> pieces;
    std::optional<Error> error;
    std::uint64_t furthest = 0;       // of all readers
    std::shared_ptr<Signal> more;     // made by the first reader that waits
    bool awaited = false;             // somebody began to wait after the last notify
    std::shared_ptr<Signal> drained;  // of a window: its fastest reader moved, or one left
    bool writer_waits = false;        // since the last notify of `drained`
  };
  // What a reader at this offset gets: bytes, the end (none), an error, or something to wait for.
  struct Next {
    Bytes bytes{};
    std::optional<Error> error{};
    std::shared_ptr<Signal> more{};
    std::uint64_t seen = 0;
  };
  Next next(std::uint64_t offset) const;
  Next next_of(Parts&, std::uint64_t offset) const;
  std::size_t pieces_of_complete(std::uint64_t first, std::uint64_t end, std::span<Bytes> out)
      const;
  std::uint64_t drop_behind(Parts&) const;
  void enter() const;
  void leave() const;
  void tell_writer() const;
  template <class Change>
  void change(Change);

  mutable Guarded<Parts> parts_;
  FillMemory::Part memory_;
  mutable std::atomic<std::size_t> readers_{0};
  std::atomic<bool> is_window_{false};
  std::optional<Bytes> whole_;  // settled before state_ becomes complete
  std::atomic<BodyState> state_{BodyState::growing};
  std::atomic<std::uint64_t> size_{0};
};

// The body from its start, complete or growing. `length`: of a growing one, when it is known.
Body open_body(const std::shared_ptr<const StoredBody>&, std::optional<std::uint64_t> length);
// `count` bytes of it from `first` on; of a growing one as they arrive. Requires: they are part of the body, or its
// announced length promises them.
Body open_slice(const std::shared_ptr<const StoredBody>&, std::uint64_t first, std::uint64_t count);

}  // namespace festina::cache
