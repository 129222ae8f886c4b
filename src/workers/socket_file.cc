#include "workers/socket_file.h"

#include <cerrno>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

Error io_error(const std::string& what, int number) {
  return {ErrorCode::io, Side::self, what + ": " + std::generic_category().message(number)};
}

Error too_long(const std::string& path) {
  return {
      ErrorCode::too_large,
      Side::self,
      "the socket path " + path + " has " + std::to_string(path.size()) + " bytes, at most " +
          std::to_string(kMaxSocketPath) +
          " are possible: choose a state directory with a shorter path"
  };
}

}  // namespace

Result<> make_private_directory(const std::filesystem::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (!failed) fs::permissions(path, fs::perms::owner_all, failed);
  if (failed) return io_error("cannot make the directory " + path.string(), failed.value());
  return {};
}

Result<Descriptor> listen_at(const std::string& path) {
  if (path.size() > kMaxSocketPath) return too_long(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, kMaxSocketPath);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const bool listens = ::bind(socket.number(), generic, sizeof address) == 0 &&
                       ::listen(socket.number(), SOMAXCONN) == 0;
  if (!listens) return io_error("cannot listen on " + path, errno);
  return socket;
}

}  // namespace festina::workers
