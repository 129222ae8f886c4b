#include "http/h1_request.h"

#include <utility>

namespace festina::http {

namespace {

Error malformed(std::string_view why) {
  return {ErrorCode::malformed, Side::client, std::string(why)};
}

// Deviation from RFC 9112 §3.2: a target that names its authority needs no Host; workerd sends none beside it.
bool needs_host(const RawHead& head) {
  return head.version == Version::http_1_1 && (head.target[0] == '/' || head.target[0] == '*');
}

}  // namespace

Result<HeadProgress> RequestParser::feed_head(std::string_view bytes) {
  auto progress = reader_.feed_head(bytes);
  if (!progress || !progress->complete) return progress;

  const RawHead& head = reader_.head();
  said_ = framing_fields(head.headers);
  if (said_.hosts > 1) return malformed("more than one Host");
  if (said_.hosts == 0 && needs_host(head)) return malformed("no Host");
  const auto frame = stated_frame(said_, head.version, Side::client);
  if (!frame) return frame.error();
  frame_ = *frame;
  reader_.set_frame(frame_);
  return progress;
}

RequestHead RequestParser::take_head() {
  RawHead& raw = reader_.head();
  RequestHead head;
  head.method = method_of(raw.method_text);
  head.frame = frame_;
  head.keep_alive = keeps_alive(said_, raw.version);
  head.http_1_0 = raw.version == Version::http_1_0;
  // An expectation counts in HTTP/1.1, of a request with a body (RFC 9110 §10.1.1).
  head.expects_continue =
      said_.expects_continue && !head.http_1_0 && head.frame.framing != Framing::none;
  head.method_text = std::move(raw.method_text);
  head.target = std::move(raw.target);
  head.headers = std::move(raw.headers);
  return head;
}

}  // namespace festina::http
