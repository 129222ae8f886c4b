#include "cache/entry.h"

#include "base/text.h"
#include "http/forwarding.h"
#include "http/h1_writer.h"

namespace festina::cache {
namespace {

// What the allocator adds to an entry's strings and vectors.
constexpr std::uint64_t kEntryOverhead = 256;
// Slot of the index at its usual load, and one fingerprint of the ghost queue.
constexpr std::uint64_t kIndexCharge = 56;

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

http::Headers shown_fields(const http::Headers& stored) {
  http::Headers shown = stored;
  http::remove_connection_fields(shown);
  shown.remove_if(is_left_out);
  return shown;
}

Bytes prepare(const http::Response& stored) {
  std::string text;
  http::append_response_lines(
      text, {.status = stored.status, .headers = shown_fields(stored.headers)}
  );
  text.shrink_to_fit();
  return Bytes::from(std::move(text));
}

std::uint64_t footprint(const http::Headers& headers) {
  std::uint64_t bytes = 0;
  for (const http::Field field : headers) bytes += field.name_text.size() + field.value.size() + 12;
  return bytes;
}

}  // namespace

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
      .facts = head_.facts,
      .request_time = head_.request_time,
      .response_time = head_.response_time,
      .explicit_ttl = head_.explicit_ttl,
  };
}

Body Entry::open() const { return open_body(body_, head_.length); }

Body Entry::open(http::ByteRange range) const {
  return open_slice(body_, range.first, range.size());
}

http::Representation Entry::representation() const {
  const bool is_complete = body_->state() == BodyState::complete;
  return {
      .status = status(),
      .validators =
          {.etag = headers().get(http::Name::etag), .last_modified = facts().last_modified},
      .length = is_complete ? body_->size() : head_.length,
      .is_coded = headers().has(http::Name::content_encoding)
  };
}

http::Headers Entry::shown_headers() const { return shown_fields(headers()); }

std::uint64_t Entry::charge() const {
  check(body_->state() == BodyState::complete, "only what is complete is charged");
  return sizeof(Entry) + head_.key.text.size() + head_.key.zone.size() + head_.url.size() +
         footprint(head_.response.headers) + prepared_.size() + body_->footprint() +
         kEntryOverhead + kIndexCharge;
}

EntryRef Entry::with_head(EntryHead head) const {
  head.length = head_.length;
  return make(std::move(head), body_);
}

void intrusive_ptr_add_ref(const Entry* entry) {
  entry->pins_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(const Entry* entry) {
  if (entry->pins_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete entry;
}

}  // namespace festina::cache
