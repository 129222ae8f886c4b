// Messages from anybody: whatever arrives, however it is cut, is read the same way, and nothing is read past its end.
// The first byte says how many bytes arrive at once, its lowest bit whether they are a request or a response.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/errors.h"
#include "http/field_syntax.h"
#include "http/h1_request.h"
#include "http/h1_response.h"

namespace {

using namespace festina;

struct Outcome {
  bool complete = false;
  std::string head;
  std::string body;
  bool operator==(const Outcome&) const = default;
};

std::string text_of(const http::Headers& headers) {
  std::string text;
  for (const http::Field& field : headers) {
    check(
        http::is_token(field.name_text) && http::is_field_value(field.value),
        "a head holds fields only"
    );
    text.append(field.name_text).append(": ").append(field.value).append("\n");
  }
  return text;
}

std::string text_of(const http::RequestHead& head) {
  return head.method_text + " " + head.target + "\n" + text_of(head.headers);
}

std::string text_of(const http::ResponseHead& head) {
  return std::to_string(head.response.status) + "\n" + text_of(head.response.headers);
}

template <class Parser>
Outcome read(Parser parser, std::string_view bytes, std::size_t piece) {
  Outcome outcome;
  bool in_body = false;
  for (std::size_t consumed = 0, arrived = 0;;) {
    const std::string_view given = bytes.substr(consumed, arrived - consumed);
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
      if (part->done) return outcome;
    }
    check(taken <= given.size(), "only given bytes are consumed");
    consumed += taken;
    if (taken > 0) continue;
    if (arrived == bytes.size()) return outcome;
    arrived = std::min(bytes.size(), arrived + piece);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] / 2;
  const bool is_request = data[0] % 2 == 0;
  const auto outcome = [&](std::size_t at_once) {
    return is_request ? read(http::RequestParser(), bytes, at_once)
                      : read(http::ResponseParser(http::Method::get), bytes, at_once);
  };
  const Outcome cut = outcome(piece);
  const Outcome whole = outcome(bytes.size() + 1);
  check(cut.complete == whole.complete, "a whole message is whole however it arrives");
  check(
      !whole.complete || cut == whole, "what arrives in pieces is read like what arrives at once"
  );

  const auto embedded = http::parse_embedded_response_head(bytes);
  if (embedded && *embedded)
    check((*embedded)->consumed <= bytes.size(), "only given bytes are consumed");
  return 0;
}
