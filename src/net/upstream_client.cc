#include "net/upstream_client.h"

#include <array>
#include <optional>
#include <utility>

#include "http/h1_writer.h"

namespace festina::net {

using http::BodyFrame;
using http::Framing;
using http::Method;

namespace {

bool may_repeat(const Upstream& upstream, Method method, const Body& body) {
  return upstream.repeats == Repeats::once && is_idempotent(method) && body.is_whole();
}

// RFC 9110 §8.6: a method that means content says Content-Length: 0 when there is none.
BodyFrame request_frame(Method method, const Body& body) {
  const bool means_content =
      method == Method::post || method == Method::put || method == Method::patch;
  if (body.is_whole() && body.whole.empty() && !means_content) return {};
  if (const auto size = body.size()) return {Framing::length, *size};
  return {Framing::chunked};
}

std::string head_text(const Upstream& upstream, const http::Request& request, BodyFrame frame) {
  const bool absolute = upstream.target_form == TargetForm::absolute;
  const std::string target = absolute ? request.url.text() : request.url.target();
  return http::request_head_text(request, target, frame);
}

Awaitable<Result<>> write_part(UpstreamExchange& x, std::string_view data, Framing framing) {
  x.stream.expect_within(x.limit);
  if (framing != Framing::chunked) co_return co_await x.stream.write({&data, 1});
  const std::string prefix = http::chunk_prefix(data.size());
  const std::array<std::string_view, 3> pieces{prefix, data, http::kChunkSuffix};
  co_return co_await x.stream.write(pieces);
}

// Sends the body behind the head. A body that breaks off closes the connection: the upstream must not take it for whole.
// When writing fails, the answer's reader finds out why: perhaps an answer came early.
Awaitable<> upload(
    SharedUpstreamExchange exchange, std::unique_ptr<ByteSource> body, BodyFrame frame
) {
  UpstreamExchange& x = *exchange;
  const bool counted = frame.framing == Framing::length;
  std::uint64_t left = frame.length;
  for (;;) {
    auto part = co_await body->read();
    if (!x.stream.is_open()) co_return;
    if (part && counted && (part->empty() ? left > 0 : part->size() > left)) {
      part = Error{ErrorCode::malformed, Side::self, "the body has another length than announced"};
    }
    if (!part) {
      x.broken_off = part.error();
      x.stream.close();
      co_return;
    }
    if (counted) left -= part->size();
    if (part->empty()) break;
    const auto written = co_await write_part(x, part->view(), frame.framing);
    if (!written) co_return;
  }
  if (!counted) {
    const auto written = co_await x.stream.write({&http::kLastChunk, 1});
    if (!written) co_return;
  }
  x.sent = true;
  if (x.looks_for_asker() && x.stream.is_open()) x.stream.expect_within(kLookForAsker);
}

// Did it go out whole? If not, the answer's reader finds out why, as with upload().
Awaitable<bool> write_request(UpstreamExchange& x, std::string_view head, const Body& body) {
  const std::array<std::string_view, 2> pieces{head, body.whole.view()};
  x.stream.expect_within(x.limit);
  const auto written = co_await x.stream.write(pieces);
  co_return written.has_value();
}

// The idle connection that came with the place, or a new one.
Awaitable<Result<Stream>> stream_on(
    UpstreamPool::Turn& turn, const Upstream& upstream, Connector& connector
) {
  if (auto idle = std::exchange(turn.stream, {})) co_return std::move(*idle);
  co_return co_await connector.connect(upstream);
}

}  // namespace

UpstreamClient::UpstreamClient(UpstreamPool& pool, Resolver& resolver)
    : pool_(pool), connector_(resolver) {}
UpstreamClient::~UpstreamClient() = default;

Awaitable<Result<UpstreamReply>> UpstreamClient::send(
    const Upstream& upstream, http::Request request, Body body, const http::Asker* asker,
    http::InterimSink* interim
) {
  const Executor executor = co_await asio::this_coro::executor;
  const BodyFrame frame = request_frame(request.method, body);
  const std::string head = head_text(upstream, request, frame);
  const bool repeatable = may_repeat(upstream, request.method, body);
  auto turn = co_await pool_.take(upstream);
  if (!turn) co_return with_detail(turn.error(), upstream.address.text());

  for (;;) {
    const bool is_reused = turn->stream.has_value();
    auto stream = co_await stream_on(*turn, upstream, connector_);
    if (!stream) co_return with_detail(stream.error(), upstream.address.text());
    const auto exchange = std::make_shared<UpstreamExchange>(
        upstream, request, asker, std::move(*stream), std::move(turn->place), pool_
    );
    const bool written = co_await write_request(*exchange, head, body);
    exchange->sent = written && body.is_whole();
    if (written && body.source) {
      uploads_.spawn(executor, upload(exchange, std::move(body.source), frame));
    }
    auto reply = co_await read_reply(exchange, interim);
    if (reply) co_return reply;
    exchange->stream.close();  // ends the upload too
    turn->place = std::move(exchange->place);
    const bool died_unanswered = reply.error().code == ErrorCode::disconnected &&
                                 !exchange->got_bytes && !exchange->broken_off;
    if (!is_reused || !died_unanswered || !repeatable) {
      co_return with_detail(reply.error(), upstream.address.text());
    }
  }
}

}  // namespace festina::net
