#include "cache/collapse.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <unordered_map>

#include "base/guarded.h"

namespace festina::cache {
namespace {

// Keys by hash: a collision costs a request its collapsing, nothing else. All are remembered equally long, so that the
// order in which they came is the order in which they go.
class Uncacheable {
 public:
  void add(std::uint64_t key, policy::Reason reason, TimePoint now) {
    const TimePoint until = now + kUncacheableFor;
    marks_.push_back({key, until});
    known_[key] = {until, reason};
    while (marks_.size() > kMaxUncacheableKeys || marks_.front().until <= now) forget_oldest();
  }

  std::optional<policy::Reason> reason(std::uint64_t key, TimePoint now) const {
    const auto found = known_.find(key);
    if (found == known_.end() || now >= found->second.until) return std::nullopt;
    return found->second.reason;
  }

  void remove(std::uint64_t key) { known_.erase(key); }

  std::size_t size() const { return known_.size(); }

 private:
  struct Mark {
    std::uint64_t key;
    TimePoint until;
  };

  struct Known {
    TimePoint until;
    policy::Reason reason = policy::Reason::not_eligible;
  };

  void forget_oldest() {
    const auto found = known_.find(marks_.front().key);
    if (found != known_.end() && found->second.until == marks_.front().until) known_.erase(found);
    marks_.pop_front();
  }

  std::deque<Mark> marks_;
  boost::unordered_flat_map<std::uint64_t, Known> known_;
};

struct Running {
  std::shared_ptr<Fill> fill;
  bool joinable = false;
};

struct KeyHasher {
  KeyedHash hash;
  std::size_t operator()(const policy::CacheKey& key) const { return hash.hash64(key.text); }
};

struct Table {
  explicit Table(const KeyedHash& hash) : running(0, KeyHasher{hash}) {}

  // The one newcomers find. A fill that was overtaken by a purge runs on, but is not here any more.
  std::unordered_map<policy::CacheKey, Running, KeyHasher> running;
  Uncacheable uncacheable;
  std::size_t in_flight = 0;
};

}  // namespace

struct Collapse::State {
  State(const PurgeTable& table_of_purges, const KeyedHash& keyed_hash, const Clock& time)
      : purges(table_of_purges), hash(keyed_hash), clock(time), table(Table(keyed_hash)) {}

  // The fill in flight that still counts.
  const Running* current(const Table& all, const policy::CacheKey& key, TimePoint now) const {
    const auto found = all.running.find(key);
    if (found == all.running.end()) return nullptr;
    const Fill& fill = *found->second.fill;
    const bool hangs = now - fill.started() >= kMaxWaitForHead && !fill.is_settled();
    return hangs || purges.has_purged(key, fill.born()) ? nullptr : &found->second;
  }

  static std::shared_ptr<Fill> start(
      Table& all, const policy::CacheKey& key, const Birth& born, TimePoint now, bool joinable
  ) {
    auto fill = std::make_shared<Fill>(key, born, now);
    all.running.insert_or_assign(key, Running{fill, joinable});
    ++all.in_flight;
    return fill;
  }

  const PurgeTable& purges;
  KeyedHash hash;
  const Clock& clock;
  Guarded<Table> table;
};

Collapse::Collapse(const PurgeTable& purges, const KeyedHash& hash, const Clock& clock)
    : state_(std::make_unique<State>(purges, hash, clock)) {}

Collapse::~Collapse() = default;

Joined Collapse::join_or_start(const policy::CacheKey& key, const Birth& born) {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](Table& all) -> Joined {
    if (all.uncacheable.reason(state_->hash.hash64(key.text), now)) return {};
    const Running* running = state_->current(all, key, now);
    const bool joined = running && running->joinable && running->fill->take_seat();
    if (joined) return {.fill = running->fill, .started = false};
    Joined started{.fill = State::start(all, key, born, now, true), .started = true};
    started.fill->take_seat();
    return started;
  });
}

std::shared_ptr<Fill> Collapse::start_unjoinable(const policy::CacheKey& key, const Birth& born) {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](Table& all) -> std::shared_ptr<Fill> {
    if (state_->current(all, key, now)) return nullptr;
    return State::start(all, key, born, now, false);
  });
}

bool Collapse::is_under_way(const policy::CacheKey& key) const {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](const Table& all) {
    const Running* running = state_->current(all, key, now);
    return running && running->joinable;
  });
}

void Collapse::finish(const Fill& fill, std::optional<policy::Reason> uncacheable) {
  const TimePoint now = state_->clock.now();
  state_->table.with([&](Table& all) {
    const auto found = all.running.find(fill.key());
    if (found != all.running.end() && found->second.fill.get() == &fill) all.running.erase(found);
    --all.in_flight;
    if (uncacheable) all.uncacheable.add(state_->hash.hash64(fill.key().text), *uncacheable, now);
  });
}

std::optional<policy::Reason> Collapse::why_uncacheable(const policy::CacheKey& key) const {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](const Table& all) {
    return all.uncacheable.reason(state_->hash.hash64(key.text), now);
  });
}

// What outgrew the cache says nothing of it in its head, and will do so again.
bool Collapse::forget_uncacheable(const policy::CacheKey& key) {
  const TimePoint now = state_->clock.now();
  const std::uint64_t hash = state_->hash.hash64(key.text);
  return state_->table.with([&](Table& all) {
    const auto reason = all.uncacheable.reason(hash, now);
    const bool is_too_large =
        reason == policy::Reason::too_large || reason == policy::Reason::larger_than_cache;
    if (!reason || is_too_large) return false;
    all.uncacheable.remove(hash);
    return true;
  });
}

void Collapse::detach(const policy::CacheKey& key) {
  state_->table.with([&](Table& all) { all.running.erase(key); });
}

std::size_t Collapse::in_flight() const {
  return state_->table.with([](const Table& all) { return all.in_flight; });
}

std::size_t Collapse::uncacheable() const {
  return state_->table.with([](const Table& all) { return all.uncacheable.size(); });
}

}  // namespace festina::cache
