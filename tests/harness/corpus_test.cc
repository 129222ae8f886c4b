#include "harness/corpus.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace festina::harness {
namespace {

TEST(Corpus, IsReadCaseByCase) {
  const auto cases = corpus_cases(
      "# of nothing\n\nrefused 400: a why: with a colon\nA\\r\\n\n{host}\\x00\\\\\n\n\ntaken 1: "
      "another\n\\tB\n",
      "f.txt"
  );
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].verdict, "refused");
  EXPECT_EQ(cases[0].number, 400);
  EXPECT_EQ(cases[0].why, "a why: with a colon");
  EXPECT_EQ(cases[0].place, "f.txt:3");
  EXPECT_EQ(for_host(cases[0].bytes, "h.example"), std::string("A\r\nh.example\0\\", 14));
  EXPECT_EQ(cases[1].verdict, "taken");
  EXPECT_EQ(cases[1].bytes, "\tB");
}

TEST(Corpus, NamesThePlaceOfWhatIsNoCase) {
  for (const std::string_view text :
       {"refused\nA\n",
        "refused x: why\nA\n",
        "taken 1: why\n\n",
        "taken 1: why\n\\q\n",
        "taken 1: why\n\\x1\n"}) {
    EXPECT_THROW(corpus_cases(text, "f.txt"), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace festina::harness
