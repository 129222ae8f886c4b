#include "net/tunnel.h"

namespace festina::net {

TunnelEnd::TunnelEnd(
    Stream stream, ReadBuffer early, std::chrono::milliseconds idle, std::shared_ptr<void> keeps
)
    : keeps_(std::move(keeps)),
      stream_(std::move(stream)),
      buffer_(std::move(early)),
      idle_(idle) {}

Awaitable<Result<Bytes>> TunnelEnd::read() {
  if (buffer_.empty()) {
    stream_.expect_within(idle_);
    const auto count = co_await stream_.read_some(buffer_.room());
    if (!count) co_return count.error();
    buffer_.received(*count);
  }
  Bytes part = Bytes::copy_of(buffer_.view());
  buffer_.consume(part.size());
  co_return part;
}

Awaitable<Result<>> TunnelEnd::write(Bytes bytes) {
  stream_.expect_within(idle_);
  const std::string_view text = bytes.view();
  co_return co_await stream_.write({&text, 1});
}

void TunnelEnd::end_sending() { stream_.end_sending(); }

void TunnelEnd::close() { stream_.close(); }

namespace {

// Both directions hold it: they end at different times.
struct Tunnel {
  std::unique_ptr<http::Duplex> client;
  std::unique_ptr<http::Duplex> upstream;
  bool way_back_ended = false;
  Signal ended;  // notified when it has
};
using SharedTunnel = std::shared_ptr<Tunnel>;

// False when one of the ends has failed.
Awaitable<bool> carry(http::Duplex& from, http::Duplex& to) {
  for (;;) {
    auto part = co_await from.read();
    if (!part) co_return false;
    if (part->empty()) break;
    const auto written = co_await to.write(std::move(*part));
    if (!written) co_return false;
  }
  to.end_sending();
  co_return true;
}

// What failed on one way is of no use on the other.
void end(Tunnel& tunnel) {
  tunnel.client->close();
  tunnel.upstream->close();
}

Awaitable<> carry_back(SharedTunnel tunnel) {
  if (!co_await carry(*tunnel->upstream, *tunnel->client)) end(*tunnel);
  tunnel->way_back_ended = true;
  tunnel->ended.notify();
}

}  // namespace

Awaitable<> carry_both_ways(
    TaskGroup& group, std::unique_ptr<http::Duplex> client, std::unique_ptr<http::Duplex> upstream
) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto tunnel = std::make_shared<Tunnel>();
  tunnel->client = std::move(client);
  tunnel->upstream = std::move(upstream);
  group.spawn(executor, carry_back(tunnel));
  if (!co_await carry(*tunnel->client, *tunnel->upstream)) end(*tunnel);
  const std::uint64_t seen = tunnel->ended.version();
  if (!tunnel->way_back_ended) co_await tunnel->ended.wait(seen);
}

}  // namespace festina::net
