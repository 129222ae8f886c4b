#include "observe/access_log.h"

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/log.h"

namespace festina::observe {
namespace {

// Records for one file, in order.
struct Batch {
  std::shared_ptr<const LogFile> file;
  std::string lines;
};

}  // namespace

struct AccessLog::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<const LogFile> file;  // of the next record
  std::deque<Batch> queue;
  std::size_t queued_bytes = 0;
  std::uint64_t dropped = 0;
  bool writing = false;
  bool stopping = false;
  bool has_torn_line = false;  // of the writer alone: the last write ended within a line
  std::thread writer;

  void run();
  void put(Batch);
};

// A disk that fails costs these records; the next ones try again, on a line of their own.
void AccessLog::State::put(Batch batch) {
  if (has_torn_line) batch.lines.insert(0, "\n");
  std::string_view rest = batch.lines;
  while (!rest.empty()) {
    const ssize_t n = ::write(batch.file->descriptor(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      log::error("access_log.write_failed", {{"error", std::strerror(errno)}});
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  const std::size_t written = batch.lines.size() - rest.size();
  if (written > 0) has_torn_line = batch.lines[written - 1] != '\n';
}

void AccessLog::State::run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !queue.empty(); });
    if (queue.empty()) return;
    Batch batch = std::move(queue.front());
    queue.pop_front();
    queued_bytes -= batch.lines.size();
    const std::uint64_t lost = std::exchange(dropped, 0);
    writing = true;
    lock.unlock();
    put(std::move(batch));
    if (lost > 0) log::warn("access_log.dropped", {{"records", lost}});
    lock.lock();
    writing = false;
    changed.notify_all();
  }
}

LogFile::~LogFile() { ::close(descriptor_); }

Result<std::shared_ptr<const LogFile>> LogFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file >= 0) return std::make_shared<const LogFile>(file);
  const ErrorCode code = errno == EACCES ? ErrorCode::permission_denied : ErrorCode::io;
  return Error{
      code, Side::self, "cannot write the access log " + path + ": " + std::strerror(errno)
  };
}

AccessLog::AccessLog() : state_(std::make_unique<State>()) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  if (state_->writer.joinable()) state_->writer.join();
}

void AccessLog::use(std::shared_ptr<const LogFile> file) {
  enabled_ = file != nullptr;
  const std::lock_guard lock(state_->mutex);
  state_->file = std::move(file);
  if (!state_->writer.joinable())
    state_->writer = std::thread([state = state_.get()] { state->run(); });
}

void AccessLog::write(const Record& record) {
  if (!enabled()) return;
  const std::string line = json_line(record);
  const std::lock_guard lock(state_->mutex);
  if (!state_->file) return;
  if (state_->queued_bytes + line.size() > kMaxQueuedBytes) {
    ++state_->dropped;
    return;
  }
  if (state_->queue.empty() || state_->queue.back().file != state_->file)
    state_->queue.push_back({state_->file, {}});
  state_->queue.back().lines += line;
  state_->queued_bytes += line.size();
  state_->changed.notify_all();
}

void AccessLog::flush() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->queue.empty() && !state_->writing; });
}

}  // namespace festina::observe
