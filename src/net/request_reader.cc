#include "net/request_reader.h"

#include <algorithm>

#include "http/forwarding.h"
#include "net/buffered_body.h"

namespace festina::net {

using http::Framing;
using http::Method;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Error client_error(ErrorCode code, std::string_view detail) {
  return {code, Side::client, std::string(detail)};
}

Result<http::Url> url_of(const http::RequestHead& head, http::Scheme scheme) {
  if (head.method == Method::connect)
    return client_error(ErrorCode::unsupported, "CONNECT is not served here");
  const auto host = head.headers.get(http::Name::host);
  return http::target_url(scheme, host.value_or(""), head.target);
}

// Only HTTP/1.1 switches (RFC 9110 §7.8), and behind a body nobody could say where the other protocol begins.
bool may_upgrade(const http::RequestHead& head) {
  const bool has_body = head.frame.framing == Framing::chunked || head.frame.length > 0;
  return !head.http_1_0 && !has_body;
}

// The body of one request. It keeps the connection's memory alive, and is void when the request is over.
class RequestBody final : public ByteSource {
 public:
  RequestBody(std::shared_ptr<RequestReader> reader, std::uint64_t request, Bytes first)
      : reader_(std::move(reader)), request_(request), first_(std::move(first)) {}

  Awaitable<Result<Bytes>> read() override {
    if (!first_.empty()) co_return std::exchange(first_, Bytes());
    co_return co_await reader_->read_body(request_);
  }

 private:
  std::shared_ptr<RequestReader> reader_;
  std::uint64_t request_;
  Bytes first_;  // what had come with the head
};

}  // namespace

bool is_too_slow(const BodyProgress& progress, const ServerLimits& limits) {
  const auto seconds = std::chrono::duration<double>(progress.waited).count();
  const auto least = seconds * static_cast<double>(limits.body_pace);
  return progress.waited > limits.body && static_cast<double>(progress.bytes) < least;
}

RequestReader::RequestReader(Stream& stream, const ServerLimits& limits)
    : stream_(stream), limits_(limits) {}

void RequestReader::expect_head() {
  request_ = {};
  parser_.reset();
  buffer_.rest();
}

Result<bool> RequestReader::feed_head() {
  if (buffer_.empty()) return false;
  const auto progress = parser_.feed_head(buffer_.view());
  if (!progress) return progress.error();
  buffer_.consume(progress->consumed);
  request_.head_consumed += progress->consumed;
  return progress->complete;
}

http::Status RequestReader::status_of(const Error& error) const {
  if (error.code == ErrorCode::unsupported) return 505;
  if (error.code != ErrorCode::too_large) return 400;
  const std::string_view left = buffer_.view();
  const bool in_start_line = request_.head_consumed == 0;
  const std::size_t line = std::min(left.find('\n'), left.size());
  return in_start_line && line > http::kMaxTargetBytes ? 414 : 431;
}

Awaitable<Result<std::size_t>> RequestReader::receive() {
  const auto count = co_await stream_.read_some(buffer_.room());
  if (count) buffer_.received(*count);
  co_return count;
}

void RequestReader::note(const http::RequestHead& head) {
  request_.method = head.method;
  request_.http_1_0 = head.http_1_0;
  request_.keep_alive = head.keep_alive;
  request_.awaits_continue = head.expects_continue;
  request_.frame = head.frame;
  if (head.headers.has(http::Name::upgrade)) {
    request_.upgrade = http::requested_upgrade(head.headers).value_or("");
  }
}

Result<http::Incoming> RequestReader::take(
    std::shared_ptr<RequestReader> self, const http::Peer& peer
) {
  http::RequestHead head = parser_.take_head();
  if (!may_upgrade(head)) head.headers.remove(http::Name::upgrade);
  note(head);

  auto url = url_of(head, peer.scheme);
  if (!url) return url.error();
  auto body = take_body(std::move(self));
  if (!body) return body.error();
  // The target names the host, whatever Host says (RFC 9112 §3.2.2).
  if (!head.target.starts_with('/')) head.headers.set(http::Name::host, url->authority());

  Result<http::Incoming> result(boost::system::in_place_value);  // made in place: it is large
  http::Incoming& incoming = *result;
  incoming.request.method = head.method;
  incoming.request.method_text = std::move(head.method_text);
  incoming.request.url = std::move(*url);
  incoming.request.headers = std::move(head.headers);
  incoming.body = std::move(*body);
  incoming.peer = peer;
  incoming.peer.protocol = head.http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  return result;
}

// The body is whole when all of it came with the head.
Result<Body> RequestReader::take_body(std::shared_ptr<RequestReader> self) {
  auto early = next_buffered_part();
  if (!early) return early.error();
  if (request_.body_done) return Body::of(std::move(*early));
  std::optional<std::uint64_t> length;
  if (request_.frame.framing == Framing::length) length = request_.frame.length;
  auto source = std::make_unique<RequestBody>(std::move(self), request_number_, std::move(*early));
  return Body::streamed(std::move(source), length);
}

// Body bytes out of the buffer; none when it holds too little or the body is done.
Result<Bytes> RequestReader::next_buffered_part() {
  auto part = take_buffered(parser_, buffer_);
  if (!part) return part.error();
  request_.body_done = part->done;
  return std::move(part->data);
}

Awaitable<Result<Bytes>> RequestReader::read_body(std::uint64_t request) {
  for (;;) {
    if (request != request_number_ || request_.body_broken) {
      co_return client_error(ErrorCode::truncated, "the request is over");
    }
    auto part = next_buffered_part();
    if (!part) request_.body_broken = true;
    if (!part || !part->empty() || request_.body_done) co_return part;
    const auto received = co_await receive_body_bytes();
    if (!received) {
      request_.body_broken = true;
      co_return received.error();
    }
  }
}

Awaitable<Result<>> RequestReader::receive_body_bytes() {
  if (request_.awaits_continue) {
    if (request_.answered)
      co_return client_error(ErrorCode::truncated, "answered before the body was asked for");
    request_.awaits_continue = false;
    const auto written = co_await stream_.write({&kContinue, 1});
    if (!written) co_return client_error(ErrorCode::truncated, written.error().detail);
  }
  const auto count = co_await receive_in_time();
  if (!count && count.error().code == ErrorCode::timed_out) co_return count.error();
  if (!count) co_return client_error(ErrorCode::truncated, count.error().detail);
  if (*count == 0) co_return client_error(ErrorCode::truncated, "closed within the body");
  co_return Result<>();
}

Awaitable<Result<std::size_t>> RequestReader::receive_in_time() {
  stream_.expect_within(limits_.body);
  const auto begin = steady_clock::now();
  reads_body_ = true;
  const auto count = co_await receive();
  reads_body_ = false;
  if (!count) co_return count;
  request_.progress.waited += steady_clock::now() - begin;
  request_.progress.bytes += *count;
  if (is_too_slow(request_.progress, limits_)) {
    co_return client_error(ErrorCode::timed_out, "the body comes too slowly");
  }
  co_return count;
}

bool RequestReader::may_go_on() const {
  const bool body_is_small =
      request_.frame.framing != Framing::length || request_.frame.length <= kMaxDiscarded;
  return request_.keep_alive && !request_.body_broken &&
         (request_.body_done || (body_is_small && !request_.awaits_continue));
}

bool RequestReader::end_request() {
  ++request_number_;
  return !reads_body_;
}

Awaitable<bool> RequestReader::discard_body() {
  std::size_t discarded = 0;
  while (!request_.body_done) {
    const auto part = co_await read_body(request_number_);
    if (!part) co_return false;
    discarded += part->size();
    if (discarded > kMaxDiscarded) co_return false;
  }
  co_return true;
}

void RequestReader::give_up() {
  request_.keep_alive = false;
  request_.body_done = false;
}

}  // namespace festina::net
