// MessageReader: one HTTP/1.1 message read from bytes, whoever sends it (RFC 9112). No sockets here; the only door to
// Beast.
//
// What is ambiguous is refused, not guessed: folded lines, bare CR and LF, NUL, a space before the colon (RFC 9112 §2.2,
// §5), chunks that are none (§7.1). What the head means for the frame of the body is h1_request's and h1_response's part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/framing.h"
#include "http/headers.h"
#include "http/message.h"

namespace festina::http {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{128} * 1024;  // reference §13.2
inline constexpr std::size_t kMaxHeaderLines = 512;
inline constexpr std::size_t kMaxTargetBytes = std::size_t{16} * 1024;  // reference §13.2
inline constexpr std::size_t kMaxChunkLineBytes =
    std::size_t{16} * 1024;  // one chunk's size and extensions, or all trailers
// Bytes of chunk extensions that a body may have beyond its data: they are read and thrown away.
inline constexpr std::size_t kMaxChunkOverhead = std::size_t{16} * 1024;

// What the lines of a head say.
struct RawHead {
  std::string method_text;
  std::string target;
  Status status = 0;
  Version version = Version::http_1_1;
  Headers headers;
};

// How many bytes of the head were taken, and whether it is whole.
struct HeadProgress {
  std::size_t consumed;
  bool complete;
};

// How many bytes of the body were taken, what of them is data (a view into the bytes given), and whether it was the end.
struct BodyPart {
  std::size_t consumed;
  std::string_view data;
  bool done;
};

enum class MessageKind : std::uint8_t { request, response };

// What a call did not consume is given again, in front of what arrived since; bytes behind the message are never
// consumed. An error is final.
// Calls: (feed_head+ (restart feed_head+)* set_frame? feed_body* reset)*
class MessageReader {
 public:
  // `side`: who sends the message, and is to blame for it.
  MessageReader(MessageKind, Side side);
  ~MessageReader();
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;

  // Errors: malformed, too_large, and for a request in another version of HTTP unsupported (all of `side`).
  Result<HeadProgress> feed_head(std::string_view bytes);
  // Requires: feed_head() said complete.
  RawHead& head();

  // How the body ends; without it there is none.
  void set_frame(BodyFrame);
  // Errors: malformed, too_large (side).
  Result<BodyPart> feed_body(std::string_view bytes);

  // Has any byte of the message been taken?
  bool got_some() const;
  // Is the message whole if no further byte comes?
  bool is_whole() const;

  // Another head of the same message follows: what an interim response is followed by. The limit of a head is for all of
  // them together.
  void restart();
  // No body follows, whatever the head says. Requires: no byte of the head was taken.
  void skip_body();
  // Ready for the next message on the same connection.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::http
