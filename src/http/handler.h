// Handler: request in, Reply out; the shape of every service. The server side of `net` calls one, a colo, the control
// API and the services of Workers are others.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "http/message.h"

namespace festina::http {

// Who sent a request: the other end of the connection it came on.
struct Peer {
  std::string address;  // textual IP address; empty for a Unix socket
  std::uint16_t port = 0;
  std::uint16_t local_port = 0;
  Scheme scheme = Scheme::http;
};

struct Incoming {
  Request request;
  Body body;
  Peer peer;
};

// A response and its body. `prepared` is a status line and field lines ready to send (HTTP/1.1, each line with CRLF,
// no empty line at the end); when it is not empty, response.headers holds only the lines to send behind it.
struct Reply {
  Response response;
  Body body;
  Bytes prepared;
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
