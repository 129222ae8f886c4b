// Handler: request in, Reply out; the shape of every service. The server side of `net` calls one, a colo, the control
// API and the services of Workers are others.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "http/message.h"

namespace festina::http {

// Who sent a request: the other end of the connection it came on.
struct Peer {
  std::string
      address;  // textual IP address, as a trusted PROXY header names it if there was one; empty: Unix socket
  std::uint16_t port = 0;
  std::uint16_t local_port = 0;
  Scheme scheme = Scheme::http;
  // Of the connection's TLS, as OpenSSL spells them ("TLSv1.3", "TLS_AES_128_GCM_SHA256"); empty without. The names
  // live as long as the process.
  std::string_view tls_version;
  std::string_view tls_cipher;
  std::string_view protocol;  // of the request: "HTTP/1.1"; empty: it came on no connection
};

// Whoever waits for the answer to a request. Threads: the one that handles the request.
class Asker {
 public:
  virtual ~Asker() = default;
  // Has it hung up? Never waits.
  virtual bool has_left() const = 0;
  // How long a packet takes to it and back, as TCP measures it; nothing where that is not known. Never waits.
  virtual std::optional<std::chrono::microseconds> round_trip() const = 0;
  // Shows it an interim response before the final one (RFC 9110 §15.2), where it can take one. Requires: its request has
  // not been answered yet; one call at a time.
  virtual Awaitable<> send_interim(Response /*interim*/) { co_return; }
};

// Takes the interim responses that come before an answer, as they come; 100 and 101 are not among them.
class InterimSink {
 public:
  virtual ~InterimSink() = default;
  virtual Awaitable<> take_interim(Response) = 0;
};

struct Incoming {
  Request request;
  Body body;
  Peer peer;
  Asker* asker = nullptr;  // null: nobody who could leave; lives until the request is answered
};

// What a connection becomes when the protocol on it is switched (RFC 9110 §7.8): bytes both ways. One read and one write
// may be under way at once; destroying it closes the connection.
class Duplex {
 public:
  virtual ~Duplex() = default;
  // Empty bytes: the peer sends no more. Errors: disconnected, timed_out.
  virtual Awaitable<Result<Bytes>> read() = 0;
  virtual Awaitable<Result<>> write(Bytes) = 0;
  // Nothing more will be written; reading goes on.
  virtual void end_sending() = 0;
  // Ends both directions; what is under way fails with disconnected.
  virtual void close() = 0;
};

// A response and its body. `prepared` is a status line and field lines ready to send (HTTP/1.1, each line with CRLF,
// no empty line at the end); when it is not empty, response.headers holds only the lines to send behind it.
struct Reply {
  Response response;
  Body body;
  Bytes prepared;
  std::unique_ptr<Duplex> tunnel;  // with 101 only: the upstream's end of the switched connection
};

// A reply whose body is this text, with Content-Type and Content-Length.
Reply text_reply(Status, std::string_view content_type, std::string text);

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers one request. A failure is a reply too; the only exception that leaves is the unwinding of a cancelled task.
  virtual Awaitable<Reply> handle(Incoming incoming) = 0;
};

}  // namespace festina::http
