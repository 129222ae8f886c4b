#include "harness/client.h"

#include <algorithm>
#include <netdb.h>
#include <netinet/in.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace festina::harness {
namespace {

struct Target {
  std::string authority;
  std::string path;
};

Target target_of(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  const std::size_t slash = url.find('/', start);
  if (slash == std::string::npos) return {url.substr(start), "/"};
  return {url.substr(start, slash - start), url.substr(slash)};
}

int connect_to(const std::string& base_url) {
  const std::string authority = target_of(base_url).authority;
  const std::size_t colon = authority.rfind(':');
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(
          authority.substr(0, colon).c_str(), authority.substr(colon + 1).c_str(), &hints, &found
      ) != 0) {
    throw std::runtime_error("no address for " + base_url);
  }
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (!connected) {
    ::close(socket);
    throw std::runtime_error("cannot connect to " + base_url);
  }
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return socket;
}

Answer parse_head(std::string_view head) {
  Answer answer;
  std::size_t end = head.find("\r\n");
  answer.status = std::stoi(std::string(head.substr(9, 3)));
  while (end + 2 < head.size()) {
    const std::size_t start = end + 2;
    end = head.find("\r\n", start);
    const std::string_view line = head.substr(start, end - start);
    const std::size_t colon = line.find(':');
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    answer.fields.emplace_back(line.substr(0, colon), value);
  }
  return answer;
}

}  // namespace

std::string Answer::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0)
      return value;
  }
  return {};
}

bool Answer::has(std::string_view name) const {
  return std::ranges::any_of(fields, [name](const auto& field) {
    return field.first.size() == name.size() &&
           ::strncasecmp(field.first.data(), name.data(), name.size()) == 0;
  });
}

Connection::Connection(const std::string& base_url, const std::string& server_name) {
  const int socket = connect_to(base_url);
  channel_ = base_url.starts_with("https:")
                 ? std::make_unique<Channel>(socket, ClientSide{server_name})
                 : std::make_unique<Channel>(socket);
}

// A peer that is gone tells by its answer.
void Connection::send(std::string_view bytes) { channel_->send(bytes); }

void Connection::end_sending() { channel_->end_sending(); }

bool Connection::receive() { return channel_->receive(buffer_); }

std::string Connection::read_some() {
  if (buffer_.empty()) receive();
  return std::exchange(buffer_, {});
}

// False when the connection ends before the last chunk.
bool Connection::read_chunks(std::string& body) {
  while (true) {
    std::size_t line = 0;
    while ((line = buffer_.find("\r\n")) == std::string::npos) {
      if (!receive()) return false;
    }
    const std::size_t size = std::stoul(buffer_, nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2) {
      if (!receive()) return false;
    }
    body += buffer_.substr(line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

Answer Connection::read(bool to_head) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  Answer answer = parse_head(std::string_view(buffer_).substr(0, head_end + 2));
  buffer_.erase(0, head_end + 4);
  if (answer.status < 200 && answer.status != 101) return read(to_head);
  if (to_head || answer.status == 101 || answer.status == 204 || answer.status == 304) {
    answer.complete = true;
    return answer;
  }
  if (answer.field("Transfer-Encoding") == "chunked") {
    answer.complete = read_chunks(answer.body);
    return answer;
  }
  const bool sized = answer.has("Content-Length");
  const std::size_t length = sized ? std::stoul(answer.field("Content-Length")) : 0;
  while (!sized || buffer_.size() < length) {
    if (!receive()) break;
  }
  const std::size_t taken = sized ? std::min(length, buffer_.size()) : buffer_.size();
  answer.body = buffer_.substr(0, taken);
  buffer_.erase(0, taken);
  answer.complete = !sized || taken == length;
  return answer;
}

std::string Connection::read_to_end() {
  while (receive()) {
  }
  return std::exchange(buffer_, {});
}

std::optional<std::size_t> Connection::read_some(std::span<char> into) {
  if (!buffer_.empty()) {
    const std::size_t count = buffer_.copy(into.data(), into.size());
    buffer_.erase(0, count);
    return count;
  }
  return channel_->receive_into(into);
}

Answer fetch(const std::string& base_url, const std::string& url, const Ask& ask) {
  const Target target = target_of(url);
  std::string head = ask.method + " " + target.path + " HTTP/1.1\r\nHost: " + target.authority +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : ask.fields)
    head.append(name).append(": ").append(value).append("\r\n");
  const bool has_body = !ask.body.empty() || ask.method == "POST" || ask.method == "PUT";
  if (has_body) head += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
  const std::string host = target.authority.substr(0, target.authority.find(':'));
  Connection connection(base_url, host);
  connection.send(head + "\r\n" + ask.body);
  return connection.read(ask.method == "HEAD");
}

std::future<Answer> fetch_async(
    const std::string& base_url, const std::string& url, const Ask& ask
) {
  return std::async(std::launch::async, [=] { return fetch(base_url, url, ask); });
}

}  // namespace festina::harness
