#include "observe/feed.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/guarded.h"
#include "base/text.h"

namespace festina::observe {
namespace {

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::ranges::any_of(names, [name](const std::string& wanted) {
           return equal_ignoring_case(wanted, name);
         });
}

bool has_status(const std::vector<http::StatusRange>& ranges, http::Status status) {
  return ranges.empty() || std::ranges::any_of(ranges, [status](const http::StatusRange& range) {
           return http::contains(range, status);
         });
}

std::string line_of(const json::Object& object) { return json::to_text(object) + "\n"; }

std::string request_line(const Record& record, FeedKind kind) {
  json::Object line = log_object(record);
  if (kind == FeedKind::workers) line["event"] = "request";
  return line_of(line);
}

}  // namespace

bool wants(const FeedFilter& filter, const Record& record) {
  return is_among(filter.zones, record.zone) && is_among(filter.hosts, record.host) &&
         is_among(filter.colos, record.colo) && is_among(filter.scripts, record.script) &&
         has_status(filter.statuses, record.status);
}

class Feed::Listener {
 public:
  Listener(FeedFilter wanted, FeedKind kind) : filter(std::move(wanted)), kind(kind) {}

  void push(std::string_view line) {
    queue_.with([line](Queue& queue) {
      if (queue.text.size() + line.size() > kMaxWaitingBytes) {
        ++queue.lost;
      } else {
        queue.text += line;
      }
    });
    changed.notify();
  }

  void end() {
    queue_.with([](Queue& queue) { queue.ended = true; });
    changed.notify();
  }

  // All that waits, and then how much was lost. Empty: nothing yet. Nothing: the end.
  std::optional<std::string> take() {
    return queue_.with([this](Queue& queue) -> std::optional<std::string> {
      std::string text = std::exchange(queue.text, {});
      if (const std::uint64_t lost = std::exchange(queue.lost, 0); lost > 0) {
        json::Object line{{"lost", lost}};
        if (kind == FeedKind::workers) line["event"] = "lost";
        text += line_of(line);
      }
      if (text.empty() && queue.ended) return std::nullopt;
      return text;
    });
  }

  const FeedFilter filter;
  const FeedKind kind;
  Signal changed;  // notified when there is something to take

 private:
  struct Queue {
    std::string text;
    std::uint64_t lost = 0;
    bool ended = false;
  };
  Guarded<Queue> queue_;
};

struct Feed::State {
  struct Listeners {
    std::vector<std::shared_ptr<Listener>> all;
    bool ended = false;
  };
  Guarded<Listeners> listeners;
};

// The body of one listener's answer.
class Feed::Lines final : public ByteSource {
 public:
  Lines(Feed& feed, std::shared_ptr<Listener> listener)
      : feed_(feed), listener_(std::move(listener)) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() override {
    if (listener_->kind == FeedKind::workers) --feed_.worker_listeners_;
    feed_.state_->listeners.with([this](State::Listeners& listeners) {
      std::erase(listeners.all, listener_);
      feed_.count_ = listeners.all.size();
    });
  }

  Awaitable<Result<Bytes>> read() override {
    if (std::exchange(is_first_, false)) co_return Bytes::copy_of("\n");
    while (true) {
      const std::uint64_t seen = listener_->changed.version();
      std::optional<std::string> text = listener_->take();
      if (!text) co_return Bytes();
      if (!text->empty()) co_return Bytes::from(std::move(*text));
      if (!co_await listener_->changed.wait_within(kHeartbeat, seen))
        co_return Bytes::copy_of("\n");
    }
  }

 private:
  Feed& feed_;
  std::shared_ptr<Listener> listener_;
  bool is_first_ = true;
};

Feed::Feed() : state_(std::make_unique<State>()) {}
Feed::~Feed() = default;

Result<std::unique_ptr<ByteSource>> Feed::listen(FeedFilter filter, FeedKind kind) {
  auto listener = std::make_shared<Listener>(std::move(filter), kind);
  const Result<> added = state_->listeners.with([&](State::Listeners& listeners) -> Result<> {
    if (listeners.ended) return Error{ErrorCode::exhausted, Side::self, "the node is going"};
    if (listeners.all.size() >= kMaxListeners) {
      return Error{
          ErrorCode::exhausted,
          Side::self,
          "there are " + std::to_string(kMaxListeners) + " listeners already, and no more may be"
      };
    }
    listeners.all.push_back(listener);
    count_ = listeners.all.size();
    return Result<>();
  });
  if (!added) return added.error();
  if (kind == FeedKind::workers) ++worker_listeners_;
  return std::unique_ptr<ByteSource>(std::make_unique<Lines>(*this, std::move(listener)));
}

void Feed::end() {
  state_->listeners.with([](State::Listeners& listeners) {
    listeners.ended = true;
    for (const auto& listener : listeners.all) listener->end();
  });
}

void Feed::tell(const Record& record) {
  if (listeners() == 0) return;
  state_->listeners.with([&record](const State::Listeners& listeners) {
    for (const auto& listener : listeners.all) {
      if (wants(listener->filter, record)) listener->push(request_line(record, listener->kind));
    }
  });
}

void Feed::tell(const Thrown& thrown) {
  if (worker_listeners() == 0) return;
  tell_of_worker(
      thrown.script,
      thrown.colo,
      {{"event", "exception"},
       {"RayID", ray_text(thrown.ray)},
       {"WorkerScriptName", thrown.script},
       {"EdgeColoCode", thrown.colo},
       {"name", thrown.name},
       {"message", thrown.message},
       {"stack", thrown.stack},
       {"timestamp", timestamp(thrown.at)}}
  );
}

void Feed::tell(const Printed& printed) {
  if (worker_listeners() == 0) return;
  tell_of_worker(
      printed.script,
      printed.colo,
      {{"event", "console"},
       {"RayID", ray_text(printed.ray)},
       {"WorkerScriptName", printed.script},
       {"EdgeColoCode", printed.colo},
       {"level", printed.level},
       {"message", printed.message},
       {"timestamp", timestamp(printed.at)}}
  );
}

// What a Worker says belongs to its script and colo; zone, host and status are of requests.
void Feed::tell_of_worker(
    std::string_view script, std::string_view colo, const json::Object& event
) {
  const std::string line = line_of(event);
  state_->listeners.with([&](const State::Listeners& listeners) {
    for (const auto& listener : listeners.all) {
      const bool is_wanted = listener->kind == FeedKind::workers &&
                             is_among(listener->filter.scripts, script) &&
                             is_among(listener->filter.colos, colo);
      if (is_wanted) listener->push(line);
    }
  });
}

bool Feed::wants_console(std::string_view script) const {
  if (worker_listeners() == 0) return false;
  return state_->listeners.with([script](const State::Listeners& listeners) {
    return std::ranges::any_of(listeners.all, [script](const auto& listener) {
      return listener->kind == FeedKind::workers && is_among(listener->filter.scripts, script);
    });
  });
}

}  // namespace festina::observe
