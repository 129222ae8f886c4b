// Only the writer changes a body's pieces, under the lock that its readers take. A complete body in one piece is read
// without that lock: it was settled before its state was published.
#include "cache/stored_body.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace festina::cache {
namespace {

// Neighbours are joined up to this size: an origin that sends byte by byte costs no piece per byte.
constexpr std::size_t kMaxJoinedPiece = 16UL * 1024;

// What the allocator and shared ownership add to one piece of a body.
constexpr std::uint64_t kPieceOverhead = 64;

constexpr std::uint64_t kMaxFillAhead = kMaxFillWindow / 2;

// The bytes of these pieces as one.
Bytes joined(auto first, auto last) {
  std::size_t size = 0;
  for (auto piece = first; piece != last; ++piece) size += piece->bytes.size();
  std::string text;
  text.reserve(size);
  for (auto piece = first; piece != last; ++piece) text += piece->bytes.view();
  return Bytes::from(std::move(text));
}

// Joins the last pieces while they are small and of about one size, so that a byte is copied O(log n) times.
void join_neighbours(auto& pieces) {
  while (pieces.size() > 1) {
    const auto last = std::prev(pieces.end());
    const auto before = std::prev(last);
    const std::size_t size = before->bytes.size() + last->bytes.size();
    if (size > kMaxJoinedPiece || before->bytes.size() > 2 * last->bytes.size()) return;
    before->bytes = joined(before, pieces.end());
    pieces.pop_back();
  }
}

}  // namespace

// Follows a body from an offset up to an end, or to the body's own. Holds the body, not the entry: who reads keeps no
// head alive.
class StoredBodyReader final : public ByteSource {
 public:
  StoredBodyReader(std::shared_ptr<const StoredBody> body, std::uint64_t first, std::uint64_t end)
      : body_(std::move(body)), offset_(first), end_(end) {
    body_->enter();
  }
  StoredBodyReader(const StoredBodyReader&) = delete;
  StoredBodyReader& operator=(const StoredBodyReader&) = delete;
  ~StoredBodyReader() override { body_->leave(); }

  Awaitable<Result<Bytes>> read() override {
    for (;;) {
      if (offset_ == end_) co_return Bytes();
      StoredBody::Next next = body_->next(offset_);
      if (next.error) co_return *std::move(next.error);
      if (!next.more) {
        const std::uint64_t size = std::min<std::uint64_t>(next.bytes.size(), end_ - offset_);
        offset_ += size;
        co_return next.bytes.slice(0, size);
      }
      co_await next.more->wait(next.seen);
    }
  }

  std::size_t take_at_hand(std::span<Bytes> parts) override {
    const std::size_t count = body_->pieces_of_complete(offset_, end_, parts);
    for (const Bytes& part : parts.first(count)) offset_ += part.size();
    return count;
  }

 private:
  std::shared_ptr<const StoredBody> body_;
  std::uint64_t offset_;
  std::uint64_t end_;
};

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

// Applies a change of the writer's and wakes those who wait: once, however many changes follow before they look.
template <class Change>
void StoredBody::change(Change apply) {
  const std::shared_ptr<Signal> awaited = parts_.with([&](Parts& parts) -> std::shared_ptr<Signal> {
    apply(parts);
    if (!std::exchange(parts.awaited, false)) return nullptr;
    return parts.more;
  });
  if (awaited) awaited->notify();
}

void StoredBody::append(Bytes piece) {
  check(state() == BodyState::growing, "a body grows until it ends");
  if (piece.empty()) return;
  change([&](Parts& parts) {
    const std::uint64_t start = size_.load(std::memory_order_relaxed);
    size_.store(start + piece.size(), std::memory_order_release);
    parts.pieces.push_back({start, std::move(piece)});
    join_neighbours(parts.pieces);
    if (is_window()) memory_.hold(drop_behind(parts));
  });
}

void StoredBody::become_window() {
  check(state() == BodyState::growing && !is_window(), "a growing body becomes a window once");
  change([this](Parts& parts) {
    is_window_ = true;
    parts.drained = std::make_shared<Signal>();
    memory_.hold(drop_behind(parts));
  });
}

// Drops what the window leaves behind. Gives how many bytes are still held.
std::uint64_t StoredBody::drop_behind(Parts& parts) const {
  const std::uint64_t kept_from =
      parts.furthest - std::min(parts.furthest, kMaxFillWindow - kMaxFillAhead);
  const auto is_behind = [kept_from](const Piece& piece) {
    return piece.start + piece.bytes.size() <= kept_from;
  };
  const auto first_kept = std::ranges::find_if_not(parts.pieces, is_behind);
  parts.pieces.erase(parts.pieces.begin(), first_kept);
  return parts.pieces.empty() ? 0 : size() - parts.pieces.front().start;
}

// Ends with the fastest reader's progress or departure; its connection has a limit for taking no byte.
Awaitable<bool> StoredBody::room() {
  for (;;) {
    const auto [drained, seen] = parts_.with([this](Parts& parts) {
      const bool is_full = size() - parts.furthest >= kMaxFillAhead;
      parts.writer_waits = is_full;
      return std::pair(is_full ? parts.drained : nullptr, parts.drained->version());
    });
    if (readers() == 0) co_return false;
    if (!drained) co_return true;
    co_await drained->wait(seen);
  }
}

void StoredBody::enter() const { readers_.fetch_add(1, std::memory_order_relaxed); }

void StoredBody::leave() const {
  readers_.fetch_sub(1, std::memory_order_release);
  tell_writer();
}

void StoredBody::tell_writer() const {
  const std::shared_ptr<Signal> awaited = parts_.with([](Parts& parts) -> std::shared_ptr<Signal> {
    if (!std::exchange(parts.writer_waits, false)) return nullptr;
    return parts.drained;
  });
  if (awaited) awaited->notify();
}

std::uint64_t StoredBody::furthest() const {
  return parts_.with([](const Parts& parts) { return parts.furthest; });
}

void StoredBody::complete() {
  check(state() == BodyState::growing, "a body ends once");
  change([this](Parts& parts) {
    std::vector<Piece>& pieces = parts.pieces;
    if (pieces.size() > 1 && size() <= kMaxJoinedBody && !is_window()) {
      pieces.assign(1, {.start = 0, .bytes = joined(pieces.begin(), pieces.end())});
    }
    pieces.shrink_to_fit();
    if (size() == 0) whole_.emplace();
    if (pieces.size() == 1 && !is_window()) whole_ = pieces.front().bytes;
    state_.store(BodyState::complete, std::memory_order_release);
  });
}

void StoredBody::fail(Error error) {
  check(state() == BodyState::growing, "a body ends once");
  change([&](Parts& parts) {
    parts.error = std::move(error);
    state_.store(BodyState::failed, std::memory_order_release);
  });
}

std::optional<Bytes> StoredBody::whole() const {
  if (state() != BodyState::complete) return std::nullopt;
  return whole_;
}

std::size_t StoredBody::waiting() const {
  const auto more = parts_.with([](const Parts& parts) { return parts.more; });
  return more ? more->waiters() : 0;
}

std::uint64_t StoredBody::footprint() const {
  const std::size_t pieces = parts_.with([](const Parts& parts) { return parts.pieces.size(); });
  return sizeof(StoredBody) + size() + pieces * (sizeof(Piece) + kPieceOverhead);
}

StoredBody::Next StoredBody::next(std::uint64_t offset) const {
  bool has_moved = false;
  Next next = parts_.with([&](Parts& parts) {
    const std::uint64_t reached = std::min(offset, size());  // a slice may begin further on
    has_moved = reached > parts.furthest;
    if (has_moved) parts.furthest = reached;
    return next_of(parts, offset);
  });
  if (has_moved && is_window()) tell_writer();
  return next;
}

StoredBody::Next StoredBody::next_of(Parts& parts, std::uint64_t offset) const {
  if (offset < size()) {
    const auto after = std::ranges::upper_bound(parts.pieces, offset, {}, &Piece::start);
    if (after == parts.pieces.begin()) {
      memory_.count_outrun();
      return {.error = Error{ErrorCode::exhausted, Side::self, "faster readers outran this one"}};
    }
    const Piece& piece = *std::prev(after);
    const std::uint64_t skipped = offset - piece.start;
    return {.bytes = piece.bytes.slice(skipped, piece.bytes.size() - skipped)};
  }
  if (state() == BodyState::complete) return {};
  if (parts.error) return {.error = parts.error};
  if (!parts.more) parts.more = std::make_shared<Signal>();
  parts.awaited = true;
  return {.more = parts.more, .seen = parts.more->version()};
}

// Of a body that still grows there are none: a reader holds all of a complete one anyway, but of a window it must not
// hold on to more than the part it sends.
std::size_t StoredBody::pieces_of_complete(
    std::uint64_t first, std::uint64_t end, std::span<Bytes> out
) const {
  if (state() != BodyState::complete || is_window()) return 0;
  end = std::min(end, size());
  return parts_.with([&](const Parts& parts) {
    std::size_t count = 0;
    auto piece = std::ranges::upper_bound(parts.pieces, first, {}, &Piece::start);
    if (piece != parts.pieces.begin()) --piece;
    while (first < end && count < out.size()) {
      const std::uint64_t skipped = first - piece->start;
      const std::uint64_t taken = std::min(piece->bytes.size() - skipped, end - first);
      out[count++] = piece->bytes.slice(skipped, taken);
      first += taken;
      ++piece;
    }
    return count;
  });
}

Body open_body(const std::shared_ptr<const StoredBody>& body, std::optional<std::uint64_t> length) {
  if (std::optional<Bytes> whole = body->whole()) return Body::of(*std::move(whole));
  if (body->state() == BodyState::complete) length = body->size();
  return Body::streamed(std::make_unique<StoredBodyReader>(body, 0, kToTheEnd), length);
}

Body open_slice(
    const std::shared_ptr<const StoredBody>& body, std::uint64_t first, std::uint64_t count
) {
  if (const std::optional<Bytes> whole = body->whole()) return Body::of(whole->slice(first, count));
  return Body::streamed(std::make_unique<StoredBodyReader>(body, first, first + count), count);
}

}  // namespace festina::cache
