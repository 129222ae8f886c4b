// File origin: a directory as an origin. GET and HEAD of regular files, index.html for a directory, ETag and
// Last-Modified, never a byte from outside the directory (links included).
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string_view>

#include "http/handler.h"
#include "zone/zone.h"

namespace festina::edge {

inline constexpr std::size_t kFileThreads = 2;
inline constexpr std::size_t kFileReadBytes =
    std::size_t{256} * 1024;  // per read; smaller files come whole

// The threads that read files: no disk access on an event loop.
class FilePool {
 public:
  FilePool();
  ~FilePool();
  asio::thread_pool& threads() { return threads_; }

 private:
  asio::thread_pool threads_;
};

// Answers from the directory: 200, 304 when the request's validators still hold, 301 to a directory's "/", 404, 405.
Awaitable<Result<http::Reply>> fetch_file(
    FilePool&, const zone::Origin&, http::Request request, TimePoint now
);

// The media type by extension; application/octet-stream for the rest.
std::string_view media_type(std::string_view extension);

}  // namespace festina::edge
