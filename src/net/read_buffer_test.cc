#include "net/read_buffer.h"

#include <gtest/gtest.h>

namespace festina::net {
namespace {

void receive(ReadBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = buffer.room();
    const std::size_t count = bytes.copy(room.data(), room.size());
    buffer.received(count);
    bytes.remove_prefix(count);
  }
}

TEST(ReadBuffer, KeepsWhatIsNotConsumedAndGrows) {
  std::string sent;
  for (int i = 0; i < 40'000; ++i) sent += std::to_string(i) + ",";
  ReadBuffer buffer;
  receive(buffer, std::string_view(sent).substr(0, 1000));
  EXPECT_EQ(buffer.view(), sent.substr(0, 1000));
  buffer.consume(990);
  receive(buffer, std::string_view(sent).substr(1000));
  EXPECT_TRUE(buffer.view() == std::string_view(sent).substr(990));
  buffer.consume(buffer.view().size());
  EXPECT_TRUE(buffer.empty());
}

TEST(ReadBuffer, ReadsInLargePartsOnceMuchComes) {
  ReadBuffer buffer;
  EXPECT_EQ(buffer.room().size(), kSmallBuffer);
  for (int i = 0; i < 10; ++i) {
    buffer.received(buffer.room().size());
    buffer.consume(buffer.view().size());
  }
  EXPECT_EQ(buffer.room().size(), kLargeBuffer) << "and no larger";
  buffer.received(1);
  buffer.rest();
  EXPECT_EQ(buffer.view().size(), 1u) << "what is left is kept";
  buffer.consume(1);
  buffer.rest();
  EXPECT_EQ(buffer.room().size(), kSmallBuffer);
}

}  // namespace
}  // namespace festina::net
