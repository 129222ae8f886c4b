// ResponseParser: one HTTP/1.1 response, its head read strictly, its body framed (RFC 9112 §6.3).
//
// An answer that is ambiguous is none: it must not be stored, passed on, or leave its connection in use.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/h1_message.h"

namespace festina::http {

// How many interim responses may come before the final one.
inline constexpr std::size_t kMaxInterimResponses = 32;

struct ResponseHead {
  Response response;
  BodyFrame frame;
  bool keep_alive = true;  // RFC 9112 §9.3, and the end of the message is certain
};

// Bytes are given and taken as MessageReader says.
// Calls: feed_head+ take_head feed_body* finish?
class ResponseParser {
 public:
  // The method of the request decides whether a body follows (RFC 9112 §6.3).
  explicit ResponseParser(Method request_method);

  // Goes on over interim responses (1xx, but 101). Errors (origin): malformed, too_large.
  Result<HeadProgress> feed_head(std::string_view bytes);
  // Those that came since the last call, but for 100: what it answers is between us and the next hop. Their
  // connection-specific fields are removed.
  std::vector<Response> take_interim();
  // The head. Requires: feed_head() said complete; once.
  ResponseHead take_head();
  // Errors (origin): malformed, too_large.
  Result<BodyPart> feed_body(std::string_view bytes) { return reader_.feed_body(bytes); }
  // The connection closed: is the message whole? (RFC 9112 §8: until-close bodies are, others are truncated.)
  // Errors: truncated, disconnected (origin).
  Result<> finish();

 private:
  void expect_head();

  MessageReader reader_;
  Method request_method_;
  BodyFrame frame_;
  bool keep_alive_ = true;
  std::size_t interim_count_ = 0;
  std::vector<Response> interim_;
};

// A whole HTTP/1.1 response head in one text, for messages that carry a response in a body (cache.put): the head and
// how many bytes it took. Nothing while the head is not complete. Errors: malformed, too_large (worker).
struct EmbeddedHead {
  Response response;
  std::size_t consumed;
};
Result<std::optional<EmbeddedHead>> parse_embedded_response_head(std::string_view bytes);

}  // namespace festina::http
