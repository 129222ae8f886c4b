#include "net/greeting.h"

#include <algorithm>

#include "net/proxy_protocol.h"

namespace festina::net {

namespace {

bool is_trusted(const Greeting& greeting, const std::string& address) {
  return std::ranges::any_of(greeting.trusted_proxies, [&](const Cidr& range) {
    return range.contains(address);
  });
}

// The PROXY header, taken out of the buffer; Kind::absent when there is none.
Awaitable<Result<ProxyHeader>> read_proxy_header(Stream& stream, ReadBuffer& buffer) {
  for (;;) {
    auto header = proxy_header(buffer.view());
    if (!header) co_return header;
    if (header->kind != ProxyHeader::Kind::incomplete) {
      buffer.consume(header->size);
      co_return header;
    }
    const auto count = co_await stream.read_some(buffer.room());
    if (!count) co_return count.error();
    if (*count == 0) co_return Error{ErrorCode::disconnected, Side::client, "closed at once"};
    buffer.received(*count);
  }
}

}  // namespace

Awaitable<Result<http::Peer>> greet(Stream& stream, ReadBuffer& buffer, const Greeting& greeting) {
  http::Peer peer = stream.peer();
  if (is_trusted(greeting, peer.address)) {
    auto header = co_await read_proxy_header(stream, buffer);
    if (!header) co_return header.error();
    if (header->kind == ProxyHeader::Kind::proxied) {
      peer.address = std::move(header->address);
      peer.port = header->port;
      peer.local_port = header->local_port;
    }
  }
  if (!greeting.tls) co_return peer;

  auto session = greeting.tls->session();
  const auto started = co_await stream.start_tls(std::move(session), buffer.view());
  if (!started) co_return started.error();
  buffer.consume(buffer.view().size());
  const http::Peer sealed = stream.peer();
  peer.tls_version = sealed.tls_version;
  peer.tls_cipher = sealed.tls_cipher;
  co_return peer;
}

}  // namespace festina::net
