// OpenFile: a regular file below a directory, opened for reading in the state it has now.
//
// The kernel judges what is below the directory (openat2, RESOLVE_BENEATH), not a comparison of texts: ".." and links
// lead nowhere outside, whatever changes meanwhile. Linux 5.6 and later; other systems have no such call.
// Everything here may wait for a disk: it runs on a WorkPool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/errors.h"

namespace festina::edge {

// A descriptor that is closed by its owner's end.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// What tells two states of a file apart without reading it.
struct FileState {
  std::uint64_t size = 0;
  std::timespec modified{};

  bool operator==(const FileState&) const;
  TimePoint last_modified() const;  // whole seconds
  // Strong: size and time of change to the nanosecond. Without quotes.
  std::string tag() const;
};

class OpenFile {
 public:
  OpenFile(FileDescriptor descriptor, FileState state);

  const FileState& state() const { return state_; }
  // Exactly these bytes. Requires: they lie within the size.
  // Errors: truncated (origin) when the file is no longer in the state it was opened in; io (origin).
  Result<std::string> read(std::uint64_t first, std::size_t count) const;

 private:
  FileDescriptor descriptor_;
  FileState state_;
};

// What a path names. Absent: nothing, something that is neither, what lies outside, what may not be read.
enum class FileKind : std::uint8_t { absent, directory, regular };
struct FoundFile {
  FileKind kind = FileKind::absent;
  std::shared_ptr<const OpenFile> file;  // regular; shared by the parts of one answer
};

// The directory that everything is looked up below.
class SiteDirectory {
 public:
  // Opened anew for every request, so that a directory that is swapped by renaming takes effect at once.
  // Errors: io (origin) when it is no directory, or may not be entered.
  static Result<SiteDirectory> open(const std::string& path);

  // Never waits for the other end of a FIFO or for a device.
  // Errors: io (self): out of descriptors, a failing disk.
  Result<FoundFile> find(const std::string& relative) const;

 private:
  explicit SiteDirectory(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  FileDescriptor descriptor_;
};

}  // namespace festina::edge
