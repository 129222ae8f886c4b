#include "net/connector.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace festina::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Error blamed_on(Side side, Error error) {
  error.side = side;
  return error;
}

milliseconds left_until(steady_clock::time_point deadline) {
  return std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
}

}  // namespace

Awaitable<Result<Stream>> connect_to_path(std::string path, milliseconds limit, Side side) {
  if (path.size() > kMaxUnixPath)
    co_return Error{ErrorCode::refused, side, "the path of a socket is too long"};
  const asio::local::stream_protocol::endpoint endpoint(path);
  co_return co_await Stream::connect(endpoint, limit, side);
}

Awaitable<Result<Stream>> Connector::connect_in_clear(const Upstream& upstream) {
  const auto deadline = steady_clock::now() + upstream.timeouts.connect;
  const auto addresses = co_await resolver_.resolve(upstream.address.host);
  if (!addresses) co_return blamed_on(upstream.side, addresses.error());

  Result<Stream> stream = Error{ErrorCode::connect_timed_out, upstream.side, "no time left"};
  for (const asio::ip::address& ip : *addresses) {
    const milliseconds left = left_until(deadline);
    if (left.count() <= 0) break;
    const asio::ip::tcp::endpoint endpoint(ip, upstream.address.port);
    stream = co_await Stream::connect(endpoint, left, upstream.side);
    if (stream) break;
  }
  co_return stream;
}

Awaitable<Result<Stream>> Connector::connect(const Upstream& upstream) {
  const auto deadline = steady_clock::now() + upstream.timeouts.connect;
  const bool is_local = !upstream.address.unix_path.empty();
  auto connection =
      is_local
          ? connect_to_path(upstream.address.unix_path, upstream.timeouts.connect, upstream.side)
          : connect_in_clear(upstream);
  auto stream = co_await std::move(connection);
  if (!stream || !upstream.tls) co_return stream;

  const auto client = tls_.trusting(upstream.tls->ca_file);
  if (!client) co_return client.error();
  auto session = (*client)->session(upstream.tls->server_name, upstream.side);
  stream->expect_within(std::max(left_until(deadline), milliseconds(0)));
  auto started = co_await stream->start_tls(std::move(session), "");
  if (started) co_return stream;
  Error error = started.error();
  if (error.code == ErrorCode::timed_out) {
    error = {ErrorCode::connect_timed_out, upstream.side, "the TLS handshake took too long"};
  }
  co_return error;
}

}  // namespace festina::net
