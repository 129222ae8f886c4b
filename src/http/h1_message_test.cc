#include "http/h1_message.h"

#include <gtest/gtest.h>

#include "http/h1_pieces.h"

namespace festina::http {
namespace {

constexpr std::size_t kAtOnce = std::size_t{1} << 20;

struct Kind {
  MessageKind kind;
  Side side;
  std::string_view start;  // of a head: the first line
};
constexpr Kind kKinds[] = {
    {MessageKind::request, Side::client, "GET / HTTP/1.1\r\n"},
    {MessageKind::response, Side::origin, "HTTP/1.1 200 OK\r\n"},
};

// The code a head is refused with; empty when it is whole.
std::string head_error(const Kind& kind, std::string_view head, std::size_t piece) {
  MessageReader reader(kind.kind, kind.side);
  const auto consumed = feed_head(reader, head, piece);
  if (consumed) return *consumed == head.size() ? "" : "another length";
  EXPECT_EQ(consumed.error().side, kind.side);
  return std::string(name(consumed.error().code));
}

TEST(MessageReader, LimitsAHead) {
  for (const Kind& kind : kKinds) {
    const std::string start = std::string(kind.start) + "X: ";
    for (const std::size_t piece : {std::size_t{1000}, kAtOnce}) {
      const std::string longest = padded_to(kMaxHeadBytes, start, "\r\n\r\n");
      EXPECT_EQ(head_error(kind, longest, piece), "");
      const std::string too_long = padded_to(kMaxHeadBytes + 1, start, "\r\n\r\n");
      EXPECT_EQ(head_error(kind, too_long, piece), "too_large");
    }
  }
}

TEST(MessageReader, LimitsFieldLines) {
  for (const Kind& kind : kKinds) {
    std::string head(kind.start);
    for (std::size_t i = 0; i < kMaxHeaderLines; ++i) head += "X: y\r\n";
    EXPECT_EQ(head_error(kind, head + "\r\n", kAtOnce), "");
    EXPECT_EQ(head_error(kind, head + "X: y\r\n\r\n", kAtOnce), "too_large");
  }
}

TEST(MessageReader, LimitsFieldNames) {
  const std::string longest(kMaxNameBytes, 'n');
  for (const Kind& kind : kKinds) {
    const std::string start(kind.start);
    EXPECT_EQ(head_error(kind, start + longest + ": x\r\n\r\n", kAtOnce), "");
    EXPECT_EQ(head_error(kind, start + longest + "n: x\r\n\r\n", kAtOnce), "too_large");
  }
}

// The code a chunked body is refused with; empty when it is not.
std::string chunked_body_error(const Kind& kind, std::string_view text, std::size_t piece) {
  MessageReader reader(kind.kind, kind.side);
  const std::string head = std::string(kind.start) + "Transfer-Encoding: chunked\r\n\r\n";
  if (!feed_head(reader, head, piece)) return "no head";
  reader.set_frame({Framing::chunked, 0});
  const auto body = feed_body(reader, text, piece);
  if (body) return body->done ? "" : "no end";
  EXPECT_EQ(body.error().side, kind.side);
  return std::string(name(body.error().code));
}

TEST(MessageReader, RefusesBrokenChunks) {
  const struct {
    std::string_view body;
    std::string_view why;
  } cases[] = {
      {"x\r\nhello\r\n0\r\n\r\n", "no size"},
      {"\r\nhello\r\n0\r\n\r\n", "an empty size"},
      {"-5\r\nhello\r\n0\r\n\r\n", "a sign"},
      {"0x5\r\nhello\r\n0\r\n\r\n", "a prefix"},
      {" 5\r\nhello\r\n0\r\n\r\n", "a space before the size"},
      {"5 \r\nhello\r\n0\r\n\r\n", "a space behind the size"},
      {"5\nhello\r\n0\r\n\r\n", "a bare LF"},
      {"5\rhello\r\n0\r\n\r\n", "a bare CR"},
      {"5\r\nhelloX\r\n0\r\n\r\n", "more than the size says"},
      {"5\r\nhello0\r\n\r\n", "no line end behind the data"},
      {"10000000000000000\r\nhello\r\n0\r\n\r\n", "a size beyond 64 bits"},
      {"5;\r\nhello\r\n0\r\n\r\n", "an extension without a name"},
      {"5;a=\"\r\nhel\"\r\n0\r\n\r\n", "an extension that runs into the data"},
      {"5;a=\"\nX: y\"\r\nhello\r\n0\r\n\r\n", "a bare LF in a quoted extension"},
      {"5;a=\"\rb\"\r\nhello\r\n0\r\n\r\n", "a bare CR in a quoted extension"},
      {"5;a=\"\x01\"\r\nhello\r\n0\r\n\r\n", "a control byte in a quoted extension"},
      {"0;a=\"\n\"\r\n\r\n", "a bare LF in an extension of the last chunk"},
      {"5\r\nhello\r\n0\r\n\nX: y\r\n\r\n", "a bare LF at the end"},
      {"0\r\nX\r\n\r\n", "a trailer without a colon"},
      {"0\r\nX : y\r\n\r\n", "a space before the colon of a trailer"},
      {"0\r\nX: y\r\n z\r\n\r\n", "a folded trailer"},
      {"0\r\nX: y\nZ: z\r\n\r\n", "a bare LF in a trailer"},
      {"0\r\nTransfer-Encoding: chunked\r\n\r\n", "a trailer that names a coding"},
      {"0\r\nContent-Length: 5\r\n\r\n", "a trailer that frames"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : kPieces) {
      for (const Kind& kind : kKinds)
        EXPECT_EQ(chunked_body_error(kind, c.body, piece), "malformed")
            << c.why << ", by " << piece;
    }
  }
}

TEST(MessageReader, LimitsChunkLinesAndTrailers) {
  const struct {
    std::string_view start;
    std::string_view end;
    std::size_t excess;
    std::string_view error;
  } cases[] = {
      {"5;", "\r\n", 0, "no end"},
      {"5;", "\r\n", 1, "too_large"},
      {"0\r\nX: ", "\r\n\r\n", 0, ""},
      {"0\r\nX: ", "\r\n\r\n", 1, "too_large"},
  };
  for (const auto& c : cases) {
    const std::string text = padded_to(kMaxChunkLineBytes + c.excess, c.start, c.end);
    for (const std::size_t piece : {std::size_t{1000}, kAtOnce}) {
      for (const Kind& kind : kKinds)
        EXPECT_EQ(chunked_body_error(kind, text, piece), c.error) << c.start << " by " << piece;
    }
  }
}

// A body of chunks with `data` bytes of data and `extension` bytes of extension each.
std::string chunks(std::size_t count, std::size_t data, std::size_t extension) {
  const std::string size_and_name = std::to_string(data) + ";" + std::string(extension - 1, 'x');
  std::string body;
  for (std::size_t i = 0; i < count; ++i)
    body += size_and_name + "\r\n" + std::string(data, 'a') + "\r\n";
  return body + "0\r\n\r\n";
}

TEST(MessageReader, LimitsExtensionsThatOutweighTheData) {
  constexpr std::size_t most = kMaxChunkOverhead / 128;
  for (const Kind& kind : kKinds) {
    // 128 bytes each beyond the data; a chunk is judged before its data is there.
    EXPECT_EQ(chunked_body_error(kind, chunks(most - 1, 1, 129), kAtOnce), "");
    EXPECT_EQ(chunked_body_error(kind, chunks(most, 1, 129), kAtOnce), "too_large");
    EXPECT_EQ(chunked_body_error(kind, chunks(kMaxChunkOverhead, 1, 2), kAtOnce), "too_large");
    EXPECT_EQ(chunked_body_error(kind, chunks(kMaxChunkOverhead, 2, 2), kAtOnce), "")
        << "any number of extensions no longer than the data";
  }
}

TEST(MessageReader, GivesViewsIntoItsInput) {
  for (const Kind& kind : kKinds) {
    MessageReader reader(kind.kind, kind.side);
    const std::string head = std::string(kind.start) + "Transfer-Encoding: chunked\r\n\r\n";
    ASSERT_TRUE(feed_head(reader, head, kAtOnce));
    reader.set_frame({Framing::chunked, 0});
    const std::string body = "5\r\nhello\r\n";
    const auto part = reader.feed_body(body);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->data.data(), body.data() + 3);
    EXPECT_FALSE(part->done);
  }
}

}  // namespace
}  // namespace festina::http
