#include "net/pieces.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace festina::net {
namespace {

using Texts = std::vector<std::string_view>;

TEST(Pieces, AreDoneWhenEveryByteIsThrough) {
  const Texts texts{"ab", "", "cde"};
  Pieces pieces(texts, 0);
  pieces.advance(4);
  EXPECT_FALSE(pieces.done());
  pieces.advance(1);
  EXPECT_TRUE(pieces.done());
  EXPECT_TRUE(Pieces(texts, 5).done());
  EXPECT_TRUE(Pieces(Texts{"", ""}, 0).done());
}

TEST(Pieces, GiveWhatIsLeftAsVectors) {
  const Texts texts{"ab", "cde", "f"};
  std::array<iovec, 2> vectors;
  ASSERT_EQ(Pieces(texts, 3).vectors(vectors), 2u);
  EXPECT_EQ(std::string(static_cast<const char*>(vectors[0].iov_base), vectors[0].iov_len), "de");
  EXPECT_EQ(std::string(static_cast<const char*>(vectors[1].iov_base), vectors[1].iov_len), "f");
  ASSERT_EQ(Pieces(texts, 0).vectors(vectors), 2u) << "as many as there is room for";
}

TEST(Pieces, AreGatheredUpToTheBlock) {
  struct Case {
    Texts texts;
    std::size_t written;
    std::string_view expected;
    bool copied;
    std::string_view why;
  };
  const Case cases[] = {
      {{"ab", "c", "d"}, 0, "abcd", true, "all of them"},
      {{"ab", "cdefgh"}, 1, "bcde", true, "as many bytes as there is room for"},
      {{"abcdef", "g"}, 1, "bcde", false, "a long one needs no copy"},
      {{"ab", "cd"}, 2, "cd", false, "nor does the last"},
  };
  for (const Case& c : cases) {
    std::array<char, 4> block;
    const std::string_view text = Pieces(c.texts, c.written).gathered(block);
    EXPECT_EQ(text, c.expected) << c.why;
    EXPECT_EQ(text.data() == block.data(), c.copied) << c.why;
  }
}

}  // namespace
}  // namespace festina::net
