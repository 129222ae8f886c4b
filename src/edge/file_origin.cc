// openat2 with RESOLVE_BENEATH keeps every lookup inside the directory, links and ".." included; the kernel judges, not
// a comparison of path texts.
#include "edge/file_origin.h"

#include <algorithm>
#include <array>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"
#include "http/conditional.h"
#include "http/date.h"

namespace festina::edge {
namespace {

class FileHandle {
 public:
  explicit FileHandle(int fd) : fd_(fd) {}
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&&) = delete;
  ~FileHandle() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

enum class Found : std::uint8_t { file, directory, nothing };

struct OpenFile {
  Found found = Found::nothing;
  FileHandle handle{-1};
  std::uint64_t size = 0;
  TimePoint modified;
  std::string etag;
  std::string body;  // of a small file
};

FileHandle open_beneath(const std::string& directory, const std::string& relative) {
  const FileHandle root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) return FileHandle(-1);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long fd = ::syscall(SYS_openat2, root.fd(), relative.c_str(), &how, sizeof how);
  return FileHandle(static_cast<int>(fd));
}

// Empty at the end and on a failing disk: the reader compares with the size it announced.
std::string read_at(int fd, std::uint64_t offset, std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t got = 0;
  while (got < count) {
    const ssize_t n =
        ::pread(fd, bytes.data() + got, count - got, static_cast<off_t>(offset + got));
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

// Size and time of change to the nanosecond: what tells two states of a file apart without reading it.
std::string etag_of(const struct stat& info) {
  const auto seconds = static_cast<std::uint64_t>(info.st_mtim.tv_sec);
  const auto nanoseconds = static_cast<std::uint64_t>(info.st_mtim.tv_nsec);
  return "\"" + to_hex(seconds, 8) + to_hex(nanoseconds, 8) + "-" + std::to_string(info.st_size) +
         "\"";
}

OpenFile look_up(const std::string& directory, std::string relative) {
  if (relative.empty() || relative.back() == '/') relative += "index.html";
  OpenFile file{
      .handle = open_beneath(directory, relative), .modified = {}, .etag = {}, .body = {}
  };
  struct stat info{};
  if (!file.handle.is_open() || ::fstat(file.handle.fd(), &info) != 0) return file;
  if (S_ISDIR(info.st_mode)) {
    file.found = Found::directory;
    return file;
  }
  if (!S_ISREG(info.st_mode)) return file;
  file.found = Found::file;
  file.size = static_cast<std::uint64_t>(info.st_size);
  file.modified = TimePoint(std::chrono::seconds(info.st_mtim.tv_sec));
  file.etag = etag_of(info);
  if (file.size <= kFileReadBytes) file.body = read_at(file.handle.fd(), 0, file.size);
  return file;
}

// Runs on the pool and comes back with the value on the awaiting coroutine's own executor.
template <class Function>
auto on_pool(FilePool& pool, Function work) -> Awaitable<decltype(work())> {
  const Executor home = co_await asio::this_coro::executor;
  co_await asio::post(
      asio::bind_executor(pool.threads().get_executor(), asio::use_awaitable_t<Executor>{})
  );
  auto value = work();
  co_await asio::post(home, asio::use_awaitable_t<Executor>{});
  co_return value;
}

class FileSource final : public ByteSource {
 public:
  FileSource(FilePool& pool, FileHandle handle, std::uint64_t size)
      : pool_(pool), handle_(std::move(handle)), size_(size) {}

  Awaitable<Result<Bytes>> read() override {
    if (offset_ == size_) co_return Bytes();
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kFileReadBytes, size_ - offset_));
    auto work = [fd = handle_.fd(), offset = offset_, count] { return read_at(fd, offset, count); };
    std::string bytes = co_await on_pool(pool_, work);
    if (bytes.empty())
      co_return Error{
          ErrorCode::truncated, Side::origin, "the file became shorter while it was read"
      };
    offset_ += bytes.size();
    co_return Bytes::from(std::move(bytes));
  }

 private:
  FilePool& pool_;
  FileHandle handle_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
};

// "/a%20b" → "a b"; nothing for what names no file: a bad escape, a NUL, an escaped slash.
std::optional<std::string> relative_path(std::string_view url_path) {
  std::string path;
  for (std::size_t i = 1; i < url_path.size(); ++i) {
    if (url_path[i] != '%') {
      path += url_path[i];
      continue;
    }
    const auto byte = parse_hex(url_path.substr(i + 1, 2));
    if (!byte || i + 2 >= url_path.size() || *byte == 0 || *byte == '/') return std::nullopt;
    path += static_cast<char>(*byte);
    i += 2;
  }
  return path;
}

http::Reply file_reply(FilePool& pool, OpenFile file, const http::Request& request, TimePoint now) {
  http::Reply reply;
  http::Headers& headers = reply.response.headers;
  headers.add(
      http::Name::content_type,
      media_type(
          http::path_extension(request.url.path.back() == '/' ? "/index.html" : request.url.path)
      )
  );
  headers.add(http::Name::etag, file.etag);
  headers.add(http::Name::last_modified, http::format_date(file.modified));
  if (http::is_not_modified(
          request.headers, {.etag = file.etag, .last_modified = file.modified}, now
      )) {
    reply.response.status = 304;
    return reply;
  }
  if (file.size <= kFileReadBytes) {
    reply.body = Body::of(std::move(file.body));
  } else {
    auto source = std::make_unique<FileSource>(pool, std::move(file.handle), file.size);
    reply.body = Body::streamed(std::move(source), file.size);
  }
  return reply;
}

http::Reply plain(http::Status status) {
  return http::text_reply(
      status, "text/plain; charset=utf-8", std::string(http::reason_phrase(status)) + "\n"
  );
}

}  // namespace

FilePool::FilePool() : threads_(kFileThreads) {}
FilePool::~FilePool() { threads_.join(); }

std::string_view media_type(std::string_view extension) {
  struct Row {
    std::string_view extension;
    std::string_view type;
  };
  static constexpr std::array kRows = {
      Row{"avif", "image/avif"},
      Row{"css", "text/css; charset=utf-8"},
      Row{"csv", "text/csv; charset=utf-8"},
      Row{"gif", "image/gif"},
      Row{"htm", "text/html; charset=utf-8"},
      Row{"html", "text/html; charset=utf-8"},
      Row{"ico", "image/x-icon"},
      Row{"jpeg", "image/jpeg"},
      Row{"jpg", "image/jpeg"},
      Row{"js", "text/javascript; charset=utf-8"},
      Row{"json", "application/json"},
      Row{"map", "application/json"},
      Row{"mjs", "text/javascript; charset=utf-8"},
      Row{"mp3", "audio/mpeg"},
      Row{"mp4", "video/mp4"},
      Row{"pdf", "application/pdf"},
      Row{"png", "image/png"},
      Row{"svg", "image/svg+xml"},
      Row{"txt", "text/plain; charset=utf-8"},
      Row{"wasm", "application/wasm"},
      Row{"webm", "video/webm"},
      Row{"webmanifest", "application/manifest+json"},
      Row{"webp", "image/webp"},
      Row{"woff", "font/woff"},
      Row{"woff2", "font/woff2"},
      Row{"xml", "application/xml"},
      Row{"zip", "application/zip"},
  };
  const auto row = std::ranges::lower_bound(kRows, extension, {}, &Row::extension);
  return row != kRows.end() && row->extension == extension ? row->type : "application/octet-stream";
}

Awaitable<Result<http::Reply>> fetch_file(
    FilePool& pool, const zone::Origin& origin, http::Request request, TimePoint now
) {
  if (request.method != http::Method::get && request.method != http::Method::head) {
    http::Reply refused = plain(405);
    refused.response.headers.add("Allow", "GET, HEAD");
    co_return refused;
  }
  const std::optional<std::string> path = relative_path(request.url.path);
  if (!path) co_return plain(404);

  auto work = [directory = origin.directory, relative = *path] {
    return look_up(directory, relative);
  };
  OpenFile file = co_await on_pool(pool, work);
  if (file.found == Found::nothing) co_return plain(404);
  if (file.found == Found::directory) {
    http::Reply moved = plain(301);
    const std::string query = request.url.query ? "?" + *request.url.query : "";
    moved.response.headers.add(http::Name::location, request.url.path + "/" + query);
    co_return moved;
  }
  co_return file_reply(pool, std::move(file), request, now);
}

}  // namespace festina::edge
