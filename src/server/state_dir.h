// State directory: where a node keeps what must outlive it. Locked against a second process; small lasting values, such
// as the API token, are files of mode 0600 in it.
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/errors.h"

namespace festina::server {

class StateDir {
 public:
  // Creates the directory if need be (mode 0700) and takes its lock.
  // Errors: conflict (self) when another process holds it; permission_denied, io (self).
  static Result<StateDir> open(const std::string& path);
  StateDir(StateDir&&) noexcept;
  StateDir& operator=(StateDir&&) = delete;
  ~StateDir();

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const;
  // The value kept under this name, or `fresh`, kept from now on. Errors: io (self).
  Result<std::string> remembered(std::string_view name, std::string_view fresh) const;
  // Keeps `value` under this name, in place of another. Errors: io (self).
  Result<> remember(std::string_view name, std::string_view value) const;

 private:
  StateDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

// A value another process keeps in its state directory; without a lock, for clients of a running node.
// Errors: not_found (self).
Result<std::string> read_remembered(const std::string& state_dir, std::string_view name);

// The process that holds the directory. Errors: not_found (self) when none does; permission_denied, io (self).
Result<pid_t> holder_of(const std::string& state_dir);

// The other way round: the directory that the process holds, as an absolute path.
// Errors: not_found (self) when there is no such process or it holds none; permission_denied (self) for one of another
// user.
Result<std::string> state_dir_of(pid_t);

// Replaces a file whole: readers see the old or the new text, never a part. Errors: io (self).
Result<> write_whole_file(const std::string& path, std::string_view text, unsigned mode);

}  // namespace festina::server
