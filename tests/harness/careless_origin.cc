#include "harness/careless_origin.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "harness/client.h"

namespace festina::harness {
namespace {

using Believes = CarelessOrigin::Believes;

// The line at `at` without its end, which moves `at` behind it; nothing when it has not ended.
std::optional<std::string> next_line(const std::string& bytes, std::size_t& at) {
  const std::size_t end = bytes.find('\n', at);
  if (end == std::string::npos) return std::nullopt;
  std::string line = bytes.substr(at, end - at);
  if (line.ends_with('\r')) line.pop_back();
  at = end + 1;
  return line;
}

// Lower case, "_" as "-", white space dropped.
std::string simplified(std::string_view text) {
  std::string simple;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
    simple += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return simple;
}

// Where requests end, found byte by byte as they arrive; what was looked at is not looked at again.
class RequestEnds {
 public:
  explicit RequestEnds(Believes believes) : believes_(believes) {}

  void add(std::string_view bytes) { bytes_ += bytes; }
  // Has another request ended? Its bytes are gone then.
  bool next() {
    while (step_ != Step::done) {
      if (!take_step()) return false;
    }
    bytes_.erase(0, at_);
    at_ = 0;
    length_.reset();
    chunked_ = false;
    in_head_ = false;
    step_ = Step::head;
    return true;
  }

 private:
  enum class Step { head, body, chunk_size, chunk_end, trailers, done };

  // False when it takes more bytes.
  bool take_step() {
    if (step_ == Step::body) return take_body();
    const auto line = next_line(bytes_, at_);
    if (!line) return false;
    switch (step_) {
      case Step::head:
        if (line->empty() && in_head_) step_ = behind_head();
        in_head_ = in_head_ || !line->empty();
        learn(*line);
        break;
      case Step::chunk_size:
        left_ = std::strtoul(line->c_str(), nullptr, 16);
        step_ = left_ == 0 ? Step::trailers : Step::body;
        break;
      case Step::chunk_end:
        step_ = Step::chunk_size;
        break;
      default:
        if (line->empty()) step_ = Step::done;
    }
    return true;
  }

  bool take_body() {
    const std::size_t taken = std::min(left_, bytes_.size() - at_);
    left_ -= taken;
    at_ += taken;
    if (left_ > 0) return false;
    step_ = chunked_ ? Step::chunk_end : Step::done;
    return true;
  }

  Step behind_head() {
    if (length_ && believes_ == Believes::the_length) chunked_ = false;
    left_ = length_.value_or(0);
    return chunked_ ? Step::chunk_size : Step::body;
  }

  void learn(std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string name = simplified(line.substr(0, colon));
    const std::string value = simplified(line.substr(std::min(colon + 1, line.size())));
    if (name == "content-length") length_ = std::strtoul(value.c_str(), nullptr, 0);
    if (name == "transfer-encoding" && value.find("chunked") != std::string::npos) chunked_ = true;
  }

  Believes believes_;
  std::string bytes_;
  std::size_t at_ = 0;
  Step step_ = Step::head;
  bool in_head_ = false;
  std::optional<std::size_t> length_;
  bool chunked_ = false;
  std::size_t left_ = 0;  // of a body or a chunk
};

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

struct CarelessOrigin::State {
  explicit State(Believes what) : believes(what) {}

  const Believes believes;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  Afterwards afterwards = Afterwards::goes_on;
  std::deque<std::string> received;  // per connection; a deque: references stay valid
  std::set<int> sockets;
  std::size_t requests = 0;
  bool stopped = false;
  int listener = -1;
  std::uint16_t port = 0;
  std::thread acceptor;
  std::vector<std::thread> connections;

  void accept();
  void serve(int socket, std::string& record);
  bool answer_requests(int socket, RequestEnds& ends);
};

// Answers what is whole; false when the connection is over.
bool CarelessOrigin::State::answer_requests(int socket, RequestEnds& ends) {
  while (ends.next()) {
    std::unique_lock lock(mutex);
    ++requests;
    const std::string bytes = answer;
    const bool goes_on = afterwards == Afterwards::goes_on;
    lock.unlock();
    send_all(socket, bytes);
    if (!goes_on) return false;
  }
  return true;
}

void CarelessOrigin::State::serve(int socket, std::string& record) {
  RequestEnds ends(believes);
  char bytes[16384];
  for (;;) {
    const ssize_t n = ::recv(socket, bytes, sizeof bytes, 0);
    if (n <= 0) break;
    const std::string_view part(bytes, static_cast<std::size_t>(n));
    {
      const std::lock_guard lock(mutex);
      record += part;
      changed.notify_all();
    }
    ends.add(part);
    if (!answer_requests(socket, ends)) break;
  }
  const std::lock_guard lock(mutex);
  sockets.erase(socket);
  ::close(socket);
  changed.notify_all();
}

void CarelessOrigin::State::accept() {
  while (true) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex);
    if (socket < 0 || stopped) return;
    sockets.insert(socket);
    std::string& record = received.emplace_back();
    connections.emplace_back([this, socket, &record] { serve(socket, record); });
  }
}

CarelessOrigin::CarelessOrigin(Believes believes) : state_(std::make_shared<State>(believes)) {
  State& state = *state_;
  state.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool listening =
      ::bind(state.listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::listen(state.listener, 512) == 0 &&
      ::getsockname(state.listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) throw std::runtime_error("the test origin cannot listen");
  state.port = ntohs(address.sin_port);
  state.acceptor = std::thread([&state] { state.accept(); });
}

CarelessOrigin::~CarelessOrigin() {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.stopped = true;
    ::shutdown(state.listener, SHUT_RDWR);
    for (const int socket : state.sockets) ::shutdown(socket, SHUT_RDWR);
  }
  state.acceptor.join();
  for (std::thread& connection : state.connections) connection.join();
  ::close(state.listener);
}

std::string CarelessOrigin::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->port);
}

void CarelessOrigin::answers(std::string bytes, Afterwards afterwards) {
  const std::lock_guard lock(state_->mutex);
  state_->answer = std::move(bytes);
  state_->afterwards = afterwards;
}

std::vector<std::string> CarelessOrigin::take_received() {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string> taken;
  for (std::string& record : state_->received) {
    if (!record.empty()) taken.push_back(std::exchange(record, {}));
  }
  return taken;
}

void CarelessOrigin::await_received(std::string_view text) const {
  std::unique_lock lock(state_->mutex);
  const bool came = state_->changed.wait_for(lock, kPatience, [&] {
    return std::ranges::any_of(state_->received, [&](const std::string& record) {
      return record.find(text) != std::string::npos;
    });
  });
  if (!came) throw std::runtime_error("the origin did not receive " + std::string(text));
}

void CarelessOrigin::await_closed() const {
  std::unique_lock lock(state_->mutex);
  const bool closed =
      state_->changed.wait_for(lock, kPatience, [&] { return state_->sockets.empty(); });
  if (!closed) throw std::runtime_error("a connection to the origin stays open");
}

std::size_t CarelessOrigin::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->received.size();
}

std::size_t CarelessOrigin::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

}  // namespace festina::harness
