// HTTP/1.1 messages read from bytes: heads parsed strictly, bodies framed (RFC 9112). No sockets here; the only door to
// Beast.
//
// What is ambiguous is refused, not guessed: folded lines, bare CR, NUL, a space before the colon (RFC 9112 §5), every
// frame that framing.h refuses, a second Host, a missing one where the target names no authority (§3.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/framing.h"
#include "http/h1_writer.h"
#include "http/message.h"

namespace festina::http {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{128} * 1024;  // reference §13.2
inline constexpr std::size_t kMaxHeaderLines = 512;
inline constexpr std::size_t kMaxTargetBytes = std::size_t{16} * 1024;  // reference §13.2
inline constexpr std::size_t kMaxChunkLineBytes =
    std::size_t{16} * 1024;  // one chunk's size and extensions, or all trailers

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

struct ResponseHead {
  Response response;
  BodyFrame frame;
  bool keep_alive = true;
};

// Reads one message from the front of a connection's bytes. What a call did not consume is given again, in front of what
// arrived since; bytes behind the message are never consumed. An error is final.
// Calls: feed_head+ take_head feed_body* , then reset for the next message
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Consumes bytes of the head; true once it is complete. `consumed` says how many bytes were taken.
  // Errors: malformed, too_large (client).
  struct Progress {
    std::size_t consumed;
    bool complete;
  };
  Result<Progress> feed_head(std::string_view bytes);
  // The head. Requires: feed_head() said complete; once.
  RequestHead take_head();

  // Takes body bytes from the front of `bytes`: `part` is the body data found (a view into `bytes`), `done` the end.
  struct Part {
    std::size_t consumed;
    std::string_view data;
    bool done;
  };
  Result<Part> feed_body(std::string_view bytes);
  // Makes the parser ready for the next message on the same connection.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ResponseParser {
 public:
  // The method of the request decides whether a body follows (RFC 9112 §6.3).
  explicit ResponseParser(Method request_method);
  ~ResponseParser();
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;

  // Interim responses (1xx, but 101) are skipped. Errors: malformed, too_large (origin).
  Result<RequestParser::Progress> feed_head(std::string_view bytes);
  ResponseHead take_head();
  Result<RequestParser::Part> feed_body(std::string_view bytes);
  // The connection closed: is the message whole? (RFC 9112 §8: until-close bodies are, others are truncated.)
  // Errors: truncated, disconnected (origin).
  Result<> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A whole HTTP/1.1 response head in one text, for messages that carry a response in a body (cache.put): the head and
// how many bytes it took. Nothing while the head is not complete. Errors: malformed, too_large (worker).
struct EmbeddedHead {
  Response response;
  std::size_t consumed;
};
Result<std::optional<EmbeddedHead>> parse_embedded_response_head(std::string_view bytes);

}  // namespace festina::http
