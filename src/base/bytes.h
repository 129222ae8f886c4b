// Bytes and ByteSource: how message bodies are held and how they move.
//
// Bytes is an immutable, counted slice: copying it copies no byte, and evicting a stored response
// never pulls memory from under a writer. A ByteSource gives a body part by part; whoever reads
// sets the pace.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/errors.h"

namespace festina {

// What Bytes are slices of: an object on the heap that goes with the last reference to it. Threads: any.
class BytesOwner {
 public:
  BytesOwner(const BytesOwner&) = delete;
  BytesOwner& operator=(const BytesOwner&) = delete;

 protected:
  BytesOwner() = default;
  virtual ~BytesOwner() = default;

 private:
  friend void intrusive_ptr_add_ref(const BytesOwner* owner) {
    owner->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const BytesOwner* owner) {
    if (owner->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete owner;
  }
  mutable std::atomic<std::uint32_t> references_{0};
};

class Bytes {
 public:
  Bytes() = default;
  // Copies, into one allocation.
  static Bytes copy_of(std::string_view);
  // Takes over the string's memory, if there is enough of it to be worth that.
  static Bytes from(std::string);
  // Requires: the text is the owner's.
  static Bytes part_of(const BytesOwner&, std::string_view text);

  std::string_view view() const { return view_; }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  // Shares this slice's memory. Requires: offset + length <= size().
  Bytes slice(std::size_t offset, std::size_t length) const;

 private:
  Bytes(boost::intrusive_ptr<const BytesOwner> owner, std::string_view view)
      : owner_(std::move(owner)), view_(view) {}

  boost::intrusive_ptr<const BytesOwner> owner_;
  std::string_view view_;  // into owner_
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads the next part of the body. Empty bytes mean the end.
  // Errors: truncated (of the side that sends) when the sender closed early, timed_out.
  // Requires: the previous read has completed, and neither the end nor an error was returned
  // before.
  virtual Awaitable<Result<Bytes>> read() = 0;
  // Takes the parts behind the last one that are at hand already, and says how many: for whoever can
  // use several at once. None says nothing about the end; read() does. A source that has no such parts
  // leaves this as it is.
  // Requires: as read().
  virtual std::size_t take_at_hand(std::span<Bytes> /*parts*/) { return 0; }
};

// A message body: all of it at hand, or a source of it; the length when it is known before the last
// byte.
struct Body {
  Bytes whole;                          // the body when `source` is null
  std::unique_ptr<ByteSource> source;   // otherwise
  std::optional<std::uint64_t> length;  // of the source; unset: unknown until its end

  static Body of(Bytes bytes);
  static Body of(std::string text);
  static Body streamed(std::unique_ptr<ByteSource>, std::optional<std::uint64_t> length);

  bool is_whole() const { return !source; }
  // Number of bytes when known.
  std::optional<std::uint64_t> size() const;
};

// The bodies one after the other, as one. Its length is known when that of each is.
Body in_sequence(std::vector<Body>);

// Reads a body to its end into one string.
// Errors: too_large (given side) when it exceeds `limit` bytes; those of the source.
Awaitable<Result<std::string>> collect(Body, std::size_t limit, Side side);

}  // namespace festina
