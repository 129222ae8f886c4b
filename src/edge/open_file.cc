#include "edge/open_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace festina::edge {
namespace {

// A rename somewhere on the way makes the kernel give up rather than guess; it asks to be asked again.
constexpr int kMaxOpenAttempts = 16;

// No path: error pages show the detail to clients.
Error failed(std::string_view what, Side side, int error) {
  return {ErrorCode::io, side, std::string(what) + ": " + std::strerror(error)};
}

// Gives a descriptor, or -1 with errno.
int open_beneath(int directory, const std::string& relative) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 1;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, relative.c_str(), &how, sizeof how);
    const bool again = fd < 0 && (errno == EAGAIN || errno == EINTR);
    if (!again || attempt == kMaxOpenAttempts) return static_cast<int>(fd);
  }
}

// Does this error of open say that there is nothing to serve, rather than that serving failed?
bool says_absent(int error) {
  constexpr std::array absent = {
      ENOENT,        // no such name
      ENOTDIR,       // a file where a directory should be
      EACCES,        // not for us
      EPERM,         // not for us
      ELOOP,         // links in a circle, or a magic one
      EXDEV,         // outside of the directory
      ENAMETOOLONG,  // no such name
      EINVAL,        // no name of this file system
      ENXIO,         // a socket
      ENODEV         // a device that is not there
  };
  return std::ranges::find(absent, error) != absent.end();
}

FileState state_of(const struct stat& info) {
  return {.size = static_cast<std::uint64_t>(info.st_size), .modified = info.st_mtim};
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}
FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool FileState::operator==(const FileState& other) const {
  return size == other.size && modified.tv_sec == other.modified.tv_sec &&
         modified.tv_nsec == other.modified.tv_nsec;
}

TimePoint FileState::last_modified() const {
  return TimePoint(std::chrono::seconds(modified.tv_sec));
}

std::string FileState::tag() const {
  const auto seconds = static_cast<std::uint64_t>(modified.tv_sec);
  const auto nanoseconds = static_cast<std::uint64_t>(modified.tv_nsec);
  return to_hex(seconds, 8) + to_hex(nanoseconds, 8) + "-" + to_hex(size, 1);
}

OpenFile::OpenFile(FileDescriptor descriptor, FileState state)
    : descriptor_(std::move(descriptor)), state_(state) {}

Result<std::string> OpenFile::read(std::uint64_t first, std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t got = 0;
  while (got < count) {
    const ssize_t n =
        ::pread(descriptor_.fd(), bytes.data() + got, count - got, static_cast<off_t>(first + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("a file cannot be read", Side::origin, errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  // Looked at after the bytes were read: what changed before is seen, as far as the file system's clock tells.
  struct stat info{};
  const bool is_same =
      ::fstat(descriptor_.fd(), &info) == 0 && got == count && state_of(info) == state_;
  if (!is_same)
    return Error{ErrorCode::truncated, Side::origin, "the file changed while it was read"};
  return bytes;
}

Result<SiteDirectory> SiteDirectory::open(const std::string& path) {
  FileDescriptor descriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open())
    return failed("the directory of this site cannot be opened", Side::origin, errno);
  return SiteDirectory(std::move(descriptor));
}

Result<FoundFile> SiteDirectory::find(const std::string& relative) const {
  FileDescriptor descriptor(open_beneath(descriptor_.fd(), relative));
  if (!descriptor.is_open()) {
    if (says_absent(errno)) return FoundFile{};
    return failed("a file cannot be opened", Side::self, errno);
  }
  struct stat info{};
  if (::fstat(descriptor.fd(), &info) != 0)
    return failed("a file cannot be opened", Side::self, errno);
  if (S_ISDIR(info.st_mode)) return FoundFile{.kind = FileKind::directory, .file = nullptr};
  if (!S_ISREG(info.st_mode)) return FoundFile{};
  return FoundFile{
      .kind = FileKind::regular,
      .file = std::make_shared<const OpenFile>(std::move(descriptor), state_of(info))
  };
}

}  // namespace festina::edge
