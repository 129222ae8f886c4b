#include "server/listeners.h"

#include <algorithm>

namespace festina::server {
namespace {

Result<Listeners::Bound> bind(
    const std::string& colo, const zone::ListenUrl& listen,
    std::span<asio::io_context* const> threads
) {
  auto listener =
      net::Listener::open(net::TcpAddress{.host = listen.host, .port = listen.port}, threads);
  if (!listener) {
    return with_detail(listener.error(), "colo " + colo + ", listen = \"" + listen.text + "\"");
  }
  std::string url = url_of(listen, (*listener)->port());
  return Listeners::Bound{
      .colo = colo, .text = listen.text, .url = std::move(url), .listener = std::move(*listener)
  };
}

}  // namespace

std::string url_of(const zone::ListenUrl& listen, std::uint16_t port) {
  const bool is_ipv6 = listen.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + listen.host + "]" : listen.host;
  return std::string(http::name(listen.scheme)) + "://" + host + ":" + std::to_string(port);
}

Result<Listeners::Change> Listeners::prepare(const std::vector<zone::ColoConfig>& colos) const {
  Change change;
  const auto is_free = [&](std::size_t place) {
    return std::ranges::find(change.staying, place) == change.staying.end();
  };
  for (const zone::ColoConfig& colo : colos) {
    for (const zone::ListenUrl& listen : colo.listen) {
      std::size_t place = 0;
      while (place < open_.size() && !(open_[place].colo == colo.name &&
                                       open_[place].text == listen.text && is_free(place)))
        ++place;
      if (place < open_.size()) {
        change.staying.push_back(place);
        continue;
      }
      auto bound = bind(colo.name, listen, threads_);
      if (!bound) return bound.error();
      change.fresh.push_back(std::move(*bound));
    }
  }
  return change;
}

void Listeners::commit(Change change, TaskGroup& tasks) {
  std::vector<Bound> open;
  for (const std::size_t place : change.staying) open.push_back(std::move(open_[place]));
  for (Bound& fresh : change.fresh) {
    fresh.listener->start(*handlers_.at(fresh.colo), http::Scheme::http, tasks);
    open.push_back(std::move(fresh));
  }
  for (Bound& left : open_) {
    if (!left.listener) continue;
    left.listener->drain();
    closing_.push_back(std::move(left));
  }
  open_ = std::move(open);
}

void Listeners::drain() {
  for (const Bound& bound : open_) bound.listener->drain();
}

std::size_t Listeners::connections() const {
  std::size_t count = 0;
  for (const auto* list : {&open_, &closing_}) {
    for (const Bound& bound : *list) count += bound.listener->connections();
  }
  return count;
}

std::map<std::string, std::vector<std::string>> Listeners::urls() const {
  std::map<std::string, std::vector<std::string>> urls;
  for (const Bound& bound : open_) urls[bound.colo].push_back(bound.url);
  return urls;
}

}  // namespace festina::server
