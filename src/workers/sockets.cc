#include "workers/sockets.h"

#include <algorithm>
#include <system_error>

#include "workers/socket_file.h"

namespace festina::workers {

// workerd closes an idle connection within 15 s; the host must not do so before (worker-wire.md §4).
static_assert(net::ServerLimits{}.idle > std::chrono::seconds(15));

Result<std::unique_ptr<Sockets>> Sockets::in(std::filesystem::path directory) {
  if (const auto made = make_private_directory(directory); !made) return made.error();
  return std::unique_ptr<Sockets>(new Sockets(std::move(directory)));
}

Sockets::~Sockets() {
  for (const auto& listener : outbound_) listener->drain();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Result<> Sockets::open_inbound(
    const std::vector<std::string>& scripts, std::span<const std::string> colos
) {
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    for (const std::string& colo : colos) {
      std::string at = path(std::to_string(i) + "." + colo);
      auto socket = listen_at(at);
      if (!socket) return socket.error();
      inbound_.push_back({scripts[i], colo, std::move(at), std::move(*socket)});
    }
  }
  return {};
}

Result<> Sockets::open_outbound(
    std::string_view name, http::Handler& handler, std::span<asio::io_context* const> thread,
    TaskGroup& tasks
) {
  auto listener = net::Listener::open(net::UnixAddress{path(name)}, thread);
  if (!listener) return listener.error();
  (*listener)->start(handler, http::Scheme::http, tasks);
  outbound_.push_back(std::move(*listener));
  return {};
}

const Inbound* Sockets::find(std::string_view script, std::string_view colo) const {
  const auto here = std::ranges::find_if(inbound_, [&](const Inbound& inbound) {
    return inbound.script == script && inbound.colo == colo;
  });
  return here == inbound_.end() ? nullptr : &*here;
}

std::string Sockets::path(std::string_view name) const {
  return directory_ / std::string(name).append(".sock");
}

}  // namespace festina::workers
