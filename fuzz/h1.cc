// Messages from anybody: whatever arrives, however it is cut, is read the same way, nothing is read past its end, and what
// was read and is written again is read as the same. The first byte says what arrives: its lowest bit whether it is a
// request or a response, the others how it is cut.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/errors.h"
#include "base/text.h"
#include "http/field_syntax.h"
#include "http/h1_request.h"
#include "http/h1_response.h"
#include "http/h1_writer.h"

namespace {

using namespace festina;

// Longer messages are cut in equal pieces, not at every point: it takes quadratic time.
constexpr std::size_t kMaxCutEverywhere = 512;

struct Outcome {
  bool complete = false;
  std::string head;
  std::string body;
  std::size_t consumed = 0;
};

std::string text_of(const http::Headers& headers) {
  std::string text;
  for (const http::Field& field : headers) {
    check(
        http::is_token(field.name_text) && http::is_field_value(field.value),
        "a head holds fields only"
    );
    check(trimmed(field.value) == field.value, "a value has no white space around it");
    text.append(field.name_text).append(": ").append(field.value).append("\n");
  }
  return text;
}

std::string text_of(const http::RequestHead& head) {
  check(http::is_token(head.method_text), "a method is a token");
  return head.method_text + " " + head.target + "\n" + text_of(head.headers);
}

std::string text_of(const http::ResponseHead& head) {
  return std::to_string(head.response.status) + "\n" + text_of(head.response.headers);
}

// Gives the parser the bytes up to `first`, then `piece` at a time.
template <class Parser>
Outcome read(Parser parser, std::string_view bytes, std::size_t first, std::size_t piece) {
  Outcome outcome;
  bool in_body = false;
  for (std::size_t arrived = std::min(first, bytes.size());;) {
    const std::string_view given = bytes.substr(outcome.consumed, arrived - outcome.consumed);
    std::size_t taken = 0;
    if (!in_body) {
      const auto progress = parser.feed_head(given);
      if (!progress) return outcome;
      taken = progress->consumed;
      in_body = progress->complete;
      if (in_body) outcome.head = text_of(parser.take_head());
    } else {
      const auto part = parser.feed_body(given);
      if (!part) return outcome;
      taken = part->consumed;
      outcome.body += part->data;
      outcome.complete = part->done;
    }
    check(taken <= given.size(), "only given bytes are consumed");
    outcome.consumed += taken;
    if (outcome.complete) return outcome;
    if (taken > 0) continue;
    if (arrived == bytes.size()) return outcome;
    arrived = std::min(bytes.size(), arrived + piece);
  }
}

// What is refused at once may be awaited still when it comes in pieces: Beast looks again when the head is whole.
void expect_same(const Outcome& cut, const Outcome& whole) {
  check(cut.complete == whole.complete, "a whole message is whole however it arrives");
  if (!whole.complete) return;
  check(cut.head == whole.head && cut.body == whole.body, "and says the same");
  check(cut.consumed == whole.consumed, "and ends at the same byte");
}

// What we send on of a request that was taken, framed anew, is the same request to whoever is as strict as we are.
void expect_same_when_written(std::string_view bytes) {
  http::RequestParser parser;
  const auto progress = parser.feed_head(bytes);
  if (!progress || !progress->complete) return;
  const http::RequestHead head = parser.take_head();
  const auto url = http::target_url(
      http::Scheme::http, head.headers.get(http::Name::host).value_or(""), head.target
  );
  if (!url) return;
  http::Request request{head.method, head.method_text, *url, head.headers};
  request.headers.set(http::Name::host, url->authority());
  const std::string text = http::request_head_text(request, url->target(), head.frame);

  http::RequestParser again;
  const auto whole = again.feed_head(text);
  check(whole && whole->complete && whole->consumed == text.size(), "what we write is a request");
  const http::RequestHead read = again.take_head();
  check(read.method_text == head.method_text && read.target == url->target(), "the same request");
  check(read.frame == head.frame, "framed as it was");
  check(read.headers.get(http::Name::host) == url->authority(), "for the same host");
}

template <class Make>
void expect_same_however_cut(Make make, std::string_view bytes, std::size_t piece) {
  const Outcome whole = read(make(), bytes, bytes.size(), 1);
  expect_same(read(make(), bytes, piece, piece), whole);
  if (bytes.size() > kMaxCutEverywhere) return;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut)
    expect_same(read(make(), bytes, cut, bytes.size()), whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] / 4;
  if (data[0] % 2 == 0) {
    expect_same_however_cut([] { return http::RequestParser(); }, bytes, piece);
    expect_same_when_written(bytes);
  } else {
    const http::Method method = data[0] % 4 == 1 ? http::Method::get : http::Method::head;
    expect_same_however_cut([method] { return http::ResponseParser(method); }, bytes, piece);
  }

  const auto embedded = http::parse_embedded_response_head(bytes);
  if (!embedded) return 0;
  const auto& head = *embedded;
  check(!head || head->consumed <= bytes.size(), "only given bytes are consumed");
  return 0;
}
