#include "net/shelf.h"

#include <algorithm>

namespace festina::net {

IdleList Shelf::taken(IdleList::iterator position) {
  IdleList one;
  if (position != idle_.end()) one.splice(one.end(), idle_, position);
  return one;
}

IdleList Shelf::put(Idle idle) {
  const auto alike = std::ranges::count(idle_, idle.key, &Idle::key);
  IdleList gone;
  if (alike >= static_cast<std::ptrdiff_t>(kMaxIdlePerUpstream)) gone = take_oldest(idle.key);
  if (idle_.size() >= kMaxIdlePerThread) gone.splice(gone.end(), idle_, idle_.begin());
  idle_.push_back(std::move(idle));
  return gone;
}

IdleList Shelf::take_expired(std::chrono::steady_clock::time_point now) {
  const auto first_fresh =
      std::ranges::find_if(idle_, [&](const Idle& i) { return now - i.since <= kIdleUpstreamFor; });
  IdleList expired;
  expired.splice(expired.end(), idle_, idle_.begin(), first_fresh);
  return expired;
}

IdleList Shelf::take_newest(const std::string& key) {
  const auto found =
      std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& i) { return i.key == key; });
  return taken(found == idle_.rend() ? idle_.end() : std::prev(found.base()));
}

IdleList Shelf::take_oldest(const std::string& key) {
  return taken(std::ranges::find(idle_, key, &Idle::key));
}

}  // namespace festina::net
