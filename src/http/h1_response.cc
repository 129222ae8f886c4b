#include "http/h1_response.h"

#include <utility>

#include "http/forwarding.h"

namespace festina::http {

namespace {

Error error(ErrorCode code, std::string_view why) { return {code, Side::origin, std::string(why)}; }

bool is_interim(Status status) { return status < 200 && status != 101; }

// Does the head state a body that has at least one byte, or an end of its own?
bool states_a_body(BodyFrame stated) {
  return stated.framing == Framing::chunked || stated.length > 0;
}

// How the body behind a final head ends (RFC 9112 §6.3 rules 1, 8).
BodyFrame frame_of(BodyFrame stated, Method request_method, Status status) {
  if (has_no_body(request_method, status)) return {};
  return stated.framing == Framing::none ? BodyFrame{Framing::until_close, 0} : stated;
}

// Nobody can say whether the body that a 204 states follows all the same, and is taken for the next answer.
bool has_certain_end(BodyFrame stated, BodyFrame frame, Status status) {
  return frame.framing != Framing::until_close && !(status == 204 && states_a_body(stated));
}

}  // namespace

ResponseParser::ResponseParser(Method request_method)
    : reader_(MessageKind::response, Side::origin), request_method_(request_method) {
  expect_head();
}

void ResponseParser::expect_head() {
  reader_.restart();
  if (request_method_ == Method::head) reader_.skip_body();
}

Result<HeadProgress> ResponseParser::feed_head(std::string_view bytes) {
  for (std::size_t consumed = 0;;) {
    const auto progress = reader_.feed_head(bytes.substr(consumed));
    if (!progress) return progress.error();
    consumed += progress->consumed;
    if (!progress->complete) return HeadProgress{consumed, false};

    RawHead& head = reader_.head();
    const FramingFields said = framing_fields(head.headers);
    const auto stated = stated_frame(said, head.version, Side::origin);
    if (!stated) return stated.error();
    if (!is_interim(head.status)) {
      frame_ = frame_of(*stated, request_method_, head.status);
      keep_alive_ =
          keeps_alive(said, head.version) && has_certain_end(*stated, frame_, head.status);
      reader_.set_frame(frame_);
      return HeadProgress{consumed, true};
    }
    // RFC 9110 §15.2: an interim response ends with its head; one that states a body is ambiguous.
    if (states_a_body(*stated))
      return error(ErrorCode::malformed, "an interim response with a body");
    if (++interim_count_ > kMaxInterimResponses)
      return error(ErrorCode::too_large, "too many interim responses");
    if (head.status != 100) {
      remove_connection_fields(head.headers);
      interim_.push_back({head.status, std::move(head.headers)});
    }
    expect_head();
  }
}

std::vector<Response> ResponseParser::take_interim() { return std::exchange(interim_, {}); }

ResponseHead ResponseParser::take_head() {
  RawHead& head = reader_.head();
  return {{head.status, std::move(head.headers)}, frame_, keep_alive_};
}

Result<> ResponseParser::finish() {
  if (reader_.is_whole()) return {};
  if (!reader_.got_some()) return error(ErrorCode::disconnected, "closed before any answer");
  return error(ErrorCode::truncated, "closed in the middle of the answer");
}

Result<std::optional<EmbeddedHead>> parse_embedded_response_head(std::string_view bytes) {
  constexpr std::string_view empty_line = "\r\n\r\n";
  const std::size_t end = bytes.substr(0, kMaxHeadBytes).find(empty_line);
  if (end == std::string_view::npos) {
    if (bytes.size() >= kMaxHeadBytes)
      return Error{ErrorCode::too_large, Side::worker, "the head is too long"};
    return std::nullopt;
  }
  MessageReader reader(MessageKind::response, Side::worker);
  reader.skip_body();  // what the fields say of framing is a label here
  const auto progress = reader.feed_head(bytes.substr(0, end + empty_line.size()));
  if (!progress) return progress.error();
  if (!progress->complete)
    return Error{ErrorCode::malformed, Side::worker, "not one response head"};
  RawHead& head = reader.head();
  return EmbeddedHead{{head.status, std::move(head.headers)}, progress->consumed};
}

}  // namespace festina::http
