// Entry: one stored response. Its head never changes; its body may still be growing while a fill writes it.
//
// The head is kept twice over, for two readers: as `prepared`, the bytes an HTTP/1.1 client is sent, without what
// differs per reply (Age, Date, Server, CF-*, Cache-Status, Cache-Control, Expires, framing and connection fields) and
// without what no client is shown (Cache-Tag, Cloudflare-CDN-Cache-Control); and as fields, for judging and editing.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "cache/stored_body.h"
#include "http/selection.h"
#include "policy/cache_key.h"
#include "policy/stored_response.h"

namespace festina::cache {

class Entry;
using EntryRef = boost::intrusive_ptr<const Entry>;

// What a response's making began after. Taken before the upstream is asked, or when the first byte of a put arrives;
// what is purged or deleted later dooms it (storage-and-cluster.md §4.3).
struct Birth {
  std::uint64_t sequence = 0;   // of the change log, as far as it was applied
  std::uint64_t deletions = 0;  // of this cache
};

// All of an entry but its body.
struct EntryHead {
  policy::CacheKey key;
  std::string url;          // effective target URI: what host and prefix purges judge by
  http::Response response;  // as stored
  policy::ResponseFacts facts;
  TimePoint request_time;
  TimePoint response_time;
  std::optional<std::chrono::seconds> explicit_ttl;
  Birth born;
  std::optional<std::uint64_t> length;  // of the body, when the head said it
};

// What the eviction order keeps in an entry (s3_fifo.h). Guarded by the lock of the shard that holds the entry.
struct Evictable {
  enum class Queue : std::uint8_t { none, small, main };

  mutable std::uint64_t fingerprint = 0;  // of the key
  mutable std::uint64_t weight = 0;       // charged to the budget
  mutable const Evictable* newer = nullptr;
  mutable const Evictable* older = nullptr;
  mutable Queue queue = Queue::none;
  mutable std::uint8_t frequency = 0;
};

class ZonePurges;  // purge_table.h

class Entry : public Evictable {
 public:
  static EntryRef make(EntryHead head, std::shared_ptr<StoredBody> body);

  std::string_view key_text() const { return head_.key.text; }
  const policy::CacheKey& key() const { return head_.key; }
  std::string_view url() const { return head_.url; }
  http::Status status() const { return head_.response.status; }
  // As stored.
  const http::Headers& headers() const { return head_.response.headers; }
  const policy::ResponseFacts& facts() const { return head_.facts; }
  const Birth& born() const { return head_.born; }
  const Bytes& prepared() const { return prepared_; }
  const StoredBody& body() const { return *body_; }
  policy::StoredResponse stored() const;
  // The body from its start, complete or growing.
  Body open() const;
  // A part of it. Requires: a range within representation().length.
  Body open(http::ByteRange) const;
  // As selecting a part or a 304 needs it. Its length is known once the body is complete, or when the head said it.
  http::Representation representation() const;
  // Of the body, when the head said it.
  std::optional<std::uint64_t> announced_length() const { return head_.length; }
  // The fields that prepared() holds.
  http::Headers shown_headers() const;
  // Charged to the budget: head, key, body and bookkeeping, in bytes. Requires: the body is complete.
  std::uint64_t charge() const;
  // The same body under another head, after a 304 (RFC 9111 §4.3.4).
  EntryRef with_head(EntryHead) const;

  // For the purge check: its zone's purges, and up to which sequence it passed them.
  mutable const ZonePurges* zone_purges = nullptr;
  mutable std::atomic<std::uint64_t> checked_sequence;

 private:
  Entry(EntryHead, std::shared_ptr<StoredBody>);
  friend void intrusive_ptr_add_ref(const Entry*);
  friend void intrusive_ptr_release(const Entry*);

  // What every hit touches stands together.
  mutable std::atomic<std::uint32_t> pins_{0};
  std::shared_ptr<StoredBody> body_;
  Bytes prepared_;
  EntryHead head_;
};

}  // namespace festina::cache
