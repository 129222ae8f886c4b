// Listeners: where the colos of a node accept connections. A reload opens others beside them and closes some; the
// connections of those that stay never notice.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/listener.h"
#include "server/listen_options.h"
#include "zone/config.h"

namespace festina::server {

// "http://127.0.0.1:8787", with the port that is bound.
std::string url_of(const zone::ListenUrl&, std::uint16_t port);

class Listeners {
 public:
  using Handlers = std::map<std::string, http::Handler*, std::less<>>;  // by colo

  // The handlers are called on the threads.
  Listeners(
      std::span<asio::io_context* const> threads, Handlers handlers,
      std::shared_ptr<net::HeadMemory> heads
  )
      : threads_(threads), handlers_(std::move(handlers)), heads_(std::move(heads)) {}

  // One address of one colo.
  struct Bound {
    std::string colo;
    std::string text;  // as configured
    std::string url;   // as bound
    http::Scheme scheme = http::Scheme::http;
    std::unique_ptr<net::Listener> listener;
  };
  // One that stays, by its place, and what it greets connections with from now on.
  struct Staying {
    std::size_t place;
    net::ListenOptions greeting;
  };
  // What becomes of the listeners: first those that stay; then those that are new, bound but silent.
  struct Change {
    std::vector<Staying> staying;
    std::vector<Bound> fresh;
  };
  // Binds what the colos name and is not open yet, and loads the certificates. Errors (self): conflict,
  // permission_denied, unresolved, io, those of load_certificates(), with the colo and the address.
  Result<Change> prepare(const zone::Config&) const;
  // The new ones accept; those that do not stay take no new connections, answer what is under way and close.
  void commit(Change, TaskGroup&);

  void drain();
  std::size_t connections() const;
  // The addresses of each colo, as bound.
  std::map<std::string, std::vector<std::string>> urls() const;

 private:
  std::optional<std::size_t> open_place(
      std::string_view colo, std::string_view text, const std::vector<Staying>& taken
  ) const;

  std::span<asio::io_context* const> threads_;
  Handlers handlers_;
  std::shared_ptr<net::HeadMemory> heads_;
  std::vector<Bound> open_;
  std::vector<Bound> closing_;
};

}  // namespace festina::server
