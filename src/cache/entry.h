// Entry: one stored response, in one piece of memory. Its head never changes.
//
//   | Entry | Apart, if it has one | pieces |
//
// A response begins as a draft, whose body may still grow, apart from it. Once complete it is settled: what others find
// is a copy of the draft with its zone and tags, and with a small body in it, so that a hit touches one piece of memory.
// Its pieces (pieces.h) are the header as text, what judging needs of it, parsed once, and what names it.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"
#include "cache/coded_anew.h"
#include "cache/entry_head.h"
#include "cache/evictable.h"
#include "cache/header_lines.h"
#include "cache/pieces.h"
#include "cache/stored_body.h"
#include "cache/zone_purges.h"
#include "http/selection.h"
#include "policy/partial.h"
#include "policy/stored_response.h"

namespace festina::cache {

class Entry;
using EntryRef = boost::intrusive_ptr<const Entry>;

// Charges are multiples of it, as what malloc gives is.
inline constexpr std::uint64_t kChargeUnit = 16;

// A complete body up to this size stands in its entry.
inline constexpr std::size_t kMaxBodyInside = std::size_t{32} * 1024;

// The layout is a base for the space that the first one leaves.
class Entry final : public BytesOwner, private Layout, public Evictable {
 public:
  // A draft.
  static EntryRef make(EntryHead head, std::shared_ptr<StoredBody> body);
  // What is put where others find it. Requires: this is a draft, its body is complete.
  EntryRef settled(const ZonePurges&, const KeyedHash&) const;
  // The same response with its body coded, to stand in its place. Requires: settled, and not coded anew before.
  EntryRef coded_anew(http::Coding, Bytes coded) const;
  ~Entry() override;

  bool is_draft() const { return zone_ == nullptr; }
  std::string_view key_text() const { return pieces().key; }
  bool is_under(const policy::CacheKey&) const;  // requires: settled
  // Host without port, and path, of the effective target URI.
  std::string_view target() const;
  policy::CacheApiPurge purged_by() const;
  const ZonePurges& zone() const;  // requires: settled
  // By tag_hash(); none of a draft.
  std::span<const std::uint64_t> tags() const { return pieces().tags; }
  const Birth& born() const;  // requires: a draft
  std::string_view zone_id() const;
  http::Status status() const { return status_; }
  // What judging needs.
  policy::StoredResponse stored() const;
  policy::ResponseFacts facts() const { return stored().facts; }

  // The field lines as stored, without those of the connection and of framing: a copy, for rare uses.
  http::Headers headers() const { return header().fields(); }
  // Those that clients are shown.
  http::Headers shown_headers() const { return header().shown_fields(); }
  // Only those of these names.
  http::Headers headers(std::initializer_list<http::Name> names) const {
    return header().fields(names);
  }
  // The value of the first line of this name. A view into the entry.
  std::optional<std::string_view> field(http::Name name) const { return header().value(name); }
  // Status line and lines to send; of a body that is coded anew without those that differ by coding.
  Bytes prepared() const { return Bytes::part_of(*this, pieces().shown); }
  // Which bytes of the representation the body is, where it is a part of it only (policy/partial).
  std::optional<policy::Part> part() const;
  // The body as it came, from its start, complete or growing.
  Body open() const;
  // A range of the representation. Requires: it is within representation().length, and within part() if it is one.
  Body open(http::ByteRange) const;
  std::uint64_t body_size() const;  // so far, as it came
  // How the body is kept, if not as it came; and the body as it is kept.
  std::optional<CodedAnew> coded() const;
  Body open_as_kept() const;
  bool is_growing() const;
  // Of the body, when the head said it.
  std::optional<std::uint64_t> announced_length() const;
  // Of the body as it came: once it is complete, or when the head said it.
  std::optional<std::uint64_t> length() const;
  // As selecting a part or a 304 needs it: of a part, that of the whole. Its length is known once the body is complete, or when the head said it.
  http::Representation representation() const;

  // Charged to the budget: all the memory it takes, in bytes. Requires: the body is complete.
  std::uint64_t charge() const;
  // The same body under another head, after a 304 (RFC 9111 §4.3.4): a draft.
  EntryRef with_head(EntryHead) const;

  // Of the change log: no purge up to this one hit the entry.
  std::uint64_t passed() const { return passed_.load(std::memory_order_relaxed); }
  void pass(std::uint64_t sequence) const { passed_.store(sequence, std::memory_order_relaxed); }

 private:
  // What stands outside of the entry, or only drafts have.
  struct Apart {
    std::shared_ptr<StoredBody> body;
    Birth born{};
    std::string zone{};
    std::optional<std::uint64_t> length{};
  };
  struct Parts;
  static EntryRef build(Parts);
  std::uint64_t kept_size() const;
  explicit Entry(Parts&);
  // `more`: bytes behind the object.
  static void* operator new(std::size_t own, std::size_t more);
  static void operator delete(void* memory) { ::operator delete(memory); }
  static void operator delete(void* memory, std::size_t /*more*/) { ::operator delete(memory); }

  const char* behind() const { return reinterpret_cast<const char*>(this + 1); }
  const Apart* apart() const;
  Pieces pieces() const { return pieces_at(behind() + apart_size()); }
  std::size_t apart_size() const;
  HeaderLines header() const { return {pieces().shown, pieces().hidden}; }

  http::Status status_;
  mutable std::atomic<std::uint64_t> passed_;
  const ZonePurges* zone_;  // null: a draft
  TimePoint response_time_;
};

}  // namespace festina::cache
