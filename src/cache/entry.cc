#include "cache/entry.h"

#include <utility>
#include <vector>

#include "http/coded_body.h"

namespace festina::cache {
namespace {

// The bits that facts and layout leave to others.
constexpr std::uint32_t kHasApart = 1U << 31;
constexpr std::uint32_t kHasLength = 1U << 29;  // the head said it, and so long the body is
constexpr std::uint32_t kIsPurgedWithAllOnly = 1U << 28;

// What malloc adds to a piece of memory.
constexpr std::uint64_t kAllocationHeader = 8;
// A slot of the index and one of each table of ghosts, at their usual load.
constexpr std::uint64_t kIndexCharge = 48;

constexpr std::uint64_t in_units(std::uint64_t bytes) {
  return (bytes + kChargeUnit - 1) / kChargeUnit * kChargeUnit;
}

}  // namespace

// What an entry is built from. The pieces are copied.
struct Entry::Parts {
  const ZonePurges* zone = nullptr;
  std::uint64_t passed = 0;
  std::uint32_t bits = 0;
  http::Status status = 200;
  TimePoint response_time{};
  std::optional<Apart> apart{};
  Pieces pieces{};
};

static_assert(sizeof(Entry) == 88, "every stored response has one: grow it knowingly");

void* Entry::operator new(std::size_t own, std::size_t more) { return ::operator new(own + more); }

EntryRef Entry::build(Parts parts) {
  const std::size_t more = (parts.apart ? sizeof(Apart) : 0) + parts.pieces.size();
  return EntryRef(new (more) Entry(parts));
}

Entry::Entry(Parts& parts)
    : Layout(parts.bits | (parts.apart ? kHasApart : 0), parts.pieces),
      status_(parts.status),
      passed_(parts.passed),
      zone_(parts.zone),
      response_time_(parts.response_time) {
  char* const place = const_cast<char*>(behind());
  if (parts.apart) new (place) Apart(*std::move(parts.apart));
  write(parts.pieces, place + apart_size());
}

Entry::~Entry() {
  if (apart()) apart()->~Apart();
}

EntryRef Entry::make(EntryHead head, std::shared_ptr<StoredBody> body) {
  check(body != nullptr, "an entry has a body, if an empty one");
  const http::Status status = head.response.status;
  const PackedHead kept = packed(head);
  const bool is_purged_with_all_only = head.purged_by == policy::CacheApiPurge::everything_only;
  return build({
      .passed = head.born.sequence,
      .bits = kept.facts.bits | (is_purged_with_all_only ? kIsPurgedWithAllOnly : 0),
      .status = status,
      .response_time = head.response_time,
      .apart =
          Apart{
              .body = std::move(body),
              .born = head.born,
              .zone = std::move(head.key.zone),
              .length = head.length
          },
      .pieces =
          {
              .numbers = std::span(kept.facts.numbers).first(number_count(kept.facts.bits)),
              .key = head.key.text,
              .target = kept.target,
              .shown = kept.header.shown,
              .hidden = kept.header.hidden,
          },
  });
}

EntryRef Entry::settled(const ZonePurges& zone, const KeyedHash& hash) const {
  check(zone_ == nullptr && apart()->body->state() == BodyState::complete, "a complete draft");
  check(zone.id() == apart()->zone, "an entry settles in its own zone");
  const std::vector<std::uint64_t> tags = tag_hashes(headers({http::Name::cache_tag}), hash);
  const std::optional<Bytes> body = apart()->body->whole();
  const bool goes_inside = body && body->size() <= kMaxBodyInside;
  Pieces pieces = this->pieces();
  pieces.tags = tags;
  if (goes_inside) pieces.body = body->view();
  return build({
      .zone = &zone,
      .passed = passed(),
      .bits = (bits() & ~kHasApart) | (apart()->length ? kHasLength : 0),
      .status = status_,
      .response_time = response_time_,
      .apart = goes_inside ? std::nullopt : std::optional(Apart{.body = apart()->body}),
      .pieces = pieces,
  });
}

EntryRef Entry::coded_anew(http::Coding coding, Bytes coded) const {
  check(zone_ != nullptr && !this->coded(), "a settled entry is coded once");
  const PackedFacts facts =
      with_coding(pack(stored()), {.coding = coding, .plain_size = body_size()});
  const HeaderText header = header_text({.status = status_, .headers = headers()}, Kept::coded);
  Pieces pieces = this->pieces();
  pieces.numbers = std::span(facts.numbers).first(number_count(facts.bits));
  pieces.shown = header.shown;
  pieces.hidden = header.hidden;
  const bool goes_inside = coded.size() <= kMaxBodyInside;
  pieces.body = goes_inside ? coded.view() : std::string_view();
  std::shared_ptr<StoredBody> outside;
  if (!goes_inside) {
    outside = std::make_shared<StoredBody>();
    outside->append(std::move(coded));
    outside->complete();
  }
  return build({
      .zone = zone_,
      .passed = passed(),
      .bits = facts.bits | (bits() & (kHasLength | kHasTarget | kIsPurgedWithAllOnly)),
      .status = status_,
      .response_time = response_time_,
      .apart = goes_inside ? std::nullopt : std::optional(Apart{.body = std::move(outside)}),
      .pieces = pieces,
  });
}

bool Entry::is_under(const policy::CacheKey& key) const {
  return key_text() == key.text && zone().id() == key.zone;
}

std::string_view Entry::target() const {
  const Pieces all = pieces();
  return all.target.empty() ? target_in_key(all.key) : all.target;
}

policy::CacheApiPurge Entry::purged_by() const {
  return bits() & kIsPurgedWithAllOnly ? policy::CacheApiPurge::everything_only
                                       : policy::CacheApiPurge::all;
}

const ZonePurges& Entry::zone() const {
  check(zone_ != nullptr, "a draft is in no zone's cache");
  return *zone_;
}

std::string_view Entry::zone_id() const {
  return zone_ != nullptr ? zone_->id() : std::string_view(apart()->zone);
}

const Birth& Entry::born() const {
  check(zone_ == nullptr, "the birth of a settled entry is over");
  return apart()->born;
}

policy::StoredResponse Entry::stored() const {
  return unpack(bits(), pieces().numbers.data(), status_, response_time_);
}

Body Entry::open() const {
  const std::optional<CodedAnew> coded = this->coded();
  return coded ? http::decoded_body(open_as_kept(), coded->coding, coded->plain_size)
               : open_as_kept();
}

Body Entry::open_as_kept() const {
  if (const Apart* outside = apart()) {
    // The length that a draft's head said is that of the body as it came.
    return open_body(outside->body, coded() ? std::nullopt : outside->length);
  }
  return Body::of(Bytes::part_of(*this, pieces().body));
}

std::optional<CodedAnew> Entry::coded() const {
  const bool is_coded = (bits() & PackedFacts::kOthersNumber) != 0;
  return is_coded ? std::optional(coding_in(pieces().numbers.back())) : std::nullopt;
}

bool Entry::is_growing() const { return apart() && apart()->body->state() == BodyState::growing; }

std::uint64_t Entry::body_size() const {
  const std::optional<CodedAnew> coded = this->coded();
  return coded ? coded->plain_size : kept_size();
}

std::uint64_t Entry::kept_size() const {
  return apart() ? apart()->body->size() : pieces().body.size();
}

std::optional<policy::Part> Entry::part() const {
  if (status_ != 206) return std::nullopt;
  return policy::part_of({.status = status_, .headers = headers({http::Name::content_range})});
}

Body Entry::open(http::ByteRange range) const {
  if (coded()) return http::part_of_body(open(), range);
  const auto held = part();
  const std::uint64_t first = range.first - (held ? held->range.first : 0);
  if (const Apart* outside = apart()) return open_slice(outside->body, first, range.size());
  return Body::of(Bytes::part_of(*this, pieces().body.substr(first, range.size())));
}

std::optional<std::uint64_t> Entry::announced_length() const {
  if (zone_ == nullptr) return apart()->length;
  return bits() & kHasLength ? std::optional(body_size()) : std::nullopt;
}

std::optional<std::uint64_t> Entry::length() const {
  const bool is_complete = !apart() || apart()->body->state() == BodyState::complete;
  return is_complete ? body_size() : announced_length();
}

http::Representation Entry::representation() const {
  const auto held = part();
  return {
      .status = held ? http::Status{200} : status(),
      .validators = {.etag = field(http::Name::etag), .last_modified = facts().last_modified},
      .length = held ? held->length : length(),
      .is_coded = field(http::Name::content_encoding).has_value()
  };
}

std::uint64_t Entry::charge() const {
  const std::uint64_t size = sizeof(Entry) + apart_size() + pieces().size();
  std::uint64_t charge = in_units(size + kAllocationHeader);
  if (apart()) {
    check(apart()->body->state() == BodyState::complete, "only what is complete is charged");
    charge += in_units(apart()->body->footprint());
  }
  return charge + kIndexCharge;
}

EntryRef Entry::with_head(EntryHead head) const {
  head.length = announced_length();
  head.coded = coded();
  if (apart()) return make(std::move(head), apart()->body);
  auto body = std::make_shared<StoredBody>();
  body->append(Bytes::part_of(*this, pieces().body));
  body->complete();
  return make(std::move(head), std::move(body));
}

const Entry::Apart* Entry::apart() const {
  return bits() & kHasApart ? reinterpret_cast<const Apart*>(behind()) : nullptr;
}

std::size_t Entry::apart_size() const { return apart() ? sizeof(Apart) : 0; }

}  // namespace festina::cache
