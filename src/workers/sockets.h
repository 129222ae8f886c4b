// Sockets: where the requests of a group's scripts go in, and where what its process sends arrives (worker-wire.md §1).
//
// The host makes all of them, in a directory of the group's own, which goes with them. They outlive the process that
// answers on them: requests that come while it is started anew wait in the backlog.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/errors.h"
#include "http/handler.h"
#include "net/listener.h"
#include "workers/process.h"

namespace festina::workers {

// Where the requests of one script in one colo go in.
struct Inbound {
  std::string script;
  std::string colo;
  std::string path;
  Descriptor socket;
};

class Sockets {
 public:
  // None yet, in a directory that only we may enter. Errors: io (self).
  static Result<std::unique_ptr<Sockets>> in(std::filesystem::path directory);
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets();  // what cannot be removed goes with the next start of the host

  // One for each script and colo; scripts are counted by name from 0. Errors: too_large, io (self).
  Result<> open_inbound(
      const std::vector<std::string>& scripts, std::span<const std::string> colos
  );
  // `handler`, which outlives them, serves what comes on this thread. Errors: too_large, io, permission_denied (self).
  Result<> open_outbound(
      std::string_view name, http::Handler& handler, std::span<asio::io_context* const> thread,
      TaskGroup& tasks
  );

  const std::vector<Inbound>& inbound() const { return inbound_; }
  // Null: that script has none there.
  const Inbound* find(std::string_view script, std::string_view colo) const;
  std::string path(std::string_view name) const;

 private:
  explicit Sockets(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
  std::vector<Inbound> inbound_;
  std::vector<std::unique_ptr<net::Listener>> outbound_;
};

}  // namespace festina::workers
