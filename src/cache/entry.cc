#include "cache/entry.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "cache/header_lines.h"

namespace festina::cache {
namespace {

// The highest bits, which the facts leave to others.
constexpr std::uint32_t kHasApart = 1U << 31;
constexpr std::uint32_t kHasTarget = 1U << 30;
constexpr std::uint32_t kHasLength = 1U << 29;  // the head said it, and so long the body is

// What malloc adds to a piece of memory.
constexpr std::uint64_t kAllocationHeader = 8;
// A slot of the index and one of each table of ghosts, at their usual load.
constexpr std::uint64_t kIndexCharge = 48;

constexpr std::uint64_t in_units(std::uint64_t bytes) {
  return (bytes + kChargeUnit - 1) / kChargeUnit * kChargeUnit;
}

std::vector<std::uint64_t> tag_hashes(const http::Headers& headers, const KeyedHash& hash) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& tag : policy::cache_tags(headers)) hashes.push_back(tag_hash(hash, tag));
  std::ranges::sort(hashes);
  const auto repeated = std::ranges::unique(hashes);
  hashes.erase(repeated.begin(), repeated.end());
  return hashes;
}

}  // namespace

// What an entry is built from. Views are copied.
struct Entry::Parts {
  const ZonePurges* zone = nullptr;
  std::uint64_t passed = 0;
  std::uint32_t bits = 0;
  http::Status status = 200;
  TimePoint response_time{};
  std::optional<Apart> apart{};
  std::span<const std::uint64_t> tags{};
  std::span<const std::int32_t> numbers{};
  std::string_view key{};
  std::string_view target{};
  std::string_view shown{};
  std::string_view hidden{};
  std::string_view body{};

  std::size_t size() const {
    return (apart ? sizeof(Apart) : 0) + tags.size_bytes() + numbers.size_bytes() + key.size() +
           target.size() + shown.size() + hidden.size() + body.size();
  }
};

static_assert(sizeof(Entry) == 88, "every stored response has one: grow it knowingly");

void* Entry::operator new(std::size_t own, std::size_t more) { return ::operator new(own + more); }

EntryRef Entry::build(Parts parts) {
  const std::size_t more = parts.size();
  return EntryRef(new (more) Entry(parts));
}

Entry::Entry(Parts& parts)
    : EntryBits{parts.bits},
      tag_count_(static_cast<std::uint16_t>(parts.tags.size())),
      passed_(parts.passed),
      zone_(parts.zone),
      response_time_(parts.response_time),
      key_size_(static_cast<std::uint32_t>(parts.key.size())),
      shown_size_(static_cast<std::uint32_t>(parts.shown.size())),
      hidden_size_(static_cast<std::uint32_t>(parts.hidden.size())),
      body_size_(static_cast<std::uint16_t>(parts.body.size())),
      status_(parts.status) {
  char* place = const_cast<char*>(behind());
  const auto write = [&place](const void* from, std::size_t size) {
    if (size > 0) std::memcpy(place, from, size);
    place += size;
  };
  if (parts.apart) {
    new (place) Apart(*std::move(parts.apart));
    place += sizeof(Apart);
  }
  write(parts.tags.data(), parts.tags.size_bytes());
  write(parts.numbers.data(), parts.numbers.size_bytes());
  for (const std::string_view text :
       {parts.key, parts.target, parts.shown, parts.hidden, parts.body})
    write(text.data(), text.size());
}

Entry::~Entry() {
  if (apart()) apart()->~Apart();
}

EntryRef Entry::make(EntryHead head, std::shared_ptr<StoredBody> body) {
  check(body != nullptr, "an entry has a body, if an empty one");
  PackedFacts facts = pack({
      .status = head.response.status,
      .facts = std::move(head.facts),
      .request_time = head.request_time,
      .response_time = head.response_time,
      .explicit_ttl = head.explicit_ttl,
  });
  std::vector<std::int32_t> numbers(
      facts.numbers.begin(), facts.numbers.begin() + number_count(facts.bits)
  );
  std::string target = target_of(head.url);
  facts.bits |= kHasApart;
  if (target == target_in_key(head.key.text)) {
    target.clear();
  } else {
    facts.bits |= kHasTarget;
    numbers.push_back(static_cast<std::int32_t>(target.size()));
  }
  const http::Status status = head.response.status;
  const HeaderText header = header_text(std::move(head.response));
  return build({
      .passed = head.born.sequence,
      .bits = facts.bits,
      .status = status,
      .response_time = head.response_time,
      .apart =
          Apart{
              .body = std::move(body),
              .born = head.born,
              .zone = std::move(head.key.zone),
              .length = head.length
          },
      .numbers = numbers,
      .key = head.key.text,
      .target = target,
      .shown = header.shown,
      .hidden = header.hidden,
  });
}

EntryRef Entry::settled(const ZonePurges& zone, const KeyedHash& hash) const {
  check(zone_ == nullptr && apart()->body->state() == BodyState::complete, "a complete draft");
  check(zone.id() == apart()->zone, "an entry settles in its own zone");
  const std::vector<std::uint64_t> tags = tag_hashes(headers({http::Name::cache_tag}), hash);
  const std::optional<Bytes> body = apart()->body->whole();
  const bool goes_inside = body && body->size() <= kMaxBodyInside;
  return build({
      .zone = &zone,
      .passed = passed(),
      .bits = (goes_inside ? bits & ~kHasApart : bits) | (apart()->length ? kHasLength : 0),
      .status = status_,
      .response_time = response_time_,
      .apart = goes_inside ? std::nullopt : std::optional(Apart{.body = apart()->body}),
      .tags = tags,
      .numbers = {numbers(), numbers_size() / sizeof(std::int32_t)},
      .key = key_text(),
      .target = text(key_size_, target_size()),
      .shown = shown(),
      .hidden = hidden(),
      .body = goes_inside ? body->view() : std::string_view(),
  });
}

bool Entry::is_under(const policy::CacheKey& key) const {
  return key_text() == key.text && zone().id() == key.zone;
}

std::string_view Entry::target() const {
  if (bits & kHasTarget) return text(key_size_, target_size());
  return target_in_key(key_text());
}

const ZonePurges& Entry::zone() const {
  check(zone_ != nullptr, "a draft is in no zone's cache");
  return *zone_;
}

std::string_view Entry::zone_id() const {
  return zone_ != nullptr ? zone_->id() : std::string_view(apart()->zone);
}

std::span<const std::uint64_t> Entry::tags() const {
  return {reinterpret_cast<const std::uint64_t*>(behind() + tags_offset()), tag_count_};
}

const Birth& Entry::born() const {
  check(zone_ == nullptr, "the birth of a settled entry is over");
  return apart()->born;
}

policy::StoredResponse Entry::stored() const {
  return unpack(bits, numbers(), status_, response_time_);
}

http::Headers Entry::headers() const {
  http::Headers headers;
  for (std::string_view lines : {without_status_line(shown()), hidden()}) {
    while (const auto field = take_line(lines)) headers.add(field->name_text, field->value);
  }
  return headers;
}

http::Headers Entry::headers(std::initializer_list<http::Name> names) const {
  http::Headers headers;
  for (std::string_view lines : {without_status_line(shown()), hidden()}) {
    while (const auto field = take_line(lines)) {
      if (std::ranges::find(names, field->name) != names.end())
        headers.add(field->name_text, field->value);
    }
  }
  return headers;
}

std::optional<std::string_view> Entry::field(http::Name name) const {
  std::string_view lines =
      is_hidden(name, http::spelling(name)) ? hidden() : without_status_line(shown());
  while (const auto field = take_line(lines)) {
    if (field->name == name) return field->value;
  }
  return std::nullopt;
}

Bytes Entry::prepared() const { return Bytes::part_of(*this, shown()); }

Body Entry::open() const {
  if (const Apart* outside = apart()) return open_body(outside->body, outside->length);
  return Body::of(Bytes::part_of(*this, body_inside()));
}

bool Entry::is_growing() const { return apart() && apart()->body->state() == BodyState::growing; }

std::uint64_t Entry::body_size() const { return apart() ? apart()->body->size() : body_size_; }

Body Entry::open(http::ByteRange range) const {
  if (const Apart* outside = apart()) return open_slice(outside->body, range.first, range.size());
  return Body::of(Bytes::part_of(*this, body_inside().substr(range.first, range.size())));
}

std::optional<std::uint64_t> Entry::announced_length() const {
  if (zone_ == nullptr) return apart()->length;
  return bits & kHasLength ? std::optional(body_size()) : std::nullopt;
}

http::Representation Entry::representation() const {
  const bool is_complete = !apart() || apart()->body->state() == BodyState::complete;
  return {
      .status = status(),
      .validators = {.etag = field(http::Name::etag), .last_modified = facts().last_modified},
      .length = is_complete ? body_size() : announced_length(),
      .is_coded = field(http::Name::content_encoding).has_value()
  };
}

http::Headers Entry::shown_headers() const {
  http::Headers headers;
  std::string_view lines = without_status_line(shown());
  while (const auto field = take_line(lines)) headers.add(field->name_text, field->value);
  return headers;
}

std::uint64_t Entry::charge() const {
  const std::string_view end = body_inside();
  const auto size = static_cast<std::uint64_t>(end.data() + end.size() - behind()) + sizeof(Entry);
  std::uint64_t charge = in_units(size + kAllocationHeader);
  if (apart()) {
    check(apart()->body->state() == BodyState::complete, "only what is complete is charged");
    charge += in_units(apart()->body->footprint());
  }
  return charge + kIndexCharge;
}

EntryRef Entry::with_head(EntryHead head) const {
  head.length = announced_length();
  if (apart()) return make(std::move(head), apart()->body);
  auto body = std::make_shared<StoredBody>();
  body->append(Bytes::part_of(*this, body_inside()));
  body->complete();
  return make(std::move(head), std::move(body));
}

const Entry::Apart* Entry::apart() const {
  return bits & kHasApart ? reinterpret_cast<const Apart*>(behind()) : nullptr;
}

std::size_t Entry::tags_offset() const { return bits & kHasApart ? sizeof(Apart) : 0; }

const std::int32_t* Entry::numbers() const {
  return reinterpret_cast<const std::int32_t*>(
      behind() + tags_offset() + tag_count_ * sizeof(std::uint64_t)
  );
}

// The size of the target, if there is one, is the last of the numbers.
std::size_t Entry::numbers_size() const {
  return (number_count(bits) + (bits & kHasTarget ? 1 : 0)) * sizeof(std::int32_t);
}

std::size_t Entry::target_size() const {
  return bits & kHasTarget ? static_cast<std::size_t>(numbers()[number_count(bits)]) : 0;
}

std::string_view Entry::text(std::size_t offset, std::size_t size) const {
  return {reinterpret_cast<const char*>(numbers()) + numbers_size() + offset, size};
}

std::string_view Entry::shown() const { return text(key_size_ + target_size(), shown_size_); }

std::string_view Entry::hidden() const {
  return text(key_size_ + target_size() + shown_size_, hidden_size_);
}

std::string_view Entry::body_inside() const {
  return text(key_size_ + target_size() + shown_size_ + hidden_size_, body_size_);
}

}  // namespace festina::cache
