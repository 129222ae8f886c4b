// RequestParser: HTTP/1.1 requests of one connection, heads read strictly, bodies framed (RFC 9112).
//
// Refused beside what h1_message.h refuses: every frame that framing.h refuses, a second Host, a missing one where the
// target names no authority (§3.2).
#pragma once

#include <string>
#include <string_view>

#include "http/h1_message.h"

namespace festina::http {

struct RequestHead {
  Method method = Method::get;
  std::string method_text;
  std::string target;  // as received: origin form, absolute form, authority form or "*"
  Headers headers;
  BodyFrame frame;
  bool keep_alive = true;  // RFC 9112 §9.3
  bool http_1_0 = false;
  bool expects_continue = false;
};

// Bytes are given and taken as MessageReader says.
// Calls: feed_head+ take_head feed_body* , then reset for the next message
class RequestParser {
 public:
  RequestParser() : reader_(MessageKind::request, Side::client) {}

  // Errors (client): malformed, too_large; unsupported for another version of HTTP.
  Result<HeadProgress> feed_head(std::string_view bytes);
  // The head. Requires: feed_head() said complete; once.
  RequestHead take_head();
  // Errors (client): malformed, too_large.
  Result<BodyPart> feed_body(std::string_view bytes) { return reader_.feed_body(bytes); }
  // Makes the parser ready for the next message on the same connection.
  void reset() { reader_.reset(); }

 private:
  MessageReader reader_;
  FramingFields said_;  // views into the reader's head
  BodyFrame frame_;
};

}  // namespace festina::http
