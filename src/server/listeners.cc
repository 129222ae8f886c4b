#include "server/listeners.h"

#include <algorithm>

namespace festina::server {
namespace {

Result<Listeners::Bound> bind(
    const std::string& colo, const zone::ListenUrl& listen, net::ListenOptions greeting,
    std::span<asio::io_context* const> threads
) {
  const net::TcpAddress address{.host = listen.host, .port = listen.port};
  auto listener = net::Listener::open(address, threads, std::move(greeting));
  if (!listener) return listener.error();
  std::string url = url_of(listen, (*listener)->port());
  return Listeners::Bound{
      .colo = colo,
      .text = listen.text,
      .url = std::move(url),
      .scheme = listen.scheme,
      .listener = std::move(*listener)
  };
}

// The addresses of all colos, in their order.
struct Wanted {
  const zone::ColoConfig& colo;
  const zone::ListenUrl& listen;
};
std::vector<Wanted> wanted_by(const zone::Config& config) {
  std::vector<Wanted> wanted;
  for (const zone::ColoConfig& colo : config.colos) {
    for (const zone::ListenUrl& listen : colo.listen) wanted.push_back({colo, listen});
  }
  return wanted;
}

}  // namespace

std::string url_of(const zone::ListenUrl& listen, std::uint16_t port) {
  const bool is_ipv6 = listen.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + listen.host + "]" : listen.host;
  return std::string(http::name(listen.scheme)) + "://" + host + ":" + std::to_string(port);
}

Result<Listeners::Change> Listeners::prepare(const zone::Config& config) const {
  Change change;
  for (const auto& [colo, listen] : wanted_by(config)) {
    const std::string what = "colo " + colo.name + ", listen = \"" + listen.text + "\"";
    auto greeting = listen_options(listen, colo.certificates, config.network.trusted_proxies);
    if (!greeting) return with_detail(greeting.error(), what);
    if (const auto place = open_place(colo.name, listen.text, change.staying)) {
      change.staying.push_back({.place = *place, .greeting = std::move(*greeting)});
      continue;
    }
    greeting->heads = heads_;
    auto bound = bind(colo.name, listen, std::move(*greeting), threads_);
    if (!bound) return with_detail(bound.error(), what);
    change.fresh.push_back(std::move(*bound));
  }
  return change;
}

// Where the address of the colo is open; nothing when it is not, or each such place is among the taken ones.
std::optional<std::size_t> Listeners::open_place(
    std::string_view colo, std::string_view text, const std::vector<Staying>& taken
) const {
  for (std::size_t place = 0; place < open_.size(); ++place) {
    const bool is_free = std::ranges::find(taken, place, &Staying::place) == taken.end();
    if (is_free && open_[place].colo == colo && open_[place].text == text) return place;
  }
  return std::nullopt;
}

void Listeners::commit(Change change, TaskGroup& tasks) {
  std::vector<Bound> open;
  for (Staying& staying : change.staying) {
    Bound& bound = open_[staying.place];
    if (staying.greeting.tls) bound.listener->use(std::move(staying.greeting.tls));
    bound.listener->trust(std::move(staying.greeting.trusted_proxies));
    open.push_back(std::move(bound));
  }
  for (Bound& fresh : change.fresh) {
    fresh.listener->start(*handlers_.at(fresh.colo), fresh.scheme, tasks);
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
