#include "net/upstream_pool.h"

#include <algorithm>
#include <list>
#include <unordered_map>

#include "base/guarded.h"

namespace festina::net {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Idle {
  UpstreamAddress address;
  Stream stream;
  SteadyTime since;
  bool forgotten = false;
};
using IdleList = std::list<Idle>;

// The idle connections of one thread, the oldest in front. Every connection that leaves goes to `removed`: the thread
// closes it after the lock is released.
class Shelf {
 public:
  void put(Idle idle, IdleList& removed) {
    const auto same = [&](const Idle& other) { return other.address == idle.address; };
    if (std::ranges::count_if(idle_, same) >= static_cast<std::ptrdiff_t>(kMaxIdlePerUpstream)) {
      remove(std::ranges::find_if(idle_, same), removed);
    }
    if (idle_.size() >= kMaxIdlePerThread) remove(idle_.begin(), removed);
    idle_.push_back(std::move(idle));
  }

  void remove_useless(SteadyTime now, IdleList& removed) {
    for (auto i = idle_.begin(); i != idle_.end();) {
      const auto next = std::next(i);
      if (i->forgotten || now - i->since > kIdleUpstreamFor) remove(i, removed);
      i = next;
    }
  }

  // The one used last: it is the likeliest to be open still.
  bool take_newest(const UpstreamAddress& address, IdleList& taken) {
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& i) {
      return i.address == address;
    });
    if (found == idle_.rend()) return false;
    remove(std::prev(found.base()), taken);
    return true;
  }

  void forget(const UpstreamAddress& address) {
    for (Idle& idle : idle_) idle.forgotten |= idle.address == address;
  }

  std::size_t size() const {
    return static_cast<std::size_t>(std::ranges::count_if(idle_, [](const Idle& i) {
      return !i.forgotten;
    }));
  }

 private:
  void remove(IdleList::iterator position, IdleList& removed) {
    removed.splice(removed.end(), idle_, position);
  }

  IdleList idle_;
};

using Shelves = std::unordered_map<const asio::execution_context*, Shelf>;

}  // namespace

std::string UpstreamAddress::text() const {
  return unix_path.empty() ? host + ":" + std::to_string(port) : "unix:" + unix_path;
}

struct UpstreamPool::State {
  Guarded<Shelves> shelves;
};

UpstreamPool::UpstreamPool() : state_(std::make_unique<State>()) {}
UpstreamPool::~UpstreamPool() = default;

std::optional<Stream> UpstreamPool::take(Executor executor, const UpstreamAddress& address) {
  const auto now = std::chrono::steady_clock::now();
  IdleList removed;  // closed on leaving
  for (;;) {
    IdleList taken;
    const bool found = state_->shelves.with([&](Shelves& shelves) {
      Shelf& shelf = shelves[&executor.context()];
      shelf.remove_useless(now, removed);
      return shelf.take_newest(address, taken);
    });
    if (!found) return {};
    if (!taken.front().stream.is_readable_or_closed()) return std::move(taken.front().stream);
  }
}

void UpstreamPool::give_back(const UpstreamAddress& address, Stream stream) {
  const auto now = std::chrono::steady_clock::now();
  const Executor executor = stream.executor();
  Idle idle{address, std::move(stream), now};
  IdleList removed;  // closed on leaving
  state_->shelves.with([&](Shelves& shelves) {
    Shelf& shelf = shelves[&executor.context()];
    shelf.remove_useless(now, removed);
    shelf.put(std::move(idle), removed);
  });
}

void UpstreamPool::forget(const UpstreamAddress& address) {
  state_->shelves.with([&](Shelves& shelves) {
    for (auto& [thread, shelf] : shelves) shelf.forget(address);
  });
}

std::size_t UpstreamPool::idle() const {
  return state_->shelves.with([](const Shelves& shelves) {
    std::size_t count = 0;
    for (const auto& [thread, shelf] : shelves) count += shelf.size();
    return count;
  });
}

}  // namespace festina::net
