#include "harness/origin.h"

#include <arpa/inet.h>
#include <condition_variable>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "harness/websocket.h"

namespace festina::harness {

struct Origin::State {
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::map<std::string, Reaction> reactions;
  std::set<std::string> held;
  std::map<std::string, std::vector<Answer>> seen;  // request heads, as fields
  std::set<int> sockets;
  bool stopped = false;
  int listener = -1;
  std::uint16_t port = 0;
  std::optional<ServerSide> certificate;
  std::thread acceptor;
  std::vector<std::thread> connections;

  void accept();
  void serve(int socket);
  bool serve_one(Channel& channel, std::string& buffer);
  Reaction reaction_to(const std::string& path, Answer request);
};

namespace {

std::string head_of(const Reaction& reaction) {
  std::string head = "HTTP/1.1 " + std::to_string(reaction.status) + " Test\r\n";
  for (const auto& [name, value] : reaction.fields)
    head.append(name).append(": ").append(value).append("\r\n");
  if (reaction.status == 304 || reaction.status == 204) return head + "\r\n";
  head += reaction.chunked ? "Transfer-Encoding: chunked\r\n"
                           : "Content-Length: " + std::to_string(reaction.body.size()) + "\r\n";
  return head + "\r\n";
}

// Says every text again, until the client closes.
void echo(Channel& channel, std::string& buffer, std::string_view key) {
  using namespace websocket;
  channel.send(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
      "websocket\r\nSec-WebSocket-Accept: " +
      proof(key) + "\r\n\r\n"
  );
  for (bool is_open = true; is_open;) {
    const auto heard = take_frame(buffer);
    if (heard) channel.send(frame(Sender::server, heard->opcode, heard->payload));
    is_open = heard ? heard->opcode != Opcode::close : channel.receive(buffer);
  }
}

std::string body_of(const Reaction& reaction) {
  if (!reaction.chunked) return reaction.body;
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", reaction.body.size());
  return reaction.body.empty() ? "0\r\n\r\n" : size + reaction.body + "\r\n0\r\n\r\n";
}

}  // namespace

Reaction ok(std::string body, std::string cache_control) {
  Reaction reaction;
  reaction.body = std::move(body);
  reaction.fields.emplace_back("Content-Type", "text/plain");
  if (!cache_control.empty())
    reaction.fields.emplace_back("Cache-Control", std::move(cache_control));
  return reaction;
}

Reaction websocket_echo() {
  Reaction reaction;
  reaction.is_websocket = true;
  return reaction;
}

Reaction failing(Reaction::Fault fault) {
  Reaction reaction;
  reaction.fault = fault;
  return reaction;
}

Reaction Origin::State::reaction_to(const std::string& path, Answer request) {
  std::unique_lock lock(mutex);
  seen[path].push_back(std::move(request));
  changed.notify_all();
  changed.wait(lock, [&] { return stopped || !held.contains(path); });
  const auto found = reactions.find(path);
  return found != reactions.end() ? found->second
                                  : Reaction{.status = 404, .fields = {}, .body = "no such path"};
}

bool Origin::State::serve_one(Channel& channel, std::string& buffer) {
  std::size_t head_end = 0;
  while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!channel.receive(buffer)) return false;
  }
  const std::size_t method_end = buffer.find(' ');
  const std::string method = buffer.substr(0, method_end);
  const std::string path =
      buffer.substr(method_end + 1, buffer.find(' ', method_end + 1) - method_end - 1);
  Answer request;
  request.fields.emplace_back(":method", method);
  std::size_t line = buffer.find("\r\n") + 2;
  while (line < head_end + 2) {
    const std::size_t end = buffer.find("\r\n", line);
    const std::size_t colon = buffer.find(':', line);
    request.fields.emplace_back(
        buffer.substr(line, colon - line), buffer.substr(colon + 2, end - colon - 2)
    );
    line = end + 2;
  }
  const std::size_t length =
      request.has("Content-Length") ? std::stoul(request.field("Content-Length")) : 0;
  while (buffer.size() < head_end + 4 + length) {
    if (!channel.receive(buffer)) return false;
  }
  request.body = buffer.substr(head_end + 4, length);
  buffer.erase(0, head_end + 4 + length);

  const std::string key = request.field("Sec-WebSocket-Key");
  const Reaction reaction = reaction_to(path, std::move(request));
  if (reaction.is_websocket) {
    echo(channel, buffer, key);
    return false;
  }
  if (reaction.fault == Reaction::Fault::close_before_answer) return false;
  if (reaction.fault == Reaction::Fault::never_answer) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return stopped; });
    return false;
  }
  const std::string body = method == "HEAD" ? "" : body_of(reaction);
  if (reaction.fault == Reaction::Fault::cut_body) {
    channel.send(head_of(reaction) + body.substr(0, body.size() / 2));
    return false;
  }
  channel.send(head_of(reaction) + body);
  return true;
}

void Origin::State::serve(int socket) {
  const auto channel = certificate ? std::make_unique<Channel>(socket, *certificate)
                                   : std::make_unique<Channel>(socket);
  std::string buffer;
  while (serve_one(*channel, buffer)) {
  }
  const std::lock_guard lock(mutex);
  sockets.erase(socket);  // closed behind this, under the same lock
  channel->close();
}

void Origin::State::accept() {
  while (true) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex);
    if (socket < 0 || stopped) return;
    sockets.insert(socket);
    connections.emplace_back([this, socket] { serve(socket); });
  }
}

Origin::Origin(std::uint16_t port) : state_(std::make_shared<State>()) { listen(port); }

Origin::Origin(const ServerSide& side) : state_(std::make_shared<State>()) {
  state_->certificate = side;
  listen(0);
}

void Origin::listen(std::uint16_t port) {
  State& state = *state_;
  state.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int reuse = 1;  // the port of an origin that has just gone
  ::setsockopt(state.listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  socklen_t size = sizeof address;
  const bool listening =
      ::bind(state.listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::listen(state.listener, 512) == 0 &&
      ::getsockname(state.listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) throw std::runtime_error("the test origin cannot listen");
  state.port = ntohs(address.sin_port);
  state.acceptor = std::thread([&state] { state.accept(); });
}

Origin::~Origin() {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.stopped = true;
    ::shutdown(state.listener, SHUT_RDWR);
    for (const int socket : state.sockets) ::shutdown(socket, SHUT_RDWR);
    state.changed.notify_all();
  }
  state.acceptor.join();
  for (std::thread& connection : state.connections) connection.join();
  ::close(state.listener);
}

std::string Origin::url() const {
  const std::string scheme = state_->certificate ? "https" : "http";
  return scheme + "://127.0.0.1:" + std::to_string(state_->port);
}
std::uint16_t Origin::port() const { return state_->port; }

void Origin::answers(const std::string& path, Reaction reaction) {
  const std::lock_guard lock(state_->mutex);
  state_->reactions[path] = std::move(reaction);
}

void Origin::holds(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  state_->held.insert(path);
}

void Origin::releases(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  state_->held.erase(path);
  state_->changed.notify_all();
}

std::size_t Origin::requests(const std::string& path) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->seen.find(path);
  return found == state_->seen.end() ? 0 : found->second.size();
}

std::size_t Origin::requests() const {
  const std::lock_guard lock(state_->mutex);
  std::size_t all = 0;
  for (const auto& [path, requests] : state_->seen) all += requests.size();
  return all;
}

void Origin::await_requests(const std::string& path, std::size_t count) const {
  std::unique_lock lock(state_->mutex);
  const bool came =
      state_->changed.wait_for(lock, kPatience, [&] { return state_->seen[path].size() >= count; });
  if (!came) throw std::runtime_error("the origin was not asked for " + path);
}

std::string Origin::asked(const std::string& path, std::string_view field) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->seen.find(path);
  return found == state_->seen.end() || found->second.empty() ? std::string()
                                                              : found->second.back().field(field);
}

}  // namespace festina::harness
