// Messages that arrive in pieces, as a connection's buffer gives them to a parser; for the tests of the h1 units.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/h1_message.h"

namespace festina::http {

// How many bytes arrive at once: all of them, or so few that every element is cut.
inline constexpr std::size_t kPieces[] = {1, 2, 3, 7, 1 << 20};

// Gives the parser `text` in pieces, as a connection's buffer does: what was not consumed is given again.
template <class Parser>
Result<std::size_t> feed_head(Parser& parser, std::string_view text, std::size_t piece) {
  std::size_t consumed = 0;
  for (std::size_t arrived = 0; arrived < text.size();) {
    arrived = std::min(text.size(), arrived + piece);
    const auto progress = parser.feed_head(text.substr(consumed, arrived - consumed));
    if (!progress) return progress.error();
    consumed += progress->consumed;
    if (progress->complete) return consumed;
  }
  return Error{ErrorCode::truncated, Side::self, "the head did not end"};
}

struct WholeBody {
  std::string data;
  std::size_t consumed = 0;
  bool done = false;
};
template <class Parser>
Result<WholeBody> feed_body(Parser& parser, std::string_view text, std::size_t piece) {
  WholeBody body;
  std::size_t arrived = 0;
  for (;;) {
    const auto part = parser.feed_body(text.substr(body.consumed, arrived - body.consumed));
    if (!part) return part.error();
    body.data += part->data;
    body.consumed += part->consumed;
    body.done = part->done;
    const bool stuck = part->consumed == 0 && arrived == text.size();
    if (part->done || stuck) return body;
    if (part->consumed == 0) arrived = std::min(text.size(), arrived + piece);
  }
}

inline std::vector<std::string> lines(const Headers& headers) {
  std::vector<std::string> texts;
  for (const Field& field : headers)
    texts.push_back(std::string(field.name_text) + ": " + std::string(field.value));
  return texts;
}

inline std::string padded_to(std::size_t size, std::string_view start, std::string_view end) {
  return std::string(start) + std::string(size - start.size() - end.size(), 'x') + std::string(end);
}

}  // namespace festina::http
