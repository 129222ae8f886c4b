// A client that shares no code with the server: plain sockets and a parser of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/channel.h"

namespace festina::harness {

// No answer takes longer in a test, unless something hangs.
inline constexpr std::chrono::seconds kPatience{20};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;  // 0: no answer
  Fields fields;
  std::string body;
  bool complete = false;  // the body ended as its framing says

  std::string field(std::string_view name) const;  // empty when absent
  bool has(std::string_view name) const;
  std::string cache_status() const { return field("CF-Cache-Status"); }
};

struct Ask {
  std::string method = "GET";
  Fields fields;
  std::string body;
};

// A connection to a listener, kept open between requests.
class Connection {
 public:
  // "http://127.0.0.1:8787", or https: then `server_name` is asked for (SNI) and nothing verified.
  explicit Connection(const std::string& base_url, const std::string& server_name = {});
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes);
  // Nothing more will be sent; reading goes on.
  void end_sending();
  // Reads one response, past interim ones before it. `to_head`: the request was a HEAD.
  Answer read(bool to_head = false);
  // What comes next, not parsed; empty when nothing does.
  std::string read_some();
  // All bytes until the peer closes.
  std::string read_to_end();
  // The bytes that come next, as many as fit: none when the peer closed, nothing when the connection broke.
  std::optional<std::size_t> read_some(std::span<char>);

 private:
  bool receive();
  bool read_chunks(std::string& body);
  std::unique_ptr<Channel> channel_;
  std::string buffer_;
};

// One request on a connection of its own. `url` names host and path; the connection goes to `base_url`.
Answer fetch(const std::string& base_url, const std::string& url, const Ask& ask = {});
// The same, running beside the test.
std::future<Answer> fetch_async(
    const std::string& base_url, const std::string& url, const Ask& ask = {}
);

}  // namespace festina::harness
