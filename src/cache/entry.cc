// Only the writer changes a body's pieces, under the lock that its readers take. A complete body in one piece is read
// without that lock: it was settled before its state was published.
#include "cache/entry.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/forwarding.h"
#include "http/h1_writer.h"

namespace festina::cache {
namespace {

// Neighbours are joined up to this size: an origin that sends byte by byte costs no piece per byte.
constexpr std::size_t kMaxJoinedPiece = 16UL * 1024;

// What the allocator and shared ownership add to one piece of a body, and to an entry's strings and vectors.
constexpr std::uint64_t kPieceOverhead = 64;
constexpr std::uint64_t kEntryOverhead = 256;
// Slot of the index at its usual load, and one fingerprint of the ghost queue.
constexpr std::uint64_t kIndexCharge = 56;

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

// Fields that the edge writes anew for every reply, or shows to no client (reference §2, §3.1).
bool is_left_out(const http::Field& field) {
  switch (field.name) {
    case http::Name::age:
    case http::Name::cache_control:
    case http::Name::cache_status:
    case http::Name::cache_tag:
    case http::Name::cloudflare_cdn_cache_control:
    case http::Name::date:
    case http::Name::expires:
    case http::Name::server:
      return true;
    default:
      return starts_with_ignoring_case(field.name_text, "cf-");
  }
}

Bytes prepare(const http::Response& stored) {
  http::Response shown = stored;
  http::remove_connection_fields(shown.headers);
  shown.headers.remove_if(is_left_out);
  std::string text;
  http::append_response_lines(text, shown);
  text.shrink_to_fit();
  return Bytes::from(std::move(text));
}

std::uint64_t footprint(const http::Headers& headers) {
  std::uint64_t bytes = 0;
  for (const http::Field field : headers) bytes += field.name_text.size() + field.value.size() + 12;
  return bytes;
}

}  // namespace

// Follows a body from its start. Holds the body, not the entry: who reads keeps no head alive.
class StoredBodyReader final : public ByteSource {
 public:
  explicit StoredBodyReader(std::shared_ptr<const StoredBody> body) : body_(std::move(body)) {}

  Awaitable<Result<Bytes>> read() override {
    for (;;) {
      StoredBody::Next next = body_->next(offset_);
      if (next.error) co_return *std::move(next.error);
      if (!next.more) {
        offset_ += next.bytes.size();
        co_return std::move(next.bytes);
      }
      co_await next.more->wait(next.seen);
    }
  }

 private:
  std::shared_ptr<const StoredBody> body_;
  std::uint64_t offset_ = 0;
};

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
  });
}

void StoredBody::complete() {
  check(state() == BodyState::growing, "a body ends once");
  change([this](Parts& parts) {
    std::vector<Piece>& pieces = parts.pieces;
    if (pieces.size() > 1 && size() <= kMaxJoinedBody) {
      pieces.assign(1, {.start = 0, .bytes = joined(pieces.begin(), pieces.end())});
    }
    pieces.shrink_to_fit();
    if (pieces.empty()) whole_.emplace();
    if (pieces.size() == 1) whole_ = pieces.front().bytes;
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
  return parts_.with([&](Parts& parts) -> Next {
    if (offset < size()) {
      const Piece& piece =
          *std::prev(std::ranges::upper_bound(parts.pieces, offset, {}, &Piece::start));
      const std::uint64_t skipped = offset - piece.start;
      return {.bytes = piece.bytes.slice(skipped, piece.bytes.size() - skipped)};
    }
    if (state() == BodyState::complete) return {};
    if (parts.error) return {.error = parts.error};
    if (!parts.more) parts.more = std::make_shared<Signal>();
    parts.awaited = true;
    return {.more = parts.more, .seen = parts.more->version()};
  });
}

Entry::Entry(EntryHead head, std::shared_ptr<StoredBody> body)
    : checked_sequence(head.born.sequence),
      body_(std::move(body)),
      prepared_(prepare(head.response)),
      head_(std::move(head)) {}

EntryRef Entry::make(EntryHead head, std::shared_ptr<StoredBody> body) {
  check(body != nullptr, "an entry has a body, if an empty one");
  return EntryRef(new Entry(std::move(head), std::move(body)));
}

policy::StoredResponse Entry::stored() const {
  return {
      .status = head_.response.status,
      .headers = &head_.response.headers,
      .facts = &head_.facts,
      .request_time = head_.request_time,
      .response_time = head_.response_time,
      .explicit_ttl = head_.explicit_ttl,
  };
}

Body Entry::open() const {
  if (std::optional<Bytes> whole = body_->whole()) return Body::of(*std::move(whole));
  const bool complete = body_->state() == BodyState::complete;
  const std::optional<std::uint64_t> length = complete ? body_->size() : head_.length;
  return Body::streamed(std::make_unique<StoredBodyReader>(body_), length);
}

std::uint64_t Entry::charge() const {
  check(body_->state() == BodyState::complete, "only what is complete is charged");
  return sizeof(Entry) + head_.key.text.size() + head_.key.zone.size() + head_.url.size() +
         footprint(head_.response.headers) + prepared_.size() + body_->footprint() +
         kEntryOverhead + kIndexCharge;
}

EntryRef Entry::with_head(EntryHead head) const { return make(std::move(head), body_); }

void intrusive_ptr_add_ref(const Entry* entry) {
  entry->pins_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(const Entry* entry) {
  if (entry->pins_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete entry;
}

}  // namespace festina::cache
