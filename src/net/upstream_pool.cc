// Everything stands in one book under one lock. What leaves it (connections to close, waiters to wake) is collected and
// dealt with after the lock: closing is a system call, and of a connection the business of its own thread.
#include "net/upstream_pool.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/guarded.h"

namespace festina::net {

using Thread = const asio::execution_context*;

// A request that waits for a place.
struct UpstreamPool::Waiter {
  Waiter(Thread its_thread, std::size_t its_limit) : thread(its_thread), limit(its_limit) {}

  Thread thread;
  std::size_t limit;  // of the upstream, as this request sees it
  Signal given;       // notified when it has its turn
  const std::uint64_t not_given = given.version();
  bool has_turn = false;         // under the book's lock, and so is what follows
  std::optional<Stream> stream;  // the connection that came with the place
};

namespace {

// Closes what left another thread's shelf, where it may be closed.
void close_on_its_thread(IdleList& removed) {
  for (Idle& idle : removed) {
    const Executor executor = idle.stream.executor();
    asio::post(executor, [stream = std::move(idle.stream)]() mutable { stream.close(); });
  }
  removed.clear();
}

}  // namespace

struct UpstreamPool::State {
  using SharedWaiter = std::shared_ptr<Waiter>;
  struct Line {
    std::size_t open = 0;
    std::deque<SharedWaiter> waiting;
  };
  struct Book {
    std::unordered_map<Thread, Shelf> shelves;
    std::unordered_map<std::string, Line> lines;  // by connection key
  };
  // What a change of the book leaves to do without its lock.
  struct Rest {
    IdleList closed;
    IdleList closed_elsewhere;
    std::vector<SharedWaiter> given;
  };
  // What a request gets when it asks for a place: a place with or without a connection, a place in line, or nothing.
  struct Asked {
    bool has_place = false;
    std::optional<Stream> stream = {};
    SharedWaiter waiter = nullptr;
  };

  template <class Change>
  auto change(Change change_book) {
    Rest rest;
    auto result = book_.with([&](Book& book) { return change_book(book, rest); });
    for (const SharedWaiter& waiter : rest.given) waiter->given.notify();
    close_on_its_thread(rest.closed_elsewhere);
    return result;
  }

  // All that follows is done to the book under its lock.

  // A place of this upstream is free: for the first who waits, or for nobody.
  static void free_place(Book& book, const std::string& key, Rest& rest) {
    Line& line = book.lines.at(key);
    if (!line.waiting.empty() && line.open <= line.waiting.front()->limit) {
      give_turn(line, rest);
      return;
    }
    --line.open;
    forget_unused(book, key);
  }

  static Waiter& give_turn(Line& line, Rest& rest) {
    Waiter& first = *rest.given.emplace_back(std::move(line.waiting.front()));
    line.waiting.pop_front();
    first.has_turn = true;
    return first;
  }

  static void forget_unused(Book& book, const std::string& key) {
    const Line& line = book.lines.at(key);
    if (line.open == 0 && line.waiting.empty()) book.lines.erase(key);
  }

  static void close_idle(Book& book, IdleList removed, Rest& rest) {
    for (const Idle& idle : removed) free_place(book, idle.key, rest);
    rest.closed.splice(rest.closed.end(), removed);
  }

  // The thread's idle connections, without those that are of no use any more.
  static Shelf& shelf_of(Book& book, Thread thread, Rest& rest) {
    Shelf& shelf = book.shelves[thread];
    close_idle(book, shelf.take_expired(std::chrono::steady_clock::now()), rest);
    return shelf;
  }

  // Its place is another connection's from now on.
  static bool take_idle_elsewhere(Book& book, const std::string& key, Rest& rest) {
    for (auto& [thread, shelf] : book.shelves) {
      rest.closed_elsewhere.splice(rest.closed_elsewhere.end(), shelf.take_oldest(key));
      if (!rest.closed_elsewhere.empty()) return true;
    }
    return false;
  }

  // Who comes when others wait stands in line behind them.
  static Asked ask(
      Book& book, Rest& rest, Thread thread, const std::string& key, std::size_t limit
  ) {
    Shelf& shelf = shelf_of(book, thread, rest);
    Line& line = book.lines[key];
    if (line.waiting.empty()) {
      IdleList idle = shelf.take_newest(key);
      if (!idle.empty()) return {true, std::move(idle.front().stream)};
      if (line.open < limit) {
        ++line.open;
        return {true};
      }
      if (take_idle_elsewhere(book, key, rest)) return {true};
    }
    if (line.waiting.size() >= kMaxQueuedPerUpstream) return {};
    line.waiting.push_back(std::make_shared<Waiter>(thread, limit));
    return {.waiter = line.waiting.back()};
  }

  // Another idle connection for who has a place already.
  static std::optional<Stream> another(
      Book& book, Rest& rest, Thread thread, const std::string& key
  ) {
    IdleList idle = book.shelves[thread].take_newest(key);
    if (idle.empty()) return {};
    free_place(book, key, rest);
    return std::move(idle.front().stream);
  }

  // A connection and its place are free again.
  static void keep(Book& book, Rest& rest, Thread thread, Idle idle) {
    Shelf& shelf = shelf_of(book, thread, rest);
    Line& line = book.lines.at(idle.key);
    if (line.waiting.empty()) {
      return close_idle(book, shelf.put(std::move(idle)), rest);
    }
    Waiter& first = give_turn(line, rest);
    if (first.thread == thread) {
      first.stream = std::move(idle.stream);
    } else {
      rest.closed.push_back(std::move(idle));
    }
  }

  Guarded<Book> book_;
};

// A wait that may end in every way: with a turn, without one, or by being cancelled.
class UpstreamPool::Waiting {
 public:
  Waiting(std::shared_ptr<State> state, std::string key, std::shared_ptr<Waiter> waiter)
      : state_(std::move(state)), key_(std::move(key)), waiter_(std::move(waiter)) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { end(); }  // NOLINT(bugprone-exception-escape): without memory the process ends

  // The turn, if it came; from here on the request waits no more.
  std::optional<Turn> end() {
    const auto waiter = std::exchange(waiter_, nullptr);
    if (!waiter) return {};
    const bool has_turn = state_->change([&](State::Book& book, State::Rest&) {
      if (waiter->has_turn) return true;
      std::erase(book.lines.at(key_).waiting, waiter);
      State::forget_unused(book, key_);
      return false;
    });
    if (!has_turn) return {};
    return Turn{Place(state_, key_), std::move(waiter->stream)};
  }

 private:
  std::shared_ptr<State> state_;
  std::string key_;
  std::shared_ptr<Waiter> waiter_;
};

UpstreamPool::Place& UpstreamPool::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = std::move(other.pool_);
    key_ = std::move(other.key_);
  }
  return *this;
}

UpstreamPool::Place::~Place() { release(); }

void UpstreamPool::Place::release() {
  if (const auto pool = std::exchange(pool_, nullptr)) {
    pool->change([&](State::Book& book, State::Rest& rest) {
      State::free_place(book, key_, rest);
      return true;
    });
  }
}

UpstreamPool::UpstreamPool() : state_(std::make_shared<State>()) {}
// Places may outlive the pool; idle connections may not, for their io_contexts go next.
UpstreamPool::~UpstreamPool() {
  state_->book_.with([](State::Book& book) { book.shelves.clear(); });
}

Awaitable<Result<UpstreamPool::Turn>> UpstreamPool::take(const Upstream& upstream) {
  const Executor executor = co_await asio::this_coro::executor;
  const Thread thread = &executor.context();
  const std::string key = connection_key(upstream.address, upstream.tls);
  State::Asked asked = state_->change([&](State::Book& book, State::Rest& rest) {
    return State::ask(book, rest, thread, key, upstream.max_connections);
  });
  if (asked.waiter) co_return co_await wait_in_line(upstream, key, std::move(asked.waiter));
  if (!asked.has_place) {
    co_return Error{ErrorCode::exhausted, upstream.side, "too many requests wait for a connection"};
  }
  Turn turn{Place(state_, key), std::move(asked.stream)};
  while (turn.stream && turn.stream->is_readable_or_closed()) {
    turn.stream = state_->change([&](State::Book& book, State::Rest& rest) {
      return State::another(book, rest, thread, key);
    });
  }
  co_return turn;
}

Awaitable<Result<UpstreamPool::Turn>> UpstreamPool::wait_in_line(
    const Upstream& upstream, const std::string& key, std::shared_ptr<Waiter> waiter
) {
  Waiting waiting(state_, key, waiter);
  co_await waiter->given.wait_within(upstream.timeouts.connect, waiter->not_given);
  if (auto turn = waiting.end()) co_return std::move(*turn);
  co_return Error{
      ErrorCode::connect_timed_out,
      upstream.side,
      "all " + std::to_string(upstream.max_connections) + " connections stayed in use"
  };
}

void UpstreamPool::give_back(Place place, Stream stream) {
  const Executor executor = stream.executor();
  place.pool_ = nullptr;  // it goes with the connection
  Idle idle{std::move(place.key_), std::move(stream), std::chrono::steady_clock::now()};
  state_->change([&](State::Book& book, State::Rest& rest) {
    State::keep(book, rest, &executor.context(), std::move(idle));
    return true;
  });
}

std::size_t UpstreamPool::idle() const {
  return state_->book_.with([](const State::Book& book) {
    std::size_t count = 0;
    for (const auto& [thread, shelf] : book.shelves) count += shelf.size();
    return count;
  });
}

std::size_t UpstreamPool::open(const std::string& key) const {
  return state_->book_.with([&](const State::Book& book) {
    const auto line = book.lines.find(key);
    return line == book.lines.end() ? 0 : line->second.open;
  });
}

std::size_t UpstreamPool::waiting() const {
  return state_->book_.with([](const State::Book& book) {
    std::size_t count = 0;
    for (const auto& [key, line] : book.lines) count += line.waiting.size();
    return count;
  });
}

}  // namespace festina::net
