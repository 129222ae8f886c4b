// UpstreamClient: one request to one next hop, the answer streamed back.
//
// It tries once more only on a reused connection that died before any byte of an answer, and only an idempotent request
// whose body is still at hand (RFC 9110 §9.2.2, RFC 9112 §9.3.1). A streamed body is sent while the answer is read: an
// answer may come early, or depend on the body that is still being sent. When whoever waits for the answer has left, the
// connection is closed: the upstream may stop, too.
#pragma once

#include "http/handler.h"
#include "net/connector.h"
#include "net/upstream.h"
#include "net/upstream_exchange.h"
#include "net/upstream_pool.h"

namespace festina::net {

class UpstreamClient {
 public:
  UpstreamClient(UpstreamPool&, Resolver&);
  ~UpstreamClient(
  );  // Requires: no exchange is under way, or every io_context it ran on has stopped.

  // Sends the head (Host is the URL's authority) and the body, and reads the answer's head; the body follows in the
  // reply, or is whole when it came with the head. The response's connection-specific fields are removed; its
  // Content-Length stands in Body::length, that of a response without a body (HEAD, 304) too. Upgrade among the request's
  // fields asks for a switch of protocols: then the answer may be 101 with a tunnel. `asker` outlives the reply's body;
  // null: the exchange goes on whoever leaves. Interim answers go to the sink, which lives until the head is read; without
  // one they are skipped.
  // Errors (of upstream.side): unresolved, refused, connect_timed_out, tls_failed, untrusted, exhausted, timed_out,
  // disconnected, malformed, too_large, truncated (within the head). Those of the request's body, when that broke off.
  // disconnected (client) when the asker has left. Reading the body: truncated, timed_out, malformed; the same.
  [[nodiscard]] Awaitable<Result<UpstreamReply>> send(
      const Upstream& upstream, http::Request request, Body body,
      const http::Asker* asker = nullptr, http::InterimSink* interim = nullptr
  );

 private:
  UpstreamPool& pool_;
  Connector connector_;
  TaskGroup uploads_;
};

}  // namespace festina::net
