// RequestReader: the requests of one client connection, in order, off its stream (RFC 9112).
//
// The body of a request is read by whoever handles it, as it comes. Who still holds it when its request is over reads an
// error, not another request's bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "http/h1_request.h"
#include "net/read_buffer.h"
#include "net/server_state.h"
#include "net/stream.h"

namespace festina::net {

// A request body that its handler did not read is read up to here, so that the connection can go on.
inline constexpr std::size_t kMaxDiscarded = 262'144;

// How long a body was waited for in all, and how much of it came. The time its handler took does not count.
struct BodyProgress {
  std::chrono::steady_clock::duration waited{0};
  std::uint64_t bytes = 0;
};
// Does it come more slowly than the least pace, once it had the time that a pause may take?
bool is_too_slow(const BodyProgress&, const ServerLimits&);

// Calls: (expect_head (feed_head receive)* take answering? end_request discard_body?)*
class RequestReader {
 public:
  // Both outlive the reader.
  RequestReader(Stream& stream, const ServerLimits& limits);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Makes ready for the next request.
  void expect_head();
  // Has anything of its head come?
  bool has_begun() const { return head_size() > 0; }
  // Bytes of it that have come, with what may stand behind it.
  std::size_t head_size() const { return request_.head_consumed + buffer_.view().size(); }
  // Is the head whole, by what was received? Errors: malformed, too_large (client).
  Result<bool> feed_head();
  // The status that says so to the client.
  http::Status status_of(const Error&) const;
  // Reads what comes within the stream's deadline; zero when the client has ended.
  // Errors: disconnected, timed_out (client).
  [[nodiscard]] Awaitable<Result<std::size_t>> receive();
  // The request, and its body when that came whole; otherwise the body holds `self`.
  // Errors: unsupported, malformed (client).
  Result<http::Incoming> take(std::shared_ptr<RequestReader> self, const http::Peer& peer);

  // Of the request that was taken:
  http::Method method() const { return request_.method; }
  bool is_http_1_0() const { return request_.http_1_0; }
  const std::string& upgrade() const { return request_.upgrade; }  // empty: asks for none

  // The head of the answer is under way: a client that waits for 100 Continue gets none any more.
  void answering() { request_.answered = true; }
  // May another request follow?
  bool may_go_on() const;
  bool is_body_done() const { return request_.body_done; }
  // The next part of the body of that request; empty at its end. Errors: truncated, malformed, too_large, timed_out (client).
  [[nodiscard]] Awaitable<Result<Bytes>> read_body(std::uint64_t request);
  // Voids the body. False when somebody is in the middle of reading it: nobody can say what comes behind it.
  bool end_request();
  // Reads what the handler left of the body; false when it is too much or ends badly.
  [[nodiscard]] Awaitable<bool> discard_body();

  // Nothing more is a request: who knows what else is on its way.
  void give_up();
  // What was received and belongs to no request.
  ReadBuffer& buffer() { return buffer_; }

 private:
  // What is known of the request under way.
  struct Request {
    http::Method method = http::Method::get;
    std::size_t head_consumed = 0;  // bytes that the parser took
    bool http_1_0 = false;
    bool keep_alive = true;
    bool awaits_continue = false;  // no body comes before 100 is read (RFC 9110 §10.1.1)
    bool answered = false;
    std::string upgrade;
    http::BodyFrame frame;
    bool body_done = true;
    bool body_broken = false;  // what follows on the connection is anything
    BodyProgress progress;
  };

  void note(const http::RequestHead& head);
  Result<Body> take_body(std::shared_ptr<RequestReader> self);
  Result<Bytes> next_buffered_part();
  Awaitable<Result<>> receive_body_bytes();
  Awaitable<Result<std::size_t>> receive_in_time();

  Stream& stream_;
  const ServerLimits& limits_;
  ReadBuffer buffer_;
  http::RequestParser parser_;
  Request request_;
  std::uint64_t request_number_ = 0;
  bool reads_body_ = false;  // a body read waits for bytes
};

}  // namespace festina::net
