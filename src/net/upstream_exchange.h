// UpstreamExchange: what is under way on one connection to a next hop, and the reading of its answer.
//
// It is shared by the two directions of a request with a streamed body: the upload, a task of its own (upstream_client),
// and the answer's body. Whichever ends last returns or closes the connection; the answer's end decides which.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/h1_response.h"
#include "http/handler.h"
#include "net/read_buffer.h"
#include "net/stream.h"
#include "net/upstream.h"
#include "net/upstream_pool.h"

namespace festina::net {

// The answer; and did its sender say that it closes the connection? From workerd that tells a Worker that threw
// (worker-wire.md §3).
struct UpstreamReply {
  http::Reply reply;
  bool closes = false;
};

// So often an exchange looks whether its asker is still there, while nothing else moves it. Waiting for the asker's socket
// instead would end at the next pipelined request.
inline constexpr std::chrono::milliseconds kLookForAsker{500};

struct UpstreamExchange {
  UpstreamExchange(
      const Upstream& upstream, const http::Request& request, const http::Asker* waiting,
      Stream connection, UpstreamPool::Place its_place, UpstreamPool& home
  )
      : pool(home),
        place(std::move(its_place)),
        side(upstream.side),
        limit(upstream.timeouts.read),
        tunnel_limit(upstream.timeouts.tunnel),
        upgrade(request.headers.get(http::Name::upgrade).value_or("")),
        asker(waiting),
        stream(std::move(connection)),
        parser(request.method) {}

  UpstreamPool& pool;
  UpstreamPool::Place place;  // the connection's
  Side side;
  std::chrono::milliseconds limit;  // without a byte
  std::chrono::milliseconds tunnel_limit;
  std::string upgrade;       // the protocol that was asked for; empty: none
  const http::Asker* asker;  // null: nobody who could leave
  Stream stream;
  ReadBuffer buffer;
  http::ResponseParser parser;
  bool got_bytes = false;           // of the answer
  bool is_counted = false;          // the answer's body, by Content-Length
  bool may_keep = false;            // the connection, once the answer is whole
  bool sent = false;                // the whole request
  std::optional<Error> broken_off;  // the request's body, or whoever asked has left: why

  // While the request is sent, its body tells that the asker has left; and the deadline is that of writing, too.
  bool looks_for_asker() const { return asker != nullptr && sent; }
  bool is_deserted() const { return looks_for_asker() && asker->has_left(); }

  // Whoever asked is to blame when the connection was closed because of them.
  Error blame(Error error) const {
    if (broken_off) return *broken_off;
    error.side = side;
    return error;
  }

  // All that was promised of the answer is there, and more: its length is wrong, or an answer to nobody follows. Neither
  // may be passed on (RFC 9112 §6.3), and who keeps the answer had better not.
  bool has_surplus() const { return is_counted && !buffer.empty(); }

  // The answer is whole.
  void finish() {
    if (may_keep && sent && buffer.empty()) {
      pool.give_back(std::move(place), std::move(stream));
    } else {
      abandon();
    }
  }

  // Closes the connection. Its place is free, whoever else still holds this.
  void abandon() {
    stream.close();
    place.release();
  }
};
using SharedUpstreamExchange = std::shared_ptr<UpstreamExchange>;

// Reads until the answer's head is there: UpstreamClient::send() says what it gives.
Awaitable<Result<UpstreamReply>> read_reply(
    SharedUpstreamExchange exchange, http::InterimSink* interim
);

}  // namespace festina::net
