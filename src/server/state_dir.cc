#include "server/state_dir.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace festina::server {
namespace {

Error system_error(const std::string& what) {
  const ErrorCode code =
      errno == EACCES || errno == EPERM ? ErrorCode::permission_denied : ErrorCode::io;
  return {code, Side::self, what + ": " + std::strerror(errno)};
}

constexpr std::string_view kLockFile = "lock";

std::string lock_file_in(const std::string& state_dir) {
  return state_dir + "/" + std::string(kLockFile);
}

// As its holder wrote it.
std::optional<pid_t> pid_in(const std::string& lock_file) {
  std::ifstream in(lock_file);
  std::string text;
  std::getline(in, text);
  const auto pid = parse_decimal(text);
  if (!pid || *pid == 0 || *pid > std::numeric_limits<pid_t>::max()) return std::nullopt;
  return static_cast<pid_t>(*pid);
}

std::string name_of_holder(const std::string& lock_file) {
  const auto pid = pid_in(lock_file);
  return pid ? "process " + std::to_string(*pid) : "another process";
}

}  // namespace

Result<StateDir> StateDir::open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed)
    return Error{
        ErrorCode::io,
        Side::self,
        "cannot create the state directory " + path + ": " + failed.message()
    };
  ::chmod(path.c_str(), 0700);

  const std::string lock_file = lock_file_in(path);
  const int fd = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return system_error("cannot open " + lock_file);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return Error{
        ErrorCode::conflict,
        Side::self,
        "the state directory " + path + " is in use by " + name_of_holder(lock_file) +
            "; stop it, or give this node another [state] dir"
    };
  }
  StateDir state(path, fd);
  const std::string pid = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(fd, 0) == 0 &&
                       ::pwrite(fd, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
  if (!written) return system_error("cannot write " + lock_file);
  return state;
}

StateDir::StateDir(StateDir&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

StateDir::~StateDir() {
  if (lock_ >= 0) ::close(lock_);
}

std::string StateDir::file(std::string_view name) const { return path_ + "/" + std::string(name); }

Result<std::string> StateDir::remembered(std::string_view name, std::string_view fresh) const {
  Result<std::string> kept = read_remembered(path_, name);
  if (kept) return kept;
  const Result<> written = remember(name, fresh);
  if (!written) return written.error();
  return std::string(fresh);
}

Result<> StateDir::remember(std::string_view name, std::string_view value) const {
  return write_whole_file(file(name), std::string(value) + "\n", 0600);
}

Result<std::string> read_remembered(const std::string& state_dir, std::string_view name) {
  const std::string path = state_dir + "/" + std::string(name);
  std::ifstream in(path);
  std::string value;
  std::getline(in, value);
  if (value.empty())
    return Error{ErrorCode::not_found, Side::self, path + " does not exist or is empty"};
  return std::string(trimmed(value));
}

Result<pid_t> holder_of(const std::string& state_dir) {
  const std::string lock_file = lock_file_in(state_dir);
  Error none{ErrorCode::not_found, Side::self, "no node runs with the state in " + state_dir};
  const int fd = ::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? none : system_error("cannot open " + lock_file);
  const bool is_free = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
  ::close(fd);
  if (is_free) return none;
  const auto pid = pid_in(lock_file);
  if (!pid) return Error{ErrorCode::io, Side::self, lock_file + " names no process"};
  return *pid;
}

Result<std::string> state_dir_of(pid_t pid) {
  namespace fs = std::filesystem;
  const std::string process = "process " + std::to_string(pid);
  std::error_code failed;
  // Numbers of descriptors, each a link to its file.
  for (fs::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", failed), end;
       !failed && at != end;
       at.increment(failed)) {
    std::error_code closed;  // meanwhile
    const fs::path file = fs::read_symlink(at->path(), closed);
    if (closed || file.filename() != kLockFile) continue;
    const Result<pid_t> holder = holder_of(file.parent_path());
    if (holder && *holder == pid) return file.parent_path().string();
  }
  if (failed == std::errc::permission_denied)
    return Error{ErrorCode::permission_denied, Side::self, process + " is another user's"};
  if (failed) return Error{ErrorCode::not_found, Side::self, "there is no " + process};
  return Error{
      ErrorCode::not_found, Side::self, process + " holds no state directory: it is no node"
  };
}

Result<> write_whole_file(const std::string& path, std::string_view text, unsigned mode) {
  const std::string temporary = path + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return system_error("cannot write " + temporary);
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0)
    return system_error("cannot write " + path);
  return Result<>();
}

}  // namespace festina::server
