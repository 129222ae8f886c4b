#include "observe/access_log.h"

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace festina::observe {
namespace {

// A disk that cannot follow costs records, never requests.
constexpr std::size_t kMaxQueuedBytes = std::size_t{16} * 1024 * 1024;

// RFC 3339 with milliseconds.
std::string timestamp(TimePoint time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  char text[64];
  std::snprintf(
      text,
      sizeof text,
      "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count())
  );
  return text;
}

}  // namespace

std::string ray_text(std::uint64_t ray) { return to_hex(ray, 16); }

std::string json_line(const Record& record) {
  const std::string query = record.query.empty() ? "" : "?" + std::string(record.query);
  json::Object line{
      {"RayID", ray_text(record.ray)},
      {"ParentRayID", record.parent_ray == 0 ? "00" : ray_text(record.parent_ray)},
      {"ClientRequestSource", name(record.source)},
      {"WorkerSubrequest", record.source == RequestSource::edge_worker_fetch},
      {"WorkerScriptName", record.script},
      {"EdgeColoCode", record.colo},
      {"ZoneName", record.zone},
      {"ClientIP", record.client_address},
      {"ClientRequestMethod", record.method},
      {"ClientRequestScheme", record.scheme},
      {"ClientRequestHost", record.host},
      {"ClientRequestPath", record.path},
      {"ClientRequestURI", std::string(record.path) + query},
      {"CacheCacheStatus", policy::log_value(record.cache_status)},
      {"EdgeResponseStatus", record.status},
      {"OriginResponseStatus", record.origin_status},
      {"EdgeStartTimestamp", timestamp(record.start)},
      {"EdgeEndTimestamp", timestamp(record.end)}
  };
  if (record.body_bytes) line["EdgeResponseBodyBytes"] = *record.body_bytes;
  return json::to_text(line) + "\n";
}

struct AccessLog::State {
  int file = -1;
  std::mutex mutex;
  std::condition_variable changed;
  std::string queued;
  std::uint64_t dropped = 0;
  bool writing = false;
  bool stopping = false;
  std::thread writer;

  void run();
  void put(std::string_view bytes) const;
};

void AccessLog::State::put(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      log::error("access_log.write_failed", {{"error", std::strerror(errno)}});
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void AccessLog::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !queued.empty(); });
    if (queued.empty()) return;
    const std::string batch = std::exchange(queued, {});
    const std::uint64_t lost = std::exchange(dropped, 0);
    writing = true;
    lock.unlock();
    put(batch);
    if (lost > 0) log::warn("access_log.dropped", {{"records", lost}});
    lock.lock();
    writing = false;
    changed.notify_all();
  }
}

AccessLog::AccessLog() = default;

Result<std::unique_ptr<AccessLog>> AccessLog::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file < 0) {
    const ErrorCode code = errno == EACCES ? ErrorCode::permission_denied : ErrorCode::io;
    return Error{
        code, Side::self, "cannot write the access log " + path + ": " + std::strerror(errno)
    };
  }
  auto log = std::make_unique<AccessLog>();
  log->state_ = std::make_unique<State>();
  log->state_->file = file;
  log->state_->writer = std::thread([state = log->state_.get()] { state->run(); });
  return log;
}

AccessLog::~AccessLog() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->writer.join();
  ::close(state_->file);
}

void AccessLog::write(const Record& record) {
  if (!state_) return;
  const std::string line = json_line(record);
  const std::lock_guard lock(state_->mutex);
  if (state_->queued.size() + line.size() > kMaxQueuedBytes) {
    ++state_->dropped;
    return;
  }
  state_->queued += line;
  state_->changed.notify_all();
}

void AccessLog::flush() {
  if (!state_) return;
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->queued.empty() && !state_->writing; });
}

}  // namespace festina::observe
