// One list of what is kept serves both ways, so that they cannot disagree. It takes the structures apart by their
// members: who adds one is made to decide here whether it is kept.
#include "cache/packed_facts.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "base/errors.h"

namespace festina::cache {
namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kTransformableBits = 2;
static_assert(static_cast<unsigned>(policy::Transformable::by_decoding) < 1U << kTransformableBits);
constexpr std::uint32_t kSourceBits = 3;
static_assert(static_cast<unsigned>(http::DirectiveSource::replaced) < 1U << kSourceBits);

constexpr std::int32_t saturated(std::int64_t number) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(number, Limits::min(), Limits::max()));
}

class Packer {
 public:
  explicit Packer(TimePoint arrival) : arrival_(floor<seconds>(arrival)) {}

  void flag(const bool& set) { add_flags(set ? 1 : 0, 1); }
  void source(const http::DirectiveSource& source) {
    add_flags(static_cast<std::uint32_t>(source), kSourceBits);
  }
  void transformable(const policy::Transformable& what) {
    add_flags(static_cast<std::uint32_t>(what), kTransformableBits);
  }
  void delta(const seconds& delta) { add(delta != seconds{0}, delta.count()); }
  void delta(const std::optional<seconds>& delta) {
    add(delta.has_value(), delta.value_or(seconds{0}).count());
  }
  void delay(const milliseconds& delay) { add(delay != milliseconds{0}, delay.count()); }
  void date(const std::optional<TimePoint>& date) {
    add(date.has_value(), date ? (floor<seconds>(*date) - arrival_).count() : 0);
  }

  const PackedFacts& packed() const { return packed_; }

 private:
  void add_flags(std::uint32_t bits, std::uint32_t width) {
    packed_.bits |= bits << flags_;
    flags_ += width;
    check(flags_ <= PackedFacts::kFirstNumber, "there are bits for all flags");
  }
  void add(bool is_there, std::int64_t number) {
    check(places_ + 1 < PackedFacts::kMaxNumbers, "there are places for all numbers");
    const std::size_t place = places_++;
    if (!is_there) return;
    packed_.bits |= 1U << (PackedFacts::kFirstNumber + place);
    packed_.numbers.at(count_++) = saturated(number);
  }

  std::chrono::sys_time<seconds> arrival_;
  PackedFacts packed_;
  std::uint32_t flags_ = 0;
  std::size_t places_ = 0;
  std::size_t count_ = 0;
};

class Unpacker {
 public:
  Unpacker(std::uint32_t bits, const std::int32_t* numbers, TimePoint arrival)
      : flags_(bits),
        announced_(bits >> PackedFacts::kFirstNumber),
        next_(numbers),
        arrival_(floor<seconds>(arrival)) {}

  void flag(bool& set) { set = take_flags(1) != 0; }
  void source(http::DirectiveSource& source) {
    source = static_cast<http::DirectiveSource>(take_flags(kSourceBits));
  }
  void transformable(policy::Transformable& what) {
    what = static_cast<policy::Transformable>(take_flags(kTransformableBits));
  }
  void delta(seconds& delta) { delta = seconds{take().value_or(0)}; }
  void delta(std::optional<seconds>& delta) {
    if (const auto number = take()) delta = seconds{*number};
  }
  void delay(milliseconds& delay) { delay = milliseconds{take().value_or(0)}; }
  void date(std::optional<TimePoint>& date) {
    if (const auto number = take()) date = arrival_ + seconds{*number};
  }

 private:
  std::uint32_t take_flags(std::uint32_t width) {
    return std::exchange(flags_, flags_ >> width) & ((1U << width) - 1);
  }
  std::optional<std::int32_t> take() {
    const bool is_there = (std::exchange(announced_, announced_ >> 1) & 1) != 0;
    return is_there ? std::optional(*next_++) : std::nullopt;
  }

  std::uint32_t flags_;
  std::uint32_t announced_;
  const std::int32_t* next_;
  std::chrono::sys_time<seconds> arrival_;
};

// `Facts` and what is in it are const for one way and not for the other.
template <class Facts, class Date, class Codec>
void carry(Facts& facts, Date& own_date, Codec& codec) {
  auto& [edge, date, last_modified, expires, has_expires, age, apparent_age, has_etag, transformable] =
      facts;
  auto& [directives, source] = edge;
  [[maybe_unused]] auto& [no_store, no_cache, is_private, is_public, must_revalidate, proxy_revalidate, must_understand, no_transform, immutable, only_if_cached, max_age, s_maxage, stale_while_revalidate, stale_if_error, max_stale, min_fresh, private_fields, no_cache_fields] =
      directives;
  codec.source(source);
  codec.flag(no_store);
  codec.flag(no_cache);
  codec.flag(is_private);
  codec.flag(is_public);
  codec.flag(must_revalidate);
  codec.flag(proxy_revalidate);
  codec.flag(must_understand);
  codec.flag(no_transform);
  codec.flag(immutable);
  codec.flag(has_expires);
  codec.flag(has_etag);
  codec.transformable(transformable);
  codec.delta(max_age);
  codec.delta(s_maxage);
  codec.delta(stale_while_revalidate);
  codec.delta(stale_if_error);
  codec.delta(age);
  codec.delta(apparent_age);
  codec.date(own_date);
  codec.date(last_modified);
  codec.date(expires);
}

}  // namespace

PackedFacts pack(const policy::StoredResponse& stored) {
  const auto& [status, facts, request_time, response_time, explicit_ttl] = stored;
  Packer packer(response_time);
  // A response without a date of its own was generated when it arrived.
  std::optional<TimePoint> date;
  if (facts.date != response_time) date = facts.date;
  carry(facts, date, packer);
  packer.delta(explicit_ttl);
  packer.delay(response_time - request_time);
  return packer.packed();
}

policy::StoredResponse unpack(
    std::uint32_t bits, const std::int32_t* numbers, http::Status status, TimePoint response_time
) {
  policy::StoredResponse stored;
  stored.status = status;
  stored.response_time = response_time;
  Unpacker unpacker(bits, numbers, response_time);
  std::optional<TimePoint> date;
  carry(stored.facts, date, unpacker);
  stored.facts.date = date.value_or(response_time);
  unpacker.delta(stored.explicit_ttl);
  milliseconds delay{0};
  unpacker.delay(delay);
  stored.request_time = response_time - delay;
  return stored;
}

}  // namespace festina::cache
