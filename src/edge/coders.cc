#include "edge/coders.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "http/encoder.h"

namespace festina::edge {
namespace {

using http::Coding;
using http::Effort;
using http::Encoder;
using http::Until;

// A complete body, coded; its parts are all at hand.
std::string coded_whole(const cache::Entry& entry, Coding coding) {
  Encoder encoder(coding, Effort::thorough);
  const Body body = entry.open();
  std::string coded = encoder.encode(body.whole.view(), Until::later);
  Bytes part;
  while (body.source && body.source->take_at_hand(std::span(&part, 1)) > 0) {
    coded += encoder.encode(part.view(), Until::later);
  }
  coded += encoder.encode("", Until::end);
  coded.shrink_to_fit();
  return coded;
}

}  // namespace

// Among the bodies that are being coded.
class Coders::Place {
 public:
  explicit Place(std::atomic<std::size_t>& taken) : taken_(&taken) {}
  Place(Place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (taken_) taken_->fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::size_t>* taken_;
};

// What comes from the body is passed on at once, coded: whoever waits for the end of a long answer sees its beginning.
class Coders::Source final : public ByteSource {
 public:
  Source(Body plain, Coding coding, Place place, Coders& coders)
      : plain_(std::move(plain)),
        encoder_(std::make_shared<Encoder>(coding, Effort::quick)),
        place_(std::move(place)),
        coders_(coders) {}

  Awaitable<Result<Bytes>> read() override {
    while (!has_ended_) {
      Result<Bytes> part = co_await next_part();
      if (!part) co_return part.error();
      taken_ += part->size();
      has_ended_ = part->empty();
      const bool is_more_at_hand = !rest_.empty() || !ahead_.empty();
      const Until until = has_ended_ ? Until::end : is_more_at_hand ? Until::later : Until::now;
      std::string coded = co_await encode(std::move(*part), until);
      given_ += coded.size();
      if (has_ended_) coders_.metrics_.count_saved(taken_, given_);
      if (!coded.empty()) co_return Bytes::from(std::move(coded));
    }
    co_return Bytes();
  }

 private:
  // Nothing at the end.
  Awaitable<Result<Bytes>> next_part() {
    if (rest_.empty()) {
      Result<Bytes> next = co_await next_piece();
      if (!next) co_return next.error();
      rest_ = std::move(*next);
      if (plain_.source && !rest_.empty()) plain_.source->take_at_hand(std::span(&ahead_, 1));
    }
    const Bytes part = rest_.slice(0, std::min(rest_.size(), kCodedPart));
    rest_ = rest_.slice(part.size(), rest_.size() - part.size());
    co_return part;
  }

  Awaitable<Result<Bytes>> next_piece() {
    if (!ahead_.empty()) co_return std::exchange(ahead_, {});
    if (plain_.is_whole()) co_return std::exchange(plain_.whole, {});
    co_return co_await plain_.source->read();
  }

  // An encoder may put work off until it must give all so far.
  Awaitable<std::string> encode(Bytes part, Until until) {
    put_off_ += part.size();
    const bool is_little = put_off_ <= kMaxCodedHere;
    if (until != Until::later) put_off_ = 0;
    if (is_little) co_return encoder_->encode(part.view(), until);
    const auto work = [encoder = encoder_, part, until] {
      return encoder->encode(part.view(), until);
    };
    co_return co_await on_pool(coders_.pool_, work);
  }

  Body plain_;
  Bytes rest_;                        // of the piece that was read last
  Bytes ahead_;                       // the next one, if it was at hand
  std::shared_ptr<Encoder> encoder_;  // the pool's work outlives a reader that gives up
  Place place_;
  Coders& coders_;
  std::size_t put_off_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
  bool has_ended_ = false;
};

Coders::Coders(WorkPool& pool, cache::Cache& cache, observe::Metrics& metrics, TaskGroup& tasks)
    : pool_(pool), cache_(cache), metrics_(metrics), tasks_(tasks) {}

std::optional<Coders::Place> Coders::take_place() {
  Place place(coding_);
  if (coding_.fetch_add(1, std::memory_order_relaxed) >= kMaxCoding) return std::nullopt;
  return place;
}

Coders::Coded Coders::code(Body plain, Coding coding) {
  if (plain.is_whole() && plain.whole.size() <= kMaxCodedHere) {
    std::string coded = http::encoded(plain.whole.view(), coding, Effort::quick);
    metrics_.count(observe::Counter::coded_bodies);
    metrics_.count_saved(plain.whole.size(), coded.size());
    return {.body = Body::of(std::move(coded)), .is_coded = true};
  }
  std::optional<Place> place = take_place();
  if (!place) return {.body = std::move(plain), .is_coded = false};
  metrics_.count(observe::Counter::coded_bodies);
  auto source = std::make_unique<Source>(std::move(plain), coding, std::move(*place), *this);
  return {.body = Body::streamed(std::move(source), std::nullopt), .is_coded = true};
}

Coders::Hits& Coders::hits_of(const cache::Entry& entry) {
  return hits_[entry.fingerprint % hits_.size()];
}

bool Coders::count_hit(const cache::Entry& entry) {
  if (entry.is_draft() || entry.coded() || entry.body_size() > cache::kMaxCodedAnew) return false;
  Hits& hits = hits_of(entry);
  if (hits.load(std::memory_order_relaxed) >= kHitsUntilKept) return false;  // it is being coded
  return hits.fetch_add(1, std::memory_order_relaxed) + 1 == kHitsUntilKept;
}

void Coders::keep_coded(const Executor& executor, cache::EntryRef entry, Coding coding) {
  if (keeping_.fetch_add(1, std::memory_order_relaxed) >= kMaxKeeping) {
    keeping_.fetch_sub(1, std::memory_order_relaxed);
    hits_of(*entry).store(0, std::memory_order_relaxed);  // later hits try again
    return;
  }
  tasks_.spawn(executor, code_and_keep(std::move(entry), coding));
}

Awaitable<> Coders::code_and_keep(cache::EntryRef entry, Coding coding) {
  const auto work = [entry, coding] { return coded_whole(*entry, coding); };
  std::string coded = co_await on_pool(pool_, work);
  if (cache_.keep_coded(*entry, coding, Bytes::from(std::move(coded))))
    metrics_.count(observe::Counter::kept_coded);
  keeping_.fetch_sub(1, std::memory_order_relaxed);
  hits_of(*entry).store(0, std::memory_order_relaxed);
}

}  // namespace festina::edge
